import type { Cluster } from "../world/world.js";
import { haOf } from "./ha-files.js";
import { compiled } from "./node-choice.js";

/** What a move of a service brings with it, and what stands in its way on each node. */
interface Motion {
  readonly dependent: readonly string[];
  /** Only nodes that are online, and only those where something is in the way. */
  readonly blocking: Readonly<Record<string, readonly { sid: string; cause: "resource-affinity" }[]>>;
}

/**
 * `get_resource_motion_info` in PVE/HA/Config.pm. As in the schema of 9.1, rules that keep a service apart from others are
 * the one cause; later releases have `node-affinity` beside it.
 */
export function motionOf(cluster: Cluster, sid: string): Motion {
  const { resources, rules, manager } = haOf(cluster);
  if (!manager || !resources[sid] || resources[sid]["state"] === "ignored") return { dependent: [], blocking: {} };
  const { services, nodes } = manager;
  const { together, apart } = compiled(rules, Object.keys(nodes));
  const taken = (of: ReadonlySet<string> | undefined): string[] =>
    [...(of ?? [])].filter((one) => services[one]).sort();
  const isAt = (other: string, node: string): boolean => {
    const service = services[other];
    return service?.node === node && (service.target === undefined || service.target === node);
  };
  const online = Object.keys(nodes).filter((node) => nodes[node] === "online");
  const found = online.map((node) => {
    const rivals = taken(apart.get(sid)).filter((other) => isAt(other, node));
    return [node, rivals.map((other) => ({ sid: other, cause: "resource-affinity" as const }))] as const;
  });
  return {
    dependent: taken(together.get(sid)),
    blocking: Object.fromEntries(found.filter(([, rivals]) => rivals.length > 0)),
  };
}

/** What `ha-manager` prints of a request to move, or fails with (`$print_resource_motion_output` in PVE/CLI/ha_manager.pm). */
export function motionWords(
  { dependent, blocking }: Motion,
  { what, sid, target }: { readonly what: "migrate" | "relocate"; readonly sid: string; readonly target: string },
): { readonly refused: string | undefined; readonly lines: readonly string[] } {
  const rivals = blocking[target];
  const lines = dependent.map(
    (other) =>
      `also ${what} resource '${other}' in positive affinity with resource '${sid}' to target node '${target}'`,
  );
  if (!rivals) return { refused: undefined, lines };
  const each = rivals.map(
    (rival) => `- resource '${rival.sid}' on target node '${target}' in negative affinity with resource '${sid}'\n`,
  );
  return { refused: `cannot ${what} resource '${sid}' to node '${target}':\n\n${each.join("")}`, lines: [] };
}

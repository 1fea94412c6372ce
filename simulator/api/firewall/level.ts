import { isEmptyFirewall, newFirewall } from "../../firewall.js";
import type { Call } from "../../call.js";
import { digestOf } from "../../random.js";
import type { FirewallConfig } from "../../world/firewall.js";

/** Where a configuration of the firewall belongs: the whole cluster, a node or a guest. */
export interface Level {
  /** Template of the endpoints. */
  readonly path: string;
  readonly kind: "cluster" | "node" | "guest";
  key(call: Call): string;
}

export const clusterLevel: Level = { path: "/cluster/firewall", kind: "cluster", key: () => "cluster" };
export const nodeLevel: Level = {
  path: "/nodes/{node}/firewall",
  kind: "node",
  key: (call) => `node/${call.node.name}`,
};
export const guestLevels: readonly Level[] = ["qemu", "lxc"].map((type) => ({
  path: `/nodes/{node}/${type}/{vmid}/firewall`,
  kind: "guest",
  key: (call) => `guest/${call.text("vmid")}`,
}));

/** The configuration of a level; guests that do not exist have one too, as their file may be there. */
export function configOf(call: Call, level: Level): FirewallConfig {
  return ((call.cluster.firewall ??= {})[level.key(call)] ??= newFirewall());
}

export function clusterConfig(call: Call): FirewallConfig {
  return configOf(call, clusterLevel);
}

/** The digest of the level's file, which is not there as long as nothing is configured. */
export function digestAt(call: Call, level: Level): string {
  const config = configOf(call, level);
  return digestOf(isEmptyFirewall(config) ? "" : config);
}

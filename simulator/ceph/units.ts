import type { Daemon } from "../world/ceph.js";
import type { NodeState } from "../world/world.js";
import { cephOn, type DaemonKind } from "./ceph.js";

const kinds: Readonly<Record<string, DaemonKind>> = { mon: "mons", mgr: "mgrs", mds: "mdss", osd: "osds" };

/** The daemons that a unit stands for: `ceph.target`, `ceph-osd.target`, `ceph-osd@3`; undefined for no unit of Ceph. */
export function daemonsOf(node: NodeState, unit: string): Daemon[] | undefined {
  const name = unit.replace(/\.service$/, "");
  const ceph = cephOn(node);
  if (name === "ceph.target") return Object.values(kinds).flatMap((kind) => Object.values(ceph[kind]));
  const target = kinds[/^ceph-(\w+)\.target$/.exec(name)?.[1] ?? ""];
  if (target) return Object.values(ceph[target]);
  const [, type = "", id = ""] = /^ceph-(\w+)@(.+)$/.exec(name) ?? [];
  const kind = kinds[type];
  const daemon = kind && ceph[kind][id];
  return kind === undefined ? undefined : daemon ? [daemon] : [];
}

export type UnitCommand = "start" | "stop" | "restart";

export function commandDaemons(daemons: readonly Daemon[], command: UnitCommand, now: number): void {
  for (const daemon of daemons) {
    if (command === "stop" && !daemon.running) continue;
    if (command === "start" && daemon.running) continue;
    daemon.running = command !== "stop";
    daemon.since = now;
    delete daemon.withNode;
  }
}

import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { oneSpelling } from "../../pve/format/cidr";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

const cephMonitorSchema = fields({
  node: required("Name of the node, and of its monitor.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` and `monid` in the path",
  }),
  address: optional(
    "Address of the monitor, one that the node has in Ceph's public network. A change replaces: the monitor is removed, " +
      "if the others have a quorum without it, and made anew.",
    z.string().refine(isAddress, "write an IPv4 or IPv6 address"),
    { key: "mon-address", effect: "replace", default: "the one address that the node has in the public network" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephMonitorInputs = z.infer<typeof cephMonitorSchema>;

export const cephMonitorModel: Model = {
  schema: cephMonitorSchema,
  effects: effectsOf(cephMonitorSchema),
  sensitive: [],
  same: (path, wanted, live) =>
    path === "address" ? oneSpelling(String(wanted)) === oneSpelling(String(live)) : Object.is(wanted, live),
};

/** A monitor as Proxmox lists it. */
export interface Monitor {
  readonly name: string;
  /** The node where its files are; undefined when it is no node of the cluster. */
  readonly host: string | undefined;
  readonly address: string | undefined;
  readonly inQuorum: boolean;
  /** `running`, `stopped`; `unknown` when Ceph did not answer. */
  readonly state: string;
}

/** `10.0.0.5:6789/0`, `[fd00::5]:6789/0`, `10.0.0.5` */
export function addressIn(text: string | undefined): string | undefined {
  const [, bracketed] = /^\[([^\]]+)\]/.exec(text ?? "") ?? [];
  if (bracketed !== undefined) return bracketed;
  return isAddress(text) ? text : /^([\d.]+):\d+(?:\/\d+)?$/.exec(text ?? "")?.[1];
}

/** Why a monitor may not be removed; undefined when the others have a quorum without it. */
export function whyNotRemoved(monitors: readonly Monitor[], name: string): string | undefined {
  const others = monitors.filter((monitor) => monitor.name !== name);
  if (others.length === 0)
    return (
      `${name} is the last monitor: with it all that Ceph knows would be lost, and so all data. If Ceph is to stay, take ` +
      "the resource out of the state (pulumi state delete) or set retainOnDelete; if not, run pveceph purge on the nodes"
    );
  if (monitors.some(({ state }) => state === "unknown"))
    return "Ceph does not answer, so its monitors have no quorum. Bring monitors back, then run this again";
  const voting = others.filter(({ inQuorum }) => inQuorum);
  const needed = Math.floor(others.length / 2) + 1;
  if (voting.length >= needed) return undefined;
  const away = others.filter(({ inQuorum }) => !inQuorum).map((other) => other.name);
  return (
    `without ${name} the other ${others.length} monitors need ${needed} in their quorum, and ${away.join(", ")} ` +
    `${away.length === 1 ? "is" : "are"} not in it. Bring ${away.length === 1 ? "it" : "them"} back, then run this again`
  );
}

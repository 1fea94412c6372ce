import { z } from "zod";
import { networkOf } from "../../pve/format/cidr";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import type { GlobalConf } from "./global-conf";

/** Proxmox would keep the bits of a host, and look for addresses in what is no network. */
const network = z.string().superRefine((text, ctx) => {
  const found = networkOf(text);
  if (found === undefined) ctx.addIssue({ code: "custom", message: "write a network, such as 10.10.5.0/24" });
  else if (found !== text.toLowerCase())
    ctx.addIssue({ code: "custom", message: `is an address in a network; write the network: ${found}` });
});

const copies = z.number().int().min(1).max(7);

const cephConfigSchema = fields({
  node: required("Node on which Ceph is initialised; its packages must be there.", z.string().min(1), {
    effect: "none",
    proxmox: "`node` in the path",
  }),
  publicNetwork: required(
    "Network in which monitors and OSDs are reached. It is never changed where Ceph is initialised: that is refused.",
    network,
    { key: "network", effect: "live" },
  ),
  clusterNetwork: optional(
    "Network in which the OSDs copy among each other. It is never changed where Ceph is initialised: that is refused.",
    network.clone(),
    { key: "cluster-network", effect: "live", default: "`publicNetwork`" },
  ),
  size: optional("Copies of each object, where a pool does not say.", copies, {
    key: "size",
    effect: "live",
    default: "3",
  }),
  minSize: optional("Copies that must be there for reading and writing, where a pool does not say.", copies.clone(), {
    key: "min_size",
    effect: "live",
    default: "2",
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephConfigInputs = z.infer<typeof cephConfigSchema>;

export const cephConfigModel: Model = {
  schema: cephConfigSchema.superRefine(({ size = 3, minSize = 2 }, ctx) => {
    if (minSize > size)
      ctx.addIssue({ code: "custom", path: ["minSize"], message: `is more than size (${size}); write at most that` });
  }),
  effects: effectsOf(cephConfigSchema),
  sensitive: [],
  same: (_path, wanted, live) => String(wanted).toLowerCase() === String(live).toLowerCase(),
};

/** How Ceph's configuration is another one than described: "publicNetwork is 10.0.0.0/24, not 10.1.0.0/24". */
export function differences(wanted: Partial<CephConfigInputs>, live: GlobalConf): { path: string; is: string }[] {
  const asked = {
    publicNetwork: wanted.publicNetwork,
    clusterNetwork: wanted.clusterNetwork ?? wanted.publicNetwork,
    size: wanted.size,
    minSize: wanted.minSize,
  };
  const found: { path: string; is: string }[] = [];
  for (const [path, value] of Object.entries(asked)) {
    const there = live[path as keyof typeof asked];
    const meant = (text: unknown): string => networkOf(String(text)) ?? String(text);
    if (value === undefined || (there !== undefined && meant(there) === meant(value))) continue;
    found.push({ path, is: `is ${there ?? "not set"} in ceph.conf, not ${value}` });
  }
  return found;
}

import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

/** With these a disk that fails takes data with it: only where there is but one node to begin with. */
const singleNodeOptions: Readonly<Record<string, (value: unknown) => boolean>> = {
  mon_allow_pool_size_one: (value) => /^(?:true|1|yes|on)$/.test(String(value)),
  osd_crush_chooseleaf_type: (value) => Number(value) === 0,
  osd_pool_default_size: (value) => Number(value) < 2,
};

/** What has resources of its own. */
const elsewhere: Readonly<Record<string, string>> = {
  public_network: "CephConfig says it",
  cluster_network: "CephConfig says it",
  fsid: "it is what makes the cluster the one it is",
  mon_host: "it follows the monitors",
  keyring: "Proxmox writes it",
};

const value = () =>
  z.union([
    z.number(),
    z.boolean(),
    z
      .string()
      .min(1, "write a text that is not empty; leave the option out for Ceph's own value")
      .regex(/^[^\n\r]+$/, "write one line"),
  ]);

const cephOptionsSchema = fields({
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), { effect: "live" }),
  options: required(
    'Values by section and option: `{ osd: { osd_memory_target: "4G" }, "osd/class:hdd": { … } }`. What is not written is left as ' +
      "it is; what is no longer written gets Ceph's own value.",
    z.record(
      z
        .string()
        .regex(
          /^(?:global|(?:mon|mgr|osd|mds|client)(?:\.[\w.-]+)?)(?:\/(?:class|host):[\w.-]+)?$/,
          "write a section: global, mon, mgr, osd, mds, client, one daemon of these (osd.3), or a part (osd/class:nvme)",
        ),
      z.record(z.string().regex(/^[a-z][a-z0-9_/]*$/, "write the name of an option, with _ between words"), value()),
    ),
    { effect: "live", proxmox: "`ceph config set` on the node" },
  ),
  singleNode: optional(
    "Options by which a single disk or node may hold the only copy are refused unless this is true: mon_allow_pool_size_one, " +
      "osd_crush_chooseleaf_type 0, osd_pool_default_size 1.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephOptionsInputs = z.infer<typeof cephOptionsSchema>;

export const cephOptionsModel: Model = {
  schema: cephOptionsSchema.superRefine(({ options, singleNode }, ctx) => {
    for (const [section, values] of Object.entries(options))
      for (const [name, wanted] of Object.entries(values)) {
        const wrong = (message: string): void =>
          ctx.addIssue({ code: "custom", path: ["options", section, name], message });
        if (elsewhere[name] !== undefined) wrong(`is no option for here: ${elsewhere[name]}`);
        if (singleNode !== true && singleNodeOptions[name]?.(wanted))
          wrong("lets a single disk hold the only copy of data; write singleNode: true if there is but one node");
      }
  }),
  effects: effectsOf(cephOptionsSchema),
  sensitive: [],
  same: (path, wanted, live) => path.startsWith("options") && isSameOption(wanted, live),
};

/** Ceph keeps `4G` as 4294967296, `1` as true, and 0.5 as 0.500000. */
export function isSameOption(wanted: unknown, live: unknown): boolean {
  if (typeof wanted === "object" || typeof live === "object") return false;
  const [one, other] = [plain(wanted), plain(live)];
  return one === other;
}

function plain(value: unknown): string {
  const text = String(value).trim();
  if (/^(?:true|yes|on)$/i.test(text)) return "1";
  if (/^(?:false|no|off)$/i.test(text)) return "0";
  const [, digits, unit] = /^(\d+)([KMGT])i?B?$/.exec(text) ?? [];
  if (digits !== undefined && unit !== undefined) return String(Number(digits) * 1024 ** " KMGT".indexOf(unit));
  return /^-?\d+(?:\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

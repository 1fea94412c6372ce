import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import type { Problem } from "../kernel/state/problems";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";

const copies = z.number().int().min(1).max(7);
/** A name that no shell, path or option list reads otherwise; Ceph makes none that begins with a dot, and says OK. */
export const cephName = (what: string) =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
      `write the name of ${what}: letters, digits, _, - and ., not first a - or a dot`,
    );
const word = () => z.string().regex(/^[A-Za-z0-9_-]+$/, "write a word, such as nvme");

const erasureCoding = fields({
  k: required("Pieces of data of each object.", z.number().int().min(2).max(32), { key: "k" }),
  m: required("Pieces more, of which so many may be lost.", z.number().int().min(1).max(32), { key: "m" }),
  failureDomain: optional("The kind of place that no two pieces share: `host`, `rack`, `osd`, …", word(), {
    key: "failure-domain",
    default: "`host`",
  }),
  deviceClass: optional("Only OSDs of this device class take pieces.", word(), {
    key: "device-class",
    default: "any",
  }),
  profile: optional(
    "A profile that is there (`CephErasureProfile`), with the same `k` and `m`; failure domain and class are then those of the profile.",
    cephName("a profile"),
    { key: "profile", default: "one is made for the pool, and goes with it" },
  ),
}).superRefine((coding, ctx) => {
  for (const field of ["failureDomain", "deviceClass"] as const)
    if (coding.profile !== undefined && coding[field] !== undefined)
      ctx.addIssue({ code: "custom", path: [field], message: "is the profile's; leave one of the two out" });
});

const compression = fields({
  mode: required(
    "When data are compressed: `aggressive` unless a client asks not to, `passive` when it asks to, `force` always, `none` never.",
    z.enum(["none", "passive", "aggressive", "force"]),
    { key: "compression_mode" },
  ),
  algorithm: optional("By what they are compressed.", z.enum(["snappy", "zlib", "zstd", "lz4"]), {
    key: "compression_algorithm",
    default: "that of the OSDs, snappy unless set otherwise",
  }),
  requiredRatio: optional(
    "What a block has to shrink to at least, as a part of its size, to be kept compressed.",
    z.number().gt(0).max(1),
    { key: "compression_required_ratio", default: "that of the OSDs, 0.875 unless set otherwise" },
  ),
});

const cephPoolSchema = fields({
  name: optional(
    "Name of the pool. A change makes another pool; the old one is removed when nothing is in it. With `erasureCoding` it " +
      "is the name of two: `<name>-data` and, for what cannot be erasure-coded, `<name>-metadata`.",
    cephName("a pool"),
    { key: "name", effect: "replace", default: "the resource's name" },
  ),
  node: required("Node on which Ceph is asked; any one with a monitor will do.", z.string().min(1), {
    effect: "live",
    proxmox: "`node` in the path",
  }),
  size: optional(
    "Copies of each object, each in another place by the pool's rule. A change copies or drops data. With `erasureCoding` of the metadata only.",
    copies,
    { key: "size", effect: "live", default: "3" },
  ),
  minSize: optional("Copies that must be there for reading and writing.", copies.clone(), {
    key: "min_size",
    effect: "live",
    default: "2, and 1 where `size` is 1",
  }),
  acceptSingleCopy: optional(
    "`size: 1`, with which the first disk that fails takes data with it, is refused unless this is true.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  pgNum: optional(
    "Placement groups. A change splits or merges them while the pool goes on, and moves data.",
    z.number().int().min(1).max(32_768),
    { key: "pg_num", effect: "live", default: "32, and what the autoscaler makes of it" },
  ),
  pgNumMin: optional(
    "Placement groups that the autoscaler neither undercuts nor warns about; 0 for no such number.",
    z.number().int().min(0).max(32_768),
    { key: "pg_num_min", effect: "live", default: "`pgNum`, unless `autoscale` is on" },
  ),
  autoscale: optional(
    "Whether Ceph changes `pgNum` by what is in the pool (`on`), only warns (`warn`), or neither (`off`).",
    z.enum(["on", "warn", "off"]),
    { key: "pg_autoscale_mode", effect: "live", default: "`warn` where `pgNum` is written, else `on`" },
  ),
  targetSizeGiB: optional(
    "For the autoscaler: how much will be in the pool, in GiB.",
    z.number().int().min(1).max(1_048_576),
    { key: "target_size", effect: "live" },
  ),
  targetRatio: optional(
    "For the autoscaler: which part will be in the pool, against the ratios of the other pools; where it is the only one that has one, that is all.",
    z.number().gt(0).max(1_000_000),
    { key: "target_size_ratio", effect: "live" },
  ),
  application: optional(
    "What uses the pool. It is not changed where another one is enabled: that is refused.",
    z.enum(["rbd", "cephfs", "rgw"]),
    { key: "application", effect: "live", default: "rbd" },
  ),
  crushRule: optional(
    "Name of the rule that places the copies (`CephCrushRule`). A change moves all data to where the new one places them. " +
      "With `erasureCoding` of the metadata only.",
    cephName("a rule"),
    { key: "crush_rule", effect: "live", default: "`replicated_rule`: each copy on another host, any device class" },
  ),
  erasureCoding: optional(
    "Pieces instead of copies. It is not changed where the pool is: that is refused.",
    erasureCoding,
    { key: "erasure-coding", effect: "live" },
  ),
  compression: optional("Whether and how data are compressed that are written from now on.", compression, {
    proxmox: "`ceph osd pool set` on the node",
    effect: "live",
  }),
  addStorages: optional(
    "A storage of the pool's name, for disks of VMs and containers. It goes with the pool; where it is no longer wanted " +
      "before that, it stays.",
    z.boolean(),
    { key: "add_storages", effect: "live", unset: false },
  ),
  adopt: optional(
    "Take over a pool of this name that is another one than described, and bring it to the description. One that is as " +
      "described, or in which nothing is, is taken over in any case. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  removal: optional(
    "How the pool may be removed while something is in it.",
    fields({
      acceptDataLoss: required("The pool's name once more: it is removed with all that is in it.", z.string(), {}),
    }),
    // Not `none`: the state must have it before the resource goes.
    { effect: "live", default: "only when nothing is in it and no storage uses it" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephPoolInputs = z.infer<typeof cephPoolSchema>;

const sound = cephPoolSchema.superRefine((pool, ctx) => {
  const wrong = (path: string | string[], message: string): void =>
    ctx.addIssue({ code: "custom", path: [path].flat(), message });
  const { size, minSize, pgNum, pgNumMin, removal, name } = pool;
  if (size === 1 && pool.acceptSingleCopy !== true)
    wrong(
      "size",
      "with one copy the first disk that fails takes data with it; write 3 (2 at least), or acceptSingleCopy: true",
    );
  if (minSize !== undefined && minSize > (size ?? 3))
    wrong("minSize", `is more than size (${size ?? 3}); write at most that`);
  if (pgNumMin !== undefined && pgNum !== undefined && pgNumMin > pgNum)
    wrong("pgNumMin", `is more than pgNum (${pgNum}); Ceph takes at most that`);
  if (removal && name !== undefined && removal.acceptDataLoss !== name)
    wrong(
      ["removal", "acceptDataLoss"],
      `is not the name of the pool; write "${name}" to accept the loss of what is in it`,
    );
});

export const cephPoolModel: Model = {
  schema: sound,
  effects: effectsOf(cephPoolSchema),
  sensitive: [],
  defaults(inputs, urn) {
    const { pgNum, size } = inputs;
    const autoscale = inputs["autoscale"] ?? (pgNum === undefined ? "on" : "warn");
    return {
      ...namedBy("name")(inputs, urn),
      autoscale,
      ...(inputs["minSize"] === undefined && typeof size === "number" ? { minSize: Math.min(2, size) } : {}),
      // Without it the autoscaler warns within a minute of more PGs than an empty pool needs.
      ...(inputs["pgNumMin"] === undefined && pgNum !== undefined && autoscale !== "on" ? { pgNumMin: pgNum } : {}),
    };
  },
  transition: changesThatAreRefused,
};

function changesThatAreRefused(inputs: Partial<CephPoolInputs>, was: Partial<CephPoolInputs>): Problem[] {
  const problems: Problem[] = [];
  if (inputs.name !== was.name) return problems;
  const another = "describe another pool, move the disks there, and then take this one out of the program";
  const [coding, before] = [inputs.erasureCoding, was.erasureCoding];
  if ((coding === undefined) !== (before === undefined))
    problems.push({
      path: "erasureCoding",
      message: `a pool does not change between copies and erasure coding; ${another}`,
    });
  else if (coding && before && JSON.stringify(coding) !== JSON.stringify(before))
    problems.push({ path: "erasureCoding", message: `the pieces of a pool are not changed; ${another}` });
  const [application, enabled] = [inputs.application ?? "rbd", was.application ?? "rbd"];
  if (application !== enabled)
    problems.push({
      path: "application",
      message: `${enabled} is enabled on the pool, and Ceph enables no second one; ${another}`,
    });
  return problems;
}

/** The pools that the name stands for. */
export const poolNames = ({ name = "", erasureCoding }: Pick<CephPoolInputs, "name" | "erasureCoding">) =>
  erasureCoding ? { pool: `${name}-metadata`, dataPool: `${name}-data` } : { pool: name };

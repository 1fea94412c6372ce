import type { CephPool } from "../../world/ceph.js";
import type { Ceph } from "../ceph.js";
import { changeMap, ruleById } from "../osdmap.js";
import { remap } from "../peering.js";
import { wantPgs } from "../pg-numbers.js";
import { tooManyPgs } from "../pools.js";
import { flag, ok, refused, text, type Answer, type Args } from "./command.js";

const mostPgs = 65_536;
export const pgRange =
  `'pg_num' must be greater than 0 and less than or equal to ${mostPgs} ` +
  "(you may adjust 'mon max pool pg num' for higher values)";

const flags = [
  "nodelete",
  "nopgchange",
  "nosizechange",
  "noscrub",
  "nodeep-scrub",
  "write_fadvise_dontneed",
  "bulk",
  "eio",
];
const floats = ["target_size_ratio", "compression_required_ratio", "pg_autoscale_bias"];
const integers = [
  ...["pg_num_min", "pg_num_max", "target_size_bytes", "compression_min_blob_size", "compression_max_blob_size"],
  ...[
    "recovery_priority",
    "recovery_op_priority",
    "scrub_priority",
    "read_ratio",
    "deep_scrub_interval",
    "scrub_min_interval",
  ],
];
const words: Readonly<Record<string, readonly string[]>> = {
  compression_mode: ["none", "passive", "aggressive", "force"],
  csum_type: ["none", "crc32c", "crc32c_16", "crc32c_8", "xxhash32", "xxhash64"],
  compression_algorithm: ["none", "snappy", "zlib", "zstd", "lz4"],
};

/** `4G`, `10737418240`. */
function bytes(value: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([KMGT]?)i?B?$/.exec(value) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** " KMGT".indexOf(unit || " ");
}

/** `osd pool set`: the checks of src/mon/OSDMonitor.cc in their order, as far as recorded (30). */
export function setPoolValue(ceph: Ceph, pool: CephPool, args: Args): Answer {
  const [name, value] = [text(args, "var"), text(args, "val")];
  const answer = change(ceph, pool, name, value, args);
  if (answer.rc === 0 && answer.status !== "") pool.lastChange = changeMap(ceph.cluster, ceph.now);
  return answer;
}

function change(ceph: Ceph, pool: CephPool, name: string, value: string, args: Args): Answer {
  const done = ok(`set pool ${pool.id} ${name} to ${value}`);
  const integer = /^-?\d+$/.test(value) ? Number(value) : undefined;
  const noInteger = refused(
    "EINVAL",
    `error parsing integer value '${value}': Expected option value to be integer, got '${value}'`,
  );
  if (flags.includes(name)) {
    const on = ["true", "1", "yes"].includes(value);
    pool.flags = [...pool.flags.filter((each) => each !== name), ...(on ? [name] : [])];
    return done;
  }
  switch (name) {
    case "size":
      return integer === undefined ? noInteger : setSize(ceph, pool, integer, flag(args, "yes_i_really_mean_it"));
    case "min_size": {
      if (integer === undefined) return noInteger;
      if (pool.flags.includes("nosizechange"))
        return refused(
          "EPERM",
          "pool min size change is disabled; you must unset nosizechange flag for the pool first",
        );
      const least = pool.kind === "erasure" ? pieces(ceph, pool) : 1;
      if (integer < least || integer > pool.size)
        return refused("EINVAL", `pool min_size must be between ${least} and size, which is set to ${pool.size}`);
      pool.minSize = integer;
      return done;
    }
    case "pg_num":
      return integer === undefined ? noInteger : setPgs(ceph, pool, integer);
    case "pgp_num":
      if (integer === undefined) return noInteger;
      if (integer > pool.pgNumTarget)
        return refused("EINVAL", `specified pgp_num ${integer} > pg_num ${pool.pgNumTarget}`);
      pool.pgpNumTarget = integer;
      pool.stepAt ??= ceph.now + 1000;
      return done;
    case "crush_rule":
      return setRule(ceph, pool, value, done);
    case "pg_autoscale_mode":
      if (!["on", "off", "warn"].includes(value)) return refused("EINVAL", `specified invalid mode ${value}`);
      pool.autoscale = value as CephPool["autoscale"];
      return done;
    case "hashpspool":
      return refused(
        "EPERM",
        "are you SURE?  this will remap all placement groups in this pool, this triggers large data movement, pass --yes-i-really-mean-it if you really do.",
      );
    case "allow_ec_overwrites":
      if (pool.kind !== "erasure")
        return refused("EINVAL", "ec overwrites can only be enabled for an erasure coded pool");
      if (!pool.flags.includes("ec_overwrites")) pool.flags.push("ec_overwrites");
      return done;
    default:
      return setOption(pool, name, value, integer, done);
  }
}

const pieces = ({ cluster }: Ceph, pool: CephPool): number =>
  Number(cluster.osdmap.erasureProfiles[pool.erasureProfile ?? ""]?.["k"] ?? 2);

function setSize(ceph: Ceph, pool: CephPool, size: number, sure: boolean): Answer {
  if (pool.flags.includes("nosizechange"))
    return refused("EPERM", "pool size change is disabled; you must unset nosizechange flag for the pool first");
  if (pool.kind === "erasure") return refused("EPERM", "can not change the size of an erasure-coded pool");
  if (size < 1 || size > 10) return refused("EINVAL", "pool size must be between 1 and 10");
  if (size === 1) {
    if (ceph.option("mon", "mon_allow_pool_size_one") !== "true")
      return refused("EPERM", "configuring pool size as 1 is disabled by default.");
    if (!sure)
      return refused(
        "EPERM",
        "WARNING: setting pool size 1 could lead to data loss without recovery. If you are *ABSOLUTELY CERTAIN* that is what you want, pass the flag --yes-i-really-mean-it.",
      );
  }
  const rule = ruleById(ceph.cluster.osdmap, pool.rule);
  const many =
    rule && size > pool.size ? tooManyPgs(ceph, { id: pool.id, pgNum: pool.pgNumTarget, size, rule }) : undefined;
  if (many !== undefined) return refused("ERANGE", many);
  pool.minSize = Math.min(pool.minSize, size);
  pool.size = size;
  changeMap(ceph.cluster, ceph.now);
  remap(ceph.cluster, ceph.now);
  return ok(`set pool ${pool.id} size to ${size}`);
}

function setPgs(ceph: Ceph, pool: CephPool, count: number): Answer {
  if (pool.flags.includes("nopgchange"))
    return refused("EPERM", "pool pg_num change is disabled; you must unset nopgchange flag for the pool first");
  if (count === pool.pgNumTarget) return ok("");
  if (count <= 0 || count > mostPgs) return refused("ERANGE", pgRange);
  const rule = ruleById(ceph.cluster.osdmap, pool.rule);
  const many =
    rule && count > pool.pgNumTarget
      ? tooManyPgs(ceph, { id: pool.id, pgNum: count, size: pool.size, rule })
      : undefined;
  if (many !== undefined) return refused("ERANGE", many);
  wantPgs(ceph.cluster, pool, count, ceph.now);
  return ok(`set pool ${pool.id} pg_num to ${count}`);
}

function setRule(ceph: Ceph, pool: CephPool, value: string, done: Answer): Answer {
  const rule = ceph.cluster.osdmap.crush.rules.find(({ name }) => name === value);
  if (!rule) return refused("ENOENT", `crush rule ${value} does not exist`);
  if (rule.kind !== pool.kind) return refused("EINVAL", `crush rule ${rule.id} type does not match pool`);
  pool.rule = rule.id;
  changeMap(ceph.cluster, ceph.now);
  remap(ceph.cluster, ceph.now);
  return done;
}

function setOption(pool: CephPool, name: string, value: string, integer: number | undefined, done: Answer): Answer {
  const allowed = words[name];
  if (value === "unset" && (allowed || floats.includes(name) || integers.includes(name))) {
    delete pool.options[name];
    return ok(`unset pool ${pool.id} ${name}`);
  }
  if (allowed) {
    if (!allowed.includes(value))
      return refused(
        "EINVAL",
        name === "compression_mode" ? `unrecognized compression mode '${value}'` : `unrecognized ${name} '${value}'`,
      );
    pool.options[name] = value;
    return done;
  }
  if (floats.includes(name)) {
    const number = Number(value);
    if (!Number.isFinite(number) || value === "")
      return refused(
        "EINVAL",
        `error parsing floating point value '${value}': strict_strtod: expected double, got: '${value}'`,
      );
    if (number < 0 && name === "target_size_ratio") return refused("EINVAL", "target_size_ratio cannot be negative");
    if (name === "compression_required_ratio" && number > 1)
      return refused("EINVAL", `compression_required_ratio is out of range (0-1): '${value}'`);
    return stored(pool, name, number, done);
  }
  if (!integers.includes(name)) return refused("EINVAL", `unrecognized variable '${name}'`);
  const number = name === "target_size_bytes" ? bytes(value) : integer;
  if (number === undefined)
    return refused(
      "EINVAL",
      `error parsing integer value '${value}': Expected option value to be integer, got '${value}'`,
    );
  if (name === "recovery_priority" && Math.abs(number) > 10)
    return refused("EINVAL", "pool recovery_priority must be between -10 and 10");
  if (name === "pg_num_min" && number > pool.pgNumTarget)
    return refused("EINVAL", `specified pg_num_min ${number} > pg_num ${pool.pgNumTarget}`);
  if (name === "pg_num_max" && number > 0 && number < pool.pgNumTarget)
    return refused("EINVAL", `specified pg_num_max ${number} < pg_num ${pool.pgNumTarget}`);
  return stored(pool, name, number, done);
}

/** Zero is the same as not set. */
function stored(pool: CephPool, name: string, value: number, done: Answer): Answer {
  if (value === 0) delete pool.options[name];
  else pool.options[name] = value;
  return done;
}

/** `osd pool get POOL all`, in the order in which the monitors know the variables. */
export function poolValues(ceph: Ceph, pool: CephPool): Record<string, unknown> {
  const has = (name: string): boolean => pool.flags.includes(name);
  const rule = ruleById(ceph.cluster.osdmap, pool.rule)?.name ?? "";
  return {
    ...{ size: pool.size, min_size: pool.minSize, pg_num: pool.pgNum, pgp_num: pool.pgpNum, crush_rule: rule },
    ...{ hashpspool: has("hashpspool"), nodelete: has("nodelete"), nopgchange: has("nopgchange") },
    ...(pool.kind === "erasure" ? { allow_ec_overwrites: has("ec_overwrites") } : {}),
    ...{ nosizechange: has("nosizechange"), write_fadvise_dontneed: has("write_fadvise_dontneed") },
    ...{ noscrub: has("noscrub"), "nodeep-scrub": has("nodeep-scrub"), use_gmt_hitset: true },
    ...(pool.kind === "erasure" ? { erasure_code_profile: pool.erasureProfile ?? "" } : {}),
    ...{ fast_read: 0, pg_autoscale_mode: pool.autoscale },
    ...pool.options,
    ...{ eio: has("eio"), bulk: has("bulk") },
  };
}

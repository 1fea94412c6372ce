import { wire, type Params } from "../../../pve";
import type { CephPoolInputs } from "../ceph-pool.model";
import type { PoolRow } from "./pool-rows";

const GiB = 2 ** 30;

/** How one input is read from a pool, and how it is written. */
interface PoolValue {
  readonly key: string;
  /** Undefined where Ceph does not tell it now. */
  read(row: PoolRow, wanted: unknown): unknown;
  write(value: unknown): string | number;
  /** What takes it away, where that can be done. */
  readonly unset?: string | number;
  /** Not of the erasure-coded pool of a pair. */
  readonly copiesOnly?: boolean;
}

const plain = (value: unknown): string | number => value as string | number;

/** The inputs that Proxmox's API sets, by their names. */
const values: Readonly<Record<string, PoolValue>> = {
  size: { key: "size", read: ({ size }) => size, write: plain, copiesOnly: true },
  minSize: { key: "min_size", read: ({ minSize }) => minSize, write: plain, copiesOnly: true },
  // Where the autoscaler may change it, it is only where it begins.
  pgNum: { key: "pg_num", read: (row, wanted) => (row.autoscale === "on" ? wanted : row.pgNum), write: plain },
  pgNumMin: { key: "pg_num_min", read: ({ tuning }) => tuning?.pgNumMin, write: plain, unset: 0 },
  autoscale: { key: "pg_autoscale_mode", read: ({ autoscale }) => autoscale, write: plain },
  targetSizeGiB: {
    key: "target_size",
    read: ({ tuning }) => (tuning?.targetBytes ? tuning.targetBytes / GiB : undefined),
    write: (value) => `${String(value)}G`,
    unset: "0",
  },
  targetRatio: {
    key: "target_size_ratio",
    read: ({ tuning }) => (tuning?.targetRatio ? tuning.targetRatio : undefined),
    write: plain,
    unset: 0,
  },
  application: {
    key: "application",
    read: ({ applications }, wanted) => (applications.includes(String(wanted)) ? wanted : applications[0]),
    write: plain,
  },
  crushRule: { key: "crush_rule", read: ({ crushRule }) => crushRule, write: plain, copiesOnly: true },
};

/** Without a manager Ceph does not tell these: then they count as they are wanted. */
const tuned = ["pgNumMin", "targetSizeGiB", "targetRatio"];

/** The inputs as a pool is; what cannot be told now is as it is wanted. */
export function liveValues(row: PoolRow, wanted: Partial<CephPoolInputs>): Partial<CephPoolInputs> {
  const given = wanted as Readonly<Record<string, unknown>>;
  const entries = Object.entries(values).map(([name, { read }]) => {
    if (row.tuning === undefined && tuned.includes(name)) return [name, given[name]];
    const live = read(row, given[name]);
    return [name, name === "pgNumMin" && live === 0 && given[name] === undefined ? undefined : live];
  });
  return Object.fromEntries(entries) as Partial<CephPoolInputs>;
}

/** How a pool is another one than described: `size is 2, not 3`. */
export function differences(row: PoolRow, wanted: Partial<CephPoolInputs>): string[] {
  const [live, given] = [liveValues(row, wanted), wanted] as Readonly<Record<string, unknown>>[];
  return Object.entries(values)
    .filter(([name, { copiesOnly }]) => given?.[name] !== undefined && !(copiesOnly && row.erasure))
    .filter(([name]) => !isSame(live?.[name], given?.[name]))
    .map(([name]) => `${name} is ${inWords(live?.[name])}, not ${inWords(given?.[name])}`);
}

const inWords = (value: unknown): string =>
  typeof value === "number" || typeof value === "string" ? String(value) : "not set";

/** Ceph keeps ratios in single precision in places. */
function isSame(live: unknown, wanted: unknown): boolean {
  if (typeof live !== "number" || typeof wanted !== "number") return live === wanted;
  return Math.abs(live - wanted) <= Math.abs(wanted) * 1e-6;
}

/** What must be sent so that a pool is as described, in steps; nothing where it is so. */
export function changeOf(row: PoolRow, wanted: Partial<CephPoolInputs>, was: Partial<CephPoolInputs>): Params[] {
  const [live, given, before] = [liveValues(row, wanted), wanted, was] as Readonly<Record<string, unknown>>[];
  const sent: Record<string, string | number> = {};
  for (const [name, { key, write, unset, copiesOnly }] of Object.entries(values)) {
    if (copiesOnly && row.erasure) continue;
    const value = given?.[name];
    if (value !== undefined && !isSame(live?.[name], value)) sent[key] = write(value);
    else if (value === undefined && before?.[name] !== undefined && live?.[name] !== undefined && unset !== undefined)
      sent[key] = unset;
  }
  // Fewer PGs than the least number are refused: that one first.
  const { pg_num_min: least, ...others } = sent;
  if (least !== undefined && Number(least) < (row.tuning?.pgNumMin ?? 0) && others["pg_num"] !== undefined)
    return [{ pg_num_min: least }, others];
  return Object.keys(sent).length === 0 ? [] : [sent];
}

/** What a creation sends beside the name. */
export function creation(inputs: CephPoolInputs): Params {
  const given = inputs as Readonly<Record<string, unknown>>;
  const sent: Record<string, string | number> = {};
  for (const [name, { key, write }] of Object.entries(values))
    if (given[name] !== undefined) sent[key] = write(given[name]);
  // One copy is set afterwards: Proxmox cannot.
  if (inputs.size === 1) {
    sent["size"] = 2;
    sent["min_size"] = 1;
  }
  if (sent["pg_num"] === undefined) sent["pg_num"] = 32;
  // Zero is what a new pool has.
  if (inputs.pgNumMin === 0) delete sent["pg_num_min"];
  const { erasureCoding: coding } = inputs;
  if (!coding) return { ...sent, add_storages: inputs.addStorages ?? false };
  const parts = [`k=${coding.k}`, `m=${coding.m}`];
  if (coding.profile === undefined) {
    parts.push(`failure-domain=${coding.failureDomain ?? "host"}`);
    if (coding.deviceClass !== undefined) parts.push(`device-class=${coding.deviceClass}`);
  } else parts.push(`profile=${coding.profile}`);
  return { ...sent, "erasure-coding": parts.join(","), add_storages: inputs.addStorages ?? false };
}

type Compression = NonNullable<CephPoolInputs["compression"]>;

const compressionKeys: readonly [keyof Compression, string][] = [
  ["mode", "compression_mode"],
  ["algorithm", "compression_algorithm"],
  ["requiredRatio", "compression_required_ratio"],
];

/** The options of a pool in `ceph osd dump`, as the input tells them. */
export function compressionOf(options: wire.WireObject): Compression | undefined {
  const mode = wire.string(options["compression_mode"]) as Compression["mode"] | undefined;
  const algorithm = wire.string(options["compression_algorithm"]) as Compression["algorithm"];
  const requiredRatio = wire.number(options["compression_required_ratio"]);
  if (mode === undefined && algorithm === undefined && requiredRatio === undefined) return undefined;
  return {
    mode: mode ?? "none",
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(requiredRatio === undefined ? {} : { requiredRatio }),
  };
}

/** Which keys have to be set to what; `unset` takes one away. */
export function compressionChange(
  options: wire.WireObject,
  wanted: Compression | undefined,
  was: Compression | undefined,
): [string, string][] {
  return compressionKeys.flatMap(([name, key]): [string, string][] => {
    const live = options[key];
    const value = wanted?.[name];
    if (value !== undefined) return isSame(live, value) ? [] : [[key, String(value)]];
    return was?.[name] !== undefined && live !== undefined ? [[key, "unset"]] : [];
  });
}

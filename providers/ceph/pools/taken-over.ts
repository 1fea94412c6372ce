import { wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { poolNames, type CephPoolInputs } from "../ceph-pool.model";
import { erasureProfile, osdDump, sshProblems } from "../over-ssh";
import { whatIsIn } from "./pool-content";
import type { PoolRow } from "./pool-rows";
import { compressionChange, compressionOf, differences } from "./pool-values";

/** A pool, with that of its data where it is erasure-coded. */
export interface Pair {
  readonly pool: PoolRow;
  readonly dataPool?: PoolRow;
}

/** What the state knows a pool by. */
export interface PoolState {
  readonly name: string;
  readonly node: string;
  readonly fsid: string;
  readonly pool: string;
  readonly poolId: number;
  readonly dataPool?: string | undefined;
  readonly dataPoolId?: number | undefined;
}

/** What there is under the name, whatever it is; undefined when there is nothing. */
export function pairIn(
  rows: readonly PoolRow[],
  inputs: Partial<Pick<CephPoolInputs, "name" | "erasureCoding">>,
): Pair | undefined {
  const names = poolNames({ name: inputs.name, erasureCoding: inputs.erasureCoding });
  const pool = rows.find(({ name }) => name === names.pool);
  const dataPool = rows.find(({ name }) => name === names.dataPool);
  if (!pool && !dataPool) return undefined;
  if (!pool || (names.dataPool !== undefined && !dataPool))
    throw new Error(
      `there is pool ${(pool ?? dataPool)?.name}, and not the other one of ${names.pool} and ${names.dataPool}; remove it by ` +
        "hand when nothing is in it, or write another name",
    );
  return { pool, ...(dataPool ? { dataPool } : {}) };
}

const members = ({ pool, dataPool }: Pair): PoolRow[] => [pool, ...(dataPool ? [dataPool] : [])];

/** A pool as Ceph's own map tells it, with options that Proxmox does not show. */
export async function rowInMap(pve: Pve, call: Call, node: string, name: string): Promise<wire.WireObject> {
  const dump = await osdDump(pve, call, node);
  const row = wire.list(dump["pools"]).find((each) => each["pool_name"] === name);
  if (!row) throw new Error(`ceph osd dump does not tell of pool ${name}; nothing was changed`);
  return row;
}

export const readCompression = async (pve: Pve, call: Call, node: string, name: string) =>
  compressionOf(wire.object((await rowInMap(pve, call, node, name))["options"]));

/** Keys of a pool that are to be set so that data are compressed as described. */
export const missingCompression = async (
  ...[pve, call, node, name, wanted, was]: [
    Pve,
    Call,
    string,
    string,
    CephPoolInputs["compression"],
    CephPoolInputs["compression"],
  ]
): Promise<[string, string][]> =>
  wanted === undefined && was === undefined
    ? []
    : compressionChange(wire.object((await rowInMap(pve, call, node, name))["options"]), wanted, was);

interface Other {
  /** What would be changed. */
  readonly differs: readonly string[];
  /** Why it is not taken over. */
  readonly refused?: string;
}

/** Is the pool that is there the one described, and if not, may it become so? */
export async function whyOther(
  pve: Pve,
  call: Call,
  inputs: Partial<CephPoolInputs>,
  node: string,
  pair: Pair,
): Promise<Other> {
  const { name = "", adopt = false, erasureCoding: coding } = inputs;
  const rows = members(pair);
  const fixed: string[] = [];
  const replicated = rows.filter((row) => !row.erasure).map((row) => row.name);
  if (coding && !pair.dataPool?.erasure) fixed.push(`pool ${name}-data holds copies, and not erasure-coded pieces`);
  if (!coding && replicated.length === 0) fixed.push("it is erasure-coded, and copies are described");
  for (const row of rows)
    if (row.applications.length > 0 && !row.applications.includes(inputs.application ?? "rbd"))
      fixed.push(`pool ${row.name} is for ${row.applications.join(", ")}, not ${inputs.application ?? "rbd"}`);
  if (coding && pair.dataPool?.erasure) fixed.push(...(await otherPieces(pve, call, node, pair.dataPool, coding)));
  if (fixed.length > 0)
    return {
      differs: [],
      refused: `there is a pool ${name} already, and it cannot become the one described: ${fixed.join("; ")}. Write another name`,
    };
  const differs = rows.flatMap((row) => differences(row, inputs));
  const { compression } = inputs;
  if (compression && sshProblems(pve, "").length === 0) {
    const last = rows[rows.length - 1];
    const keys = last ? await missingCompression(pve, call, node, last.name, compression, undefined) : [];
    differs.push(...keys.map(([key, value]) => `${key} is not ${value}`));
  }
  const all = [...new Set(differs)];
  if (all.length === 0 || adopt) return { differs: all };
  const inside = (await Promise.all(rows.map((row) => whatIsIn(pve, call, node, row.name)))).filter(
    (words) => words !== undefined,
  );
  if (inside.length === 0) return { differs: all };
  return {
    differs: all,
    refused:
      `there is a pool ${name} already that is another one than described: ${all.join(", ")}; and ${inside.join(", ")}. ` +
      "Describe it as it is, or write adopt: true to bring it to the description",
  };
}

async function otherPieces(
  pve: Pve,
  call: Call,
  node: string,
  data: PoolRow,
  coding: NonNullable<CephPoolInputs["erasureCoding"]>,
): Promise<string[]> {
  const [without] = sshProblems(pve, "telling how a pool is erasure-coded");
  if (without) return [without.message];
  const name = wire.string((await rowInMap(pve, call, node, data.name))["erasure_code_profile"]) ?? "";
  const profile = await erasureProfile(pve, call, node, name);
  const wanted: [string, string | undefined][] = [
    ["k", String(coding.k)],
    ["m", String(coding.m)],
    ["crush-failure-domain", coding.profile === undefined ? (coding.failureDomain ?? "host") : undefined],
    ["crush-device-class", coding.profile === undefined ? (coding.deviceClass ?? "") : undefined],
  ];
  const found = wanted
    .filter(([key, value]) => value !== undefined && (wire.string(profile[key]) ?? "") !== value)
    .map(([key, value]) => `${key} of its profile ${name} is ${wire.string(profile[key]) || "not set"}, not ${value}`);
  if (coding.profile !== undefined && coding.profile !== name)
    found.push(`its profile is ${name}, not ${coding.profile}`);
  return found;
}

/** The same when the time has come: throws where the preview would have refused. */
export async function refuseOther(
  pve: Pve,
  call: Call,
  inputs: CephPoolInputs,
  node: string,
  pair: Pair,
): Promise<void> {
  const { refused } = await whyOther(pve, call, inputs, node, pair);
  if (refused !== undefined) throw new Error(refused);
}

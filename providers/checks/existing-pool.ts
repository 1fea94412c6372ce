import { wire, type Connection } from "../../pve";
import type { Call } from "../kernel/call/call";
import { sees } from "../kernel/session/own-sight";
import type { Pve } from "../kernel/session/pve-session";
import { suggestion, type Problem } from "../kernel/state/problems";
import { elsewise, isPreview, missing } from "./there-or-made";

/** Names of all pools, once they were asked for. */
const makePools = (): { names?: Promise<ReadonlySet<string>> } => ({});

/** Is the pool there, or made by this program? Proxmox lists only the pools that the user may look at. */
export async function checkPool(pve: Pve, call: Call, pool: string | undefined): Promise<Problem[]> {
  if (pool === undefined) return [];
  const { connection } = pve.process;
  const pools = pve.memory("pools that are there", makePools);
  const list = (fresh: boolean) =>
    fresh ? (pools.names = poolNames(connection)) : (pools.names ??= poolNames(connection));
  const names = await missing(pve, call, ["pool", pool], list);
  if (names === undefined) return [];
  const text = `there is no pool "${pool}" that this user may see${suggestion(pool, names)}`;
  // Would the pool be listed if it were there?
  if (await sees(pve, `/pool/${pool}`, "Pool.Audit"))
    return [{ path: "pool", message: `${text}; ${elsewise("pool")}` }];
  if (isPreview(call)) call.report.warn(`pool: ${text}; unless it is there, up fails`);
  return [];
}

async function poolNames({ api }: Connection): Promise<ReadonlySet<string>> {
  const pools = (await api.pools.$get()) as readonly wire.WireObject[];
  return new Set(pools.map(({ poolid }) => wire.string(poolid) ?? ""));
}

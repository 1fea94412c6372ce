import { wire, type Connection, type SnapshotNode, type SnapshotStorage } from "../../pve";
import type { Pve } from "../pve-session";
import type { Call } from "../runtime/call";
import { suggestion, type Problem } from "../runtime/problems";
import { checkStorage } from "./inspect";

/** Is the storage of a volume there, for content of the volume's kind (`local:import/x.qcow2`)? */
export function checkVolumeStorage(
  view: { readonly nodes: readonly SnapshotNode[]; readonly storages: readonly SnapshotStorage[] },
  volume: string | undefined,
  node: string | undefined,
  path: string,
): Problem[] {
  const [, storage, kind] = /^([^:/]+):(?:(import|iso)\/)?/.exec(volume ?? "") ?? [];
  return checkStorage(view, storage, node, kind ?? "images", path);
}

/** In a preview: a pool that is not there may be made by this very run, so it is no error. */
export async function warnOfNoPool(pve: Pve, call: Call, pool: string | undefined): Promise<void> {
  if (pool === undefined || call.inputs["__preview"] !== true) return;
  const pools = await (pve.process.pools.names ??= names(pve.process.connection));
  if (pools.includes(pool)) return;
  call.report.warn(
    `pool: there is no pool "${pool}" that this user may see${suggestion(pool, pools)}; unless this run makes it, up fails`,
  );
}

async function names({ api }: Connection): Promise<readonly string[]> {
  const pools = (await api.pools.$get()) as readonly wire.WireObject[];
  return pools.map(({ poolid }) => wire.string(poolid) ?? "");
}

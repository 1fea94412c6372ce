import { wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { globalOf } from "../global-conf";
import { readConf } from "../readiness";

/** A pool as Proxmox tells it. */
export interface PoolRow {
  readonly id: number;
  readonly name: string;
  readonly erasure: boolean;
  readonly size: number;
  readonly minSize: number;
  /** What Ceph works towards: splitting and merging take a while. */
  readonly pgNum: number;
  readonly autoscale: string;
  readonly crushRule: string;
  readonly applications: readonly string[];
  /** Undefined while no manager answers: then it cannot be told. */
  readonly tuning: Tuning | undefined;
}

/** What only the autoscaler needs; 0 where nothing is set. */
interface Tuning {
  readonly pgNumMin: number;
  readonly targetBytes: number;
  readonly targetRatio: number;
}

/** All pools; throws when the answer is no whole list, for what it does not tell is not gone. */
export async function readPools(pve: Pve, node: string): Promise<PoolRow[]> {
  const answer: unknown = await pve.api.nodes.$(node).ceph.pool.$get();
  if (!Array.isArray(answer))
    throw new Error("the answer to what pools there are is no list; are the endpoints right? Nothing was changed");
  return wire.list(answer).map(poolRow);
}

function poolRow(row: wire.WireObject): PoolRow {
  const [id, size, minSize] = [row["pool"], row["size"], row["min_size"]].map(wire.integer);
  const name = wire.string(row["pool_name"]);
  const pgNum = wire.integer(wire.object(row["autoscale_status"])["pg_num_target"]) ?? wire.integer(row["pg_num"]);
  if (id === undefined || name === undefined || size === undefined || minSize === undefined || pgNum === undefined)
    throw new Error("the answer to what pools there are is not whole; nothing was changed");
  const isDetailed = "pg_num_min" in row || "autoscale_status" in row;
  return {
    ...{ id, name, size, minSize, pgNum, erasure: row["type"] === "erasure" },
    autoscale: wire.string(row["pg_autoscale_mode"]) ?? "",
    crushRule: wire.string(row["crush_rule_name"]) ?? "",
    applications: Object.keys(wire.object(row["application_metadata"])).sort(),
    tuning: isDetailed
      ? {
          pgNumMin: wire.integer(row["pg_num_min"]) ?? 0,
          targetBytes: wire.number(row["target_size"]) ?? 0,
          targetRatio: wire.number(row["target_size_ratio"]) ?? 0,
        }
      : undefined,
  };
}

/** Identity of the Ceph that a node belongs to. */
export async function readFsid(pve: Pve, node: string): Promise<string> {
  const fsid = globalOf(await readConf(pve, node))?.fsid;
  if (fsid === undefined) throw new Error(`ceph.conf of node ${node} names no fsid; nothing was changed`);
  return fsid;
}

/** Another Ceph has none of what this one has, and says nothing about it. */
export async function assertFsid(pve: Pve, node: string, fsid: string, what: string): Promise<void> {
  const found = await readFsid(pve, node);
  if (found !== fsid)
    throw new Error(
      `node ${node} is asked about ${what} of Ceph ${fsid}, and belongs to Ceph ${found}; nothing was changed. See where ` +
        "the endpoints lead, and whether the node has been moved",
    );
}

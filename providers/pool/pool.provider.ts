import { wire } from "../../pve";
import { makes } from "../checks/made-here";
import { named } from "../kernel/named";
import { sameComment } from "../kernel/named.model";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { poolModel, type PoolInputs } from "./pool.model";
import { userConfig } from "../access/user-config";

interface PoolOutputs {
  readonly poolId: string;
}

type Pool = wire.WireObject;

export const poolProvider = (session: Session) =>
  named<PoolInputs, PoolOutputs, Pool>(
    {
      kind: "Pool",
      noun: "pool",
      name: "poolId",
      model: poolModel,
      outputs: ["poolId"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      lock: userConfig,
      list: pools,
      // GET /pools/{poolid} knows no pools within pools.
      read: async (pve, poolId) =>
        wire.list(await pve.api.pools.$get({ poolid: poolId })).find((row) => row["poolid"] === poolId),
      at: ({ poolId }) => ({ poolId }),
      live: (pool, at, wanted) => ({
        inputs: { ...wanted, poolId: at.poolId, comment: wire.string(pool["comment"]) },
        outputs: at,
      }),
      create: (pve, { poolId, comment }) =>
        pve.api.pools.$post({ poolid: poolId, ...(comment === undefined ? {} : { comment }) }),
      change(pool, inputs, was) {
        const comment = inputs.comment ?? (was.comment === undefined ? undefined : "");
        return comment === undefined || sameComment(wire.string(pool["comment"]), comment) ? undefined : { comment };
      },
      update: (pve, poolId, change) => pve.api.pools.$put({ poolid: poolId, ...change }),
      remove: (pve, poolId) => pve.api.pools.$delete({ poolid: poolId }),
      async inUse(pve, poolId, pool) {
        const within = [...(await pools(pve)).keys()].filter((id) => id.startsWith(`${poolId}/`));
        const left = [...members(pool), ...within.map((id) => `pool ${id}`)];
        if (left.length === 0) return undefined;
        return (
          `pool ${poolId} still has ${left.join(", ")}; nothing was deleted. Take them out, or keep the pool ` +
          "(retainOnDelete)"
        );
      },
      isAsSent: ({ comment }, pool) => sameComment(wire.string(pool["comment"]), comment),
      async inspect(pve, _call, { poolId }) {
        if (poolId !== undefined) makes(pve, "pool", poolId);
        return [];
      },
    },
    session,
  );

async function pools(pve: Pve): Promise<ReadonlyMap<string, Pool>> {
  const rows = (await pve.api.pools.$get()) as readonly Pool[];
  return new Map(rows.map((row) => [wire.string(row["poolid"]) ?? "", row]));
}

const members = (pool: Pool): string[] =>
  ((pool["members"] ?? []) as readonly wire.WireObject[]).map((row) =>
    row["type"] === "storage"
      ? `storage ${wire.string(row["storage"]) ?? ""}`
      : `${wire.string(row["type"]) === "lxc" ? "container" : "VM"} ${wire.integer(row["vmid"]) ?? ""}` +
        (wire.string(row["name"]) ? ` (${wire.string(row["name"]) ?? ""})` : ""),
  );

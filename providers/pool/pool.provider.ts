import { isProxmoxError, wire } from "../../pve";
import { define } from "../kernel/define";
import type { Call } from "../kernel/call/call";
import { suggestion, type Problem } from "../kernel/state/problems";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { userConfig } from "./user-config";
import { poolModel, type PoolInputs } from "./pool.model";
import { makes } from "../checks/made-here";

interface PoolOutputs {
  readonly poolId: string;
}

/** A pool as it is; undefined when there is none of that name. */
async function find(pve: Pve, poolId: string): Promise<wire.WireObject | undefined> {
  try {
    // GET /pools/{poolid} knows no pools within pools.
    const pool = wire.list(await pve.api.pools.$get({ poolid: poolId })).find((row) => row["poolid"] === poolId);
    // Proxmox says that there is none: an answer without it is not Proxmox's.
    if (!pool) throw new Error(`the answer to what pool ${poolId} is tells nothing of it; are the endpoints right?`);
    return pool;
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return undefined;
    throw error;
  }
}

const members = (pool: wire.WireObject): string[] =>
  ((pool["members"] ?? []) as readonly wire.WireObject[]).map((row) =>
    row["type"] === "storage"
      ? `storage ${wire.string(row["storage"]) ?? ""}`
      : `${wire.string(row["type"]) === "lxc" ? "container" : "VM"} ${wire.integer(row["vmid"]) ?? ""}` +
        (wire.string(row["name"]) ? ` (${wire.string(row["name"]) ?? ""})` : ""),
  );

export const poolProvider = (session: Session) =>
  define<PoolInputs, PoolOutputs>(
    {
      kind: "Pool",
      model: poolModel,
      outputs: ["poolId"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (pve && inputs.poolId !== undefined) makes(pve, "pool", inputs.poolId);
        if (was !== undefined || inputs.poolId === undefined) return [];
        return pve ? inspectPool(pve, inputs.poolId, inputs.adopt === true) : [];
      },
      async observe(call, at, wanted) {
        const pool = await find(await session.pve(call), at.poolId);
        if (!pool) return undefined;
        const comment = wire.string(pool["comment"]);
        return { inputs: { ...wanted, poolId: at.poolId, comment }, outputs: at };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const { poolId, comment, adopt } = inputs;
        const at = { poolId };
        if (!adopt) await create(pve, call, poolId, comment);
        else if (!(await find(pve, poolId))) throw new Error(nothingToAdopt(poolId));
        made(poolId, at);
        call.report.result(adopt ? `took over pool ${poolId}` : `pool ${poolId}`);
        return { id: poolId, at };
      },
      async sync(call, at, inputs, was) {
        const pve = await session.pve(call);
        const { poolId } = at;
        const wanted = inputs.comment ?? (was.comment === undefined ? undefined : "");
        if (wanted === undefined || hasComment(await find(pve, poolId), wanted)) return at;
        await pve.write(call, {
          what: `changing pool ${poolId}`,
          lock: userConfig,
          send: () => pve.api.pools.$put({ poolid: poolId, comment: wanted }),
          happened: async () => hasComment(await find(pve, poolId), wanted),
        });
        return at;
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const { poolId } = at;
        await pve.write(call, {
          what: `deleting pool ${poolId}`,
          lock: userConfig,
          send: async () => {
            const pool = await find(pve, poolId);
            if (!pool) return;
            const left = [...members(pool), ...(await poolsWithin(pve, poolId)).map((id) => `pool ${id}`)];
            if (left.length > 0)
              throw new Error(
                `pool ${poolId} still has ${left.join(", ")}; nothing was deleted. Take them out, or keep the pool (retainOnDelete)`,
              );
            await pve.api.pools.$delete({ poolid: poolId });
          },
          happened: async () => (await find(pve, poolId)) === undefined,
        });
      },
    },
    session,
  );

// Proxmox gives comments back with a line end.
const hasComment = (pool: wire.WireObject | undefined, comment: string): boolean =>
  pool !== undefined && (wire.string(pool["comment"]) ?? "").trimEnd() === comment.trimEnd();

async function create(pve: Pve, call: Call, poolId: string, comment: string | undefined): Promise<void> {
  await pve.write(call, {
    what: `making pool ${poolId}`,
    lock: userConfig,
    send: async () => {
      if (await find(pve, poolId)) throw new Error(alreadyThere(poolId));
      await pve.api.pools.$post({ poolid: poolId, ...(comment === undefined ? {} : { comment }) });
    },
    // It was not there a moment ago.
    happened: async () => hasComment(await find(pve, poolId), comment ?? ""),
  });
}

async function poolsWithin(pve: Pve, poolId: string): Promise<string[]> {
  const pools = (await pve.api.pools.$get()) as readonly wire.WireObject[];
  return pools.map(({ poolid }) => wire.string(poolid) ?? "").filter((id) => id.startsWith(`${poolId}/`));
}

const alreadyThere = (poolId: string): string => `pool ${poolId} exists already; set adopt: true to take it over`;
const nothingToAdopt = (poolId: string): string =>
  `there is no pool ${poolId} to take over; leave adopt out to make it`;

async function inspectPool(pve: Pve, poolId: string, adopt: boolean): Promise<Problem[]> {
  const names = ((await pve.api.pools.$get()) as readonly wire.WireObject[]).map(
    ({ poolid }) => wire.string(poolid) ?? "",
  );
  if (adopt === names.includes(poolId)) return [];
  return [
    adopt
      ? { path: "poolId", message: nothingToAdopt(poolId) + suggestion(poolId, names) }
      : { path: "poolId", message: alreadyThere(poolId) },
  ];
}

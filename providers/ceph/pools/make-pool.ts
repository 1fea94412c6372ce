import { isProxmoxError, wire } from "../../../pve";
import { lookAgain } from "../look-again";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { CephPoolInputs } from "../ceph-pool.model";
import { setPoolValue } from "../over-ssh";
import { readPools, type PoolRow } from "./pool-rows";
import { changeOf, creation, differences } from "./pool-values";
import { missingCompression, pairIn, type Pair, type PoolState } from "./taken-over";

/** What the state knows a pool by. */
export function pairAt(
  { name, node }: { readonly name: string; readonly node: string },
  fsid: string,
  { pool, dataPool }: Pair,
): PoolState {
  const data = dataPool ? { dataPool: dataPool.name, dataPoolId: dataPool.id } : {};
  return { name, node, fsid, pool: pool.name, poolId: pool.id, ...data };
}

/** Makes a pool that is not there. `made` is told what there is, also when it is not as it should be. */
export async function createPool(
  pve: Pve,
  call: Call,
  inputs: CephPoolInputs,
  made: (pair: Pair) => void,
): Promise<Pair> {
  const { node, name = "" } = inputs;
  const look = async (): Promise<Pair | undefined> => pairIn(await readPools(pve, node), inputs);
  let asked = false;
  try {
    await pve.task(
      call,
      `making pool ${name}`,
      async () => {
        // Asked to make one that is there, Proxmox would apply its defaults to it.
        if (await look()) {
          if (asked) return null;
          throw new Error(`pool ${name} has been made by somebody else meanwhile; nothing was changed. Run up again`);
        }
        asked = true;
        return pve.api.nodes.$(node).ceph.pool.$post({ name, ...creation(inputs) });
      },
      async () => asked && (await look()) !== undefined,
    );
  } catch (error) {
    // A setting that Ceph refused leaves the pool; a lost answer may have been the answer only.
    const left = asked ? await lookAgain(look, error) : undefined;
    if (left) made(left);
    // The autoscaler may be quicker than the setting that keeps it from taking PGs away: what is missing is set next.
    if (!left || !(isProxmoxError(error, "unavailable") || isOvertaken(error, inputs))) throw error;
  }
  const found = await look();
  if (!found) throw new Error(`pool ${name} is not there, although Proxmox reported no error`);
  made(found);
  return found;
}

/** What a pool without data takes at most until its first PG is merged. */
const overtakenMs = 120_000;
/** Of a description that asks for more than it has, it is Ceph's refusal, and no haste of the autoscaler's. */
const isOvertaken = (error: unknown, { pgNum, pgNumMin }: Pick<CephPoolInputs, "pgNum" | "pgNumMin">): boolean =>
  isProxmoxError(error, "task-failed") &&
  /specified pg_num_min \d+ > pg_num \d+/.test(error.message) &&
  (pgNum === undefined || pgNumMin === undefined || pgNumMin <= pgNum);

/** Is there a storage of the pool's name on it? */
export async function hasStorage(pve: Pve, at: PoolState): Promise<boolean> {
  const rows = wire.list(await pve.api.storage.$get());
  const row = rows.find(({ storage }) => storage === at.name);
  return row?.["type"] === "rbd" && row["pool"] === at.pool && row["monhost"] === undefined;
}

/** Brings the pools to the description, and looks whether they are so: a task that ends well has not always done its work. */
export async function applyValues(
  pve: Pve,
  call: Call,
  at: PoolState,
  inputs: CephPoolInputs,
  was: Partial<CephPoolInputs>,
): Promise<void> {
  const { node } = inputs;
  for (const [pool, id] of [
    [at.pool, at.poolId],
    [at.dataPool, at.dataPoolId],
  ] as const) {
    if (pool === undefined || id === undefined) continue;
    const read = async (): Promise<PoolRow> => {
      const row = (await readPools(pve, node)).find((each) => each.id === id && each.name === pool);
      if (!row) throw new Error(`pool ${pool} is another one now; nothing more was changed`);
      return row;
    };
    await setValues(pve, call, pool, inputs, was, read);
    if (pool === (at.dataPool ?? at.pool)) await setCompression(pve, call, pool, inputs, was);
    const left = differences(await read(), inputs);
    if (left.length > 0)
      throw new Error(`pool ${pool} is not as described, although Ceph reported no error: ${left.join(", ")}`);
  }
  if (inputs.addStorages === true) await addStorage(pve, call, at);
}

async function setValues(
  pve: Pve,
  call: Call,
  pool: string,
  inputs: CephPoolInputs,
  was: Partial<CephPoolInputs>,
  read: () => Promise<PoolRow>,
): Promise<void> {
  const { node } = inputs;
  const row = await read();
  // Proxmox does not set a single copy: Ceph asks whether that is meant, and it has no answer.
  if (inputs.size === 1 && row.size !== 1 && !row.erasure) {
    await call.safePoint();
    await setPoolValue(pve, call, node, pool, "size", "1");
  }
  for (let step = 0; step < 2;) {
    const [change] = changeOf(await read(), inputs, was);
    if (!change) return;
    try {
      await pve.task(call, `changing pool ${pool}: ${Object.keys(change).join(", ")}`, async () => {
        // The look directly before: it is this pool, and it is to be changed.
        const [now] = changeOf(await read(), inputs, was);
        return now ? pve.api.nodes.$(node).ceph.pool.$(pool).$put(now) : null;
      });
      step++;
    } catch (error) {
      if (!isOvertaken(error, inputs) || inputs.pgNum === undefined) throw error;
      // Proxmox passes a number of PGs by that is still there, though Ceph is about to lower it.
      await pve.until(
        `pool ${pool} to have fewer PGs, as the autoscaler has begun`,
        async () => {
          const { pgNum } = await read();
          return pgNum === inputs.pgNum ? { pending: `${pgNum} PGs` } : { done: true };
        },
        Math.min(overtakenMs, call.remainingMs()),
      );
    }
  }
}

async function setCompression(
  pve: Pve,
  call: Call,
  pool: string,
  { node, compression }: CephPoolInputs,
  was: Partial<CephPoolInputs>,
): Promise<void> {
  const missing = () => missingCompression(pve, call, node, pool, compression, was.compression);
  for (const [key, value] of await missing()) {
    await call.safePoint();
    call.report.progress(`pool ${pool}: ${key} ${value}`);
    await setPoolValue(pve, call, node, pool, key, value);
  }
  const left = await missing();
  if (left.length > 0)
    throw new Error(
      `pool ${pool} is not as described, although Ceph reported no error: ${left.map(([key, value]) => `${key} is not ${value}`).join(", ")}`,
    );
}

/** As Proxmox itself adds it to a new pool (PVE/API2/Ceph/Pool.pm). */
async function addStorage(pve: Pve, call: Call, at: PoolState): Promise<void> {
  await pve.write(call, {
    what: `adding storage ${at.name}`,
    lock: "cluster:storage.cfg",
    send: async () => {
      if (await hasStorage(pve, at)) return;
      await pve.api.storage.$post({
        ...{ storage: at.name, type: "rbd", pool: at.pool, content: "rootdir,images", krbd: false },
        ...(at.dataPool === undefined ? {} : { "data-pool": at.dataPool }),
      });
    },
    happened: () => hasStorage(pve, at),
  });
}

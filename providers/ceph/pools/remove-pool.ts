import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { guestsOnStorage } from "../../storage/guests-on-storage";
import type { CephPoolInputs } from "../ceph-pool.model";
import { hasStorage } from "./make-pool";
import { fileSystemOn, storagesOn, whatIsIn } from "./pool-content";
import { assertFsid, readPools } from "./pool-rows";
import { rowInMap, type PoolState } from "./taken-over";

interface Member {
  readonly id: number;
  readonly name: string;
}

/**
 * Removes a pool, of two that of the data last: without the other one nobody finds what is in it. Each look is made again
 * directly before the request.
 */
export async function removePool(
  pve: Pve,
  call: Call,
  at: PoolState,
  settings: Partial<CephPoolInputs>,
): Promise<void> {
  const { node, name } = at;
  const accepted = settings.removal?.acceptDataLoss === name;
  const all: Member[] = [
    { id: at.poolId, name: at.pool },
    ...(at.dataPool === undefined ? [] : [{ id: at.dataPoolId ?? -1, name: at.dataPool }]),
  ];
  const left = async (): Promise<Member[]> => {
    await assertFsid(pve, node, at.fsid, `pool ${name}`);
    const rows = await readPools(pve, node);
    return all.filter((one) => rows.some((row) => row.id === one.id && row.name === one.name));
  };
  const refuse = async (): Promise<void> => {
    const why = await whyKept(pve, call, at, settings, await left(), accepted);
    if (why !== undefined) throw new Error(`pool ${name} not removed, nothing was touched: ${why}`);
  };
  if ((await left()).length === 0) return call.report.result(`pool ${name} is gone already`);
  await refuse();
  // Nobody puts an image there any more when the storage is gone.
  if (settings.addStorages === true) await removeStorage(pve, call, at, accepted);
  for (const one of all) {
    await pve.task(call, `removing pool ${one.name}`, async () => {
      if (!(await left()).some(({ id }) => id === one.id)) return null;
      const why = await whyKept(pve, call, at, settings, [one], accepted);
      if (why !== undefined) throw new Error(`pool ${one.name} not removed: ${why}`);
      const goes = await isMadeForIt(pve, call, at, settings, one.name);
      return pve.api.nodes.$(node).ceph.pool.$(one.name).$delete({ force: accepted, remove_ecprofile: goes });
    });
  }
  const still = await left();
  if (still.length > 0)
    throw new Error(
      `pool ${still.map((one) => one.name).join(", ")} is still there, although Proxmox reported no error`,
    );
  const { others } = await storagesOn(
    pve,
    all.map((one) => one.name),
    name,
  );
  if (others.length > 0)
    call.report.warn(`storage ${others.join(", ")} is left without its pool ${name}: no image is found there any more`);
}

/** Is the pool's profile the one that Proxmox has made for it? A pool that was taken over may have one of somebody's own. */
async function isMadeForIt(
  pve: Pve,
  call: Call,
  at: PoolState,
  { erasureCoding }: Partial<CephPoolInputs>,
  pool: string,
): Promise<boolean> {
  if (at.dataPool !== pool || erasureCoding?.profile !== undefined || !pve.process.ssh) return false;
  return (await rowInMap(pve, call, at.node, pool))["erasure_code_profile"] === `pve_ec_${at.name}`;
}

/** Why the pools stay; undefined when they may go. */
async function whyKept(
  pve: Pve,
  call: Call,
  at: PoolState,
  settings: Partial<CephPoolInputs>,
  pools: readonly Member[],
  accepted: boolean,
): Promise<string | undefined> {
  const names = pools.map((one) => one.name);
  const system = await fileSystemOn(pve, at.node, names);
  if (system !== undefined) return `it belongs to the CephFS ${system}; remove that first`;
  if (accepted) return undefined;
  const { own, others } = await storagesOn(
    pve,
    [at.pool, ...(at.dataPool === undefined ? [] : [at.dataPool])],
    at.name,
  );
  const users = [...(own && settings.addStorages !== true ? [at.name] : []), ...others];
  const inside: string[] = [];
  for (const pool of names) {
    const words = await whatIsIn(pve, call, at.node, pool);
    if (words !== undefined) inside.push(words);
  }
  if (users.length === 0 && inside.length === 0) return undefined;
  const storages = users.length === 0 ? [] : [`storage ${users.join(", ")} uses it`];
  const guests: string[] = [];
  for (const id of [...users, ...(own && settings.addStorages === true ? [at.name] : [])])
    guests.push(...(await guestsOnStorage(pve, id)));
  return (
    [...inside, ...storages, ...guests].join("; ") +
    `. ${inside.length > 0 ? "Move or delete what is in it" : "Remove the storage"} first, or keep the pool (retainOnDelete); ` +
    `to remove it with all that is in it, write removal: { acceptDataLoss: "${at.name}" }, run up, and then remove it`
  );
}

/** The storage that came with the pool; a guest that names it would stay without its disks. */
async function removeStorage(pve: Pve, call: Call, at: PoolState, accepted: boolean): Promise<void> {
  await pve.write(call, {
    what: `removing storage ${at.name}`,
    lock: "cluster:storage.cfg",
    send: async () => {
      if (!(await hasStorage(pve, at))) return;
      const guests = accepted ? [] : await guestsOnStorage(pve, at.name);
      if (guests.length > 0) throw new Error(`storage ${at.name} not removed: ${guests.join("; ")} use it`);
      await pve.api.storage.$(at.name).$delete();
    },
    happened: async () => !(await hasStorage(pve, at)),
  });
}

import type { Call, Json, Routes } from "../call.js";
import { denied, die } from "../errors.js";
import { isEnabled, storages } from "../storage/sections.js";
import { guestRow, memberNames, poolOf, storageRow } from "../resources.js";
import type { Pool } from "../world/access.js";
import { changeUsers } from "./access/config.js";

function existingPool(call: Call, name: string): Pool {
  const pool = call.cluster.pools[name];
  if (!pool) throw die(`pool '${name}' does not exist`);
  return pool;
}

const comment = (pool: Pool): { comment?: string } => (pool.comment ? { comment: pool.comment } : {});

function poolInfo(call: Call, poolid: string): Json {
  const pool = existingPool(call, poolid);
  const type = call.params["type"];
  const guests = pool.vms
    .map((vmid) => call.cluster.guests[vmid])
    .filter((guest) => guest !== undefined && (type === undefined || guest.type === type))
    .flatMap((guest) => (guest ? [guestRow(call.simulation, guest)] : []));
  const withStorages = type === undefined || type === "storage";
  return { members: [...guests, ...(withStorages ? storageMembers(call, pool) : [])], ...comment(pool), poolid };
}

/** A storage is shown as the asked node has it, or else the first node that may use it. */
function storageMembers(call: Call, pool: Pool): Json[] {
  const nodes = [call.node.name, ...memberNames(call.simulation, call.node).sort()];
  return storages(call.cluster)
    .filter(({ id }) => pool.storage.includes(id))
    .map((storage) =>
      storageRow(call.simulation, storage, nodes.find((node) => isEnabled(storage, node)) ?? call.node.name),
    );
}

async function createPool(call: Call): Promise<void> {
  const name = call.text("poolid");
  await changeUsers(call, "create pool failed", () => {
    const { pools } = call.cluster;
    if (pools[name]) throw die(`pool '${name}' already exists`);
    const [, parent, leaf = name] = /^(.*)\/([^/]+)$/.exec(name) ?? [];
    if (parent !== undefined && !pools[parent]) throw die(`parent '${parent}' of pool '${name}' does not exist`);
    if (!/^[A-Za-z]/.test(leaf)) throw die("pool name must start with a letter");
    const pool: Pool = { vms: [], storage: [] };
    if (call.params["comment"]) pool.comment = call.params["comment"];
    pools[name] = pool;
  });
}

async function updatePool(call: Call): Promise<void> {
  await changeUsers(call, "update pools failed", () => {
    const pool = existingPool(call, call.text("poolid"));
    const changed: Pool = { ...pool, vms: [...pool.vms], storage: [...pool.storage] };
    if (call.has("comment")) changed.comment = call.text("comment");
    const moved = call.list("vms").flatMap((vmid) => changeGuest(call, changed, Number(vmid)));
    for (const storage of call.list("storage")) changeStorage(call, changed, storage);
    for (const { from, vmid } of moved) from.vms = from.vms.filter((member) => member !== vmid);
    Object.assign(pool, changed);
  });
}

function changeGuest(call: Call, pool: Pool, vmid: number): { from: Pool; vmid: number }[] {
  checkModify(call, `/vms/${vmid}`, "VM.Allocate");
  const member = pool.vms.includes(vmid);
  if (call.flag("delete")) {
    if (!member) throw die(`VM ${vmid} is not a pool member`);
    pool.vms = pool.vms.filter((other) => other !== vmid);
    return [];
  }
  if (member) throw die(`VM ${vmid} is already a pool member`);
  const current = poolOf(call.cluster, vmid);
  pool.vms.push(vmid);
  if (current === undefined) return [];
  if (!call.flag("allow-move"))
    throw die(`VM ${vmid} belongs already to pool '${current}' and 'allow-move' is not set`);
  call.rights.check(`/pool/${current}`, "Pool.Allocate");
  return [{ from: existingPool(call, current), vmid }];
}

function changeStorage(call: Call, pool: Pool, storage: string): void {
  checkModify(call, `/storage/${storage}`, "Datastore.Allocate");
  const member = pool.storage.includes(storage);
  if (call.flag("delete")) {
    if (!member) throw die(`Storage '${storage}' is not a pool member`);
    pool.storage = pool.storage.filter((other) => other !== storage);
  } else {
    if (member) throw die(`Storage '${storage}' is already a pool member`);
    pool.storage.push(storage);
  }
}

function checkModify(call: Call, path: string, allocate: string): void {
  const privileges = ["Permissions.Modify", allocate];
  if (!call.rights.hasAny(path, ...privileges)) throw denied(`${path}, ${privileges.join("|")}`);
}

async function deletePool(call: Call): Promise<void> {
  const name = call.text("poolid");
  await changeUsers(call, "delete pool failed", (access) => {
    const pool = existingPool(call, name);
    const inside = (what: string): Error => die(`pool '${name}' is not empty (contains ${what})`);
    const child = Object.keys(call.cluster.pools)
      .sort()
      .find((other) => other.startsWith(`${name}/`));
    if (child !== undefined) throw inside(`pool '${child}'`);
    const guest = [...pool.vms].sort().find((vmid) => call.cluster.guests[vmid]);
    if (guest !== undefined) throw inside(`VM ${guest}`);
    const storage = storages(call.cluster).find(({ id }) => pool.storage.includes(id));
    if (storage) throw inside(`storage '${storage.id}'`);
    delete call.cluster.pools[name];
    access.acl = access.acl.filter((acl) => acl.path !== `/pool/${name}`);
  });
}

export const poolRoutes: Routes = {
  "GET /pools": (call) => {
    const wanted = call.params["poolid"];
    if (wanted !== undefined) return [poolInfo(call, wanted)];
    const { pools } = call.cluster;
    const names = Object.keys(pools).sort();
    const seen = names.filter((name) => call.rights.has(`/pool/${name}`, "Pool.Audit"));
    return seen.map((poolid) => ({ poolid, ...comment(existingPool(call, poolid)) }));
  },
  "POST /pools": createPool,
  "PUT /pools": updatePool,
  "DELETE /pools": deletePool,
  "GET /pools/{poolid}": (call) => poolInfo(call, call.text("poolid")),
  "PUT /pools/{poolid}": updatePool,
  "DELETE /pools/{poolid}": deletePool,
};

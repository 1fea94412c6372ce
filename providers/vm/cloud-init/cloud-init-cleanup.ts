import { fileNameOf, isProxmoxError, storageOf, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { listContent } from "../../storage/list-content";
import { storagesOnNode } from "../../snippet/directory";
import type { Call } from "../../kernel/call/call";
import { attachedData, isDataFile, referredVolumes } from "./cloud-init-data";
import { hasOwnData, type CloudInit } from "./cloud-init.model";
import type { VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { readGuest } from "../identity";
import { ownGuests } from "../life/own-guests";

const AT_ONCE = 8;
/** How long a look at all configs serves several deletions. */
const FRESH_MS = 60_000;

interface Scan {
  readonly at: number;
  readonly found: Map<number, readonly string[]>;
}

const scans = new WeakMap<object, Promise<Scan>>();

/**
 * Removes the files of this guest's own data from a storage, except those to keep and those that any other guest (a
 * clone, a replacement) or a snapshot of this one refers to.
 */
export async function removeUnused(
  pve: Pve,
  call: Call,
  at: GuestRef,
  node: string,
  storage: string,
  keep: ReadonlySet<string>,
): Promise<void> {
  const target = pve.api.nodes.$(node).storage.$(storage).content;
  const kinds = await allowedKinds(pve, node, storage);
  const rows = await Promise.all(kinds.map((content) => listContent(pve, node, storage, { content })));
  const volumes = rows
    .flat()
    .map(({ volid }) => wire.string(volid) ?? "")
    .filter((volume) => isDataFile(fileNameOf(volume), at.__mark) && !keep.has(volume));
  if (volumes.length === 0) return;
  const users = await usersOf(pve, at, new Set(volumes));
  for (const volume of volumes) {
    const user = users.get(volume);
    if (user !== undefined) {
      call.report.warn(`${volume} stays: ${user} refers to it`);
      continue;
    }
    try {
      await pve.task(call, `removing ${volume}`, () => target.$(volume).$delete());
    } catch (error) {
      if (!isProxmoxError(error, "not-found")) throw error;
    }
  }
}

/** The kinds of content that own data may be of, without those that the storage is known not to hold. */
async function allowedKinds(pve: Pve, node: string, storage: string): Promise<readonly string[]> {
  const kinds = ["iso", "snippets"];
  const row = (await pve.snapshot.storages()).find((one) => one.node === node && one.storage === storage);
  return row ? kinds.filter((kind) => row.content.includes(kind)) : kinds;
}

/** Files of own data that a guest's deletion must take along; called while it is still there, so that it can be resumed. */
export async function removeData(
  pve: Pve,
  call: Call,
  at: GuestRef,
  guest: VmConfig,
  settings: CloudInit | undefined,
): Promise<void> {
  const { image, snippets } = attachedData(guest);
  const storages = new Set(
    [image?.volume, ...Object.values(snippets)].flatMap((volume) =>
      volume !== undefined && isDataFile(fileNameOf(volume), at.__mark) ? [storageOf(volume)] : [],
    ),
  );
  // An interrupted run may have put them there without the guest referring to them.
  if (hasOwnData(settings) && storages.size === 0)
    for (const content of ["iso", "snippets"] as const)
      for (const { storage } of await storagesOnNode(pve, at.node, content)) storages.add(storage);
  for (const storage of storages) await removeUnused(pve, call, at, at.node, storage, new Set());
}

/** Who, besides this guest as it is, refers to which of the volumes. */
async function usersOf(pve: Pve, at: GuestRef, volumes: ReadonlySet<string>): Promise<Map<string, string>> {
  const users = new Map<string, string>();
  const note = (user: string, referred: readonly string[]) => {
    for (const volume of referred) if (volumes.has(volume)) users.set(volume, user);
  };
  const { found } = await scan(pve);
  const guests = (await pve.guestsNow()).filter(({ type, vmid }) => type === "qemu" && vmid !== at.vmid);
  await inTurns(guests, async ({ vmid, node }) => {
    // What this run makes may have come after the look at all of them.
    const known = ownGuests(pve).making.has(vmid) ? undefined : found.get(vmid);
    note(`VM ${vmid}`, known ?? (await referredBy(pve, node, vmid)));
  });
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  const snapshots = (await machine.snapshot.$get()) as { name?: string }[];
  for (const { name } of snapshots) {
    if (name === undefined || name === "current") continue;
    const config = (await machine.config.$get({ snapshot: name })) as Record<string, unknown>;
    note(`snapshot ${name}`, referredVolumes({ config: texts(config) }));
  }
  return users;
}

/** What every guest refers to. A cluster has many, so that one look serves all deletions of the next minute. */
function scan(pve: Pve): Promise<Scan> {
  const key = pve.process.connection;
  const before = scans.get(key);
  const next = (before ?? Promise.resolve(undefined)).then(async (last) => {
    const { clock } = pve.process.connection;
    if (last && clock.now() - last.at < FRESH_MS) return last;
    const found = new Map<number, readonly string[]>();
    const at = clock.now();
    const guests = (await pve.guestsNow()).filter(({ type }) => type === "qemu");
    await inTurns(guests, async ({ vmid, node }) => found.set(vmid, await referredBy(pve, node, vmid)));
    return { at, found };
  });
  scans.set(key, next);
  next.catch(() => scans.delete(key));
  return next;
}

async function referredBy(pve: Pve, node: string, vmid: number): Promise<string[]> {
  try {
    return referredVolumes(await readGuest(pve, { node, vmid }));
  } catch (error) {
    // Deleted meanwhile. A node that does not answer is an error: its guests may refer to anything.
    if (isProxmoxError(error, "not-found")) return [];
    throw error;
  }
}

const texts = (config: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      typeof value === "string" || typeof value === "number" ? [[key, String(value)]] : [],
    ),
  );

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const turn = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}

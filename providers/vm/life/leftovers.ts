import { isProxmoxError, parseUpid, wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { untilAborted } from "../../kernel/call/until-aborted";
import { ownGuests } from "./own-guests";
import type { Place } from "../place";

/** How long a look for what earlier runs have left is shared. */
const sharedForMs = 3000;

const creations = new Set(["qmclone", "qmcreate", "qmrestore"]);

/** Is a clone or creation at work on this node? */
export const isBeingMade = (pve: Pve, node: string): Promise<boolean> => isAtWork(pve, node, creations);

async function isAtWork(pve: Pve, node: string, types: ReadonlySet<string>): Promise<boolean> {
  // The list of active tasks also holds ended ones that are not archived yet, with their exit text as status.
  const tasks = await pve.api.nodes.$(node).tasks.$get({ source: "active" });
  return tasks.some(({ type, status }) => types.has(String(type)) && status === "RUNNING");
}

/** What earlier runs may have left, as last looked up. */
const makeSearch = (): { at: number; found?: Promise<Place[]> } => ({ at: 0 });

/**
 * Guests that an earlier run may have left half-made: by this name, or without one, or locked; and those that tasks of
 * our own account are making, which the cluster may not list yet. Many creations share one look.
 */
export async function leftovers(pve: Pve, call: Call, name: string): Promise<Place[]> {
  const { clock } = pve.process.connection;
  const { making } = ownGuests(pve);
  const search = pve.memory("vm: leftovers", makeSearch);
  if (clock.now() - search.at > sharedForMs || !search.found) {
    search.at = clock.now();
    search.found = unfinishedCreations(pve);
  }
  const places = new Map((await untilAborted(call.signal, search.found)).map((place) => [place.vmid, place]));
  const nodes = await pve.snapshot.nodes();
  const offline = new Set(nodes.filter(({ status }) => status === "offline").map(({ node }) => node));
  for (const row of await pve.snapshot.guests()) {
    // Nobody can look at it there, and of all guests of such a node the list says neither name nor status.
    if (offline.has(row.node) && row.name !== name) continue;
    // What is being cloned or created has no name yet, and the list may lag behind: only its config tells.
    const unclear = !row.name || row.lock !== undefined || row.status === "unknown";
    if (row.type === "qemu" && (row.name === name || unclear)) places.set(row.vmid, row);
  }
  return [...places.values()].filter(({ vmid }) => !making.has(vmid));
}

/** On the connection itself: several operations wait for this, and must not fail with the one that asked first. */
async function unfinishedCreations(pve: Pve): Promise<Place[]> {
  const { connection } = pve.process;
  await connection.snapshot.refresh();
  const found: Place[] = [];
  for (const task of await connection.api.cluster.tasks.$get()) {
    const upid = parseUpid(wire.string(task["upid"]) ?? "");
    const running = task["status"] === undefined && !task["endtime"];
    if (!upid || !running || !creations.has(upid.type) || upid.user !== connection.identity) continue;
    if (ownGuests(pve).tasks.has(upid.upid)) continue;
    // A clone's task is filed under its source; only its log tells what it makes.
    const log =
      upid.type === "qmclone" ? await connection.api.nodes.$(upid.node).tasks.$(upid.upid).log.$get({ limit: 50 }) : [];
    const line = log.map(({ t }) => /with ID (\d+)/.exec(wire.string(t) ?? "")?.[1]).find((id) => id !== undefined);
    const vmid = Number(upid.type === "qmclone" ? line : upid.id);
    if (vmid > 0) found.push({ node: upid.node, vmid });
  }
  return found;
}

/** The guest of a creation that was recorded before it had ended: it is worked on when its task has let go of it. */
export async function settledAt<R extends Place & { readonly uuid: string }>(pve: Pve, call: Call, at: R): Promise<R> {
  return at.uuid === "" ? { ...at, ...(await settled(pve, call, at)) } : at;
}

/** Locks of tasks that a creation starts, and the types of those tasks. */
const working: Readonly<Record<string, ReadonlySet<string>>> = {
  clone: creations,
  create: creations,
  migrate: new Set(["qmigrate"]),
};

/** Waits until no task of an earlier run works on the guest any more; tells where the guest is then. */
export async function settled(pve: Pve, call: Call, from: Place): Promise<Place> {
  let at = from;
  return pve.until(
    `VM ${from.vmid} on ${from.node} is free of the lock of its creation`,
    async () => {
      const lock = await lockAt(pve, at);
      if (lock === undefined) return { done: { node: at.node, vmid: at.vmid } };
      if (lock === "gone") {
        const row = (await pve.guestsNow()).find(({ vmid }) => vmid === at.vmid);
        if (!row || row.node === at.node) throw new Error(`VM ${at.vmid} disappeared while it was being set up`);
        at = row;
        return { pending: `it has moved to ${row.node}` };
      }
      const types = working[lock];
      if (types === undefined) return { done: { node: at.node, vmid: at.vmid } };
      if (!(await isAtWork(pve, at.node, types)) && (await lockAt(pve, at)) === lock)
        throw new Error(
          `VM ${at.vmid} on ${at.node} was left locked (${lock}) by a task that is gone; ` +
            (lock === "migrate"
              ? `run "qm unlock ${at.vmid}" there, then run pulumi up again`
              : `remove it with "qm unlock ${at.vmid}" and "qm destroy ${at.vmid}", then run pulumi up again`),
        );
      return { pending: `locked (${lock})` };
    },
    call.remainingMs(),
  );
}

/** The guest's lock, or that its node does not have it. */
async function lockAt(pve: Pve, { node, vmid }: Place): Promise<string | undefined> {
  try {
    return wire.string((await pve.api.nodes.$(node).qemu.$(vmid).config.$get()).lock);
  } catch (error) {
    if (isProxmoxError(error, "not-found")) return "gone";
    throw error;
  }
}

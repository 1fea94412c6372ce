import { parseUpid, wire } from "../../pve";
import type { Place, Pve } from "../pve-session";
import type { Call } from "../runtime/call";
import { during } from "../runtime/during";

/** How long a look for what earlier runs have left is shared. */
const sharedForMs = 3000;

const creations = new Set(["qmclone", "qmcreate", "qmrestore"]);

/** Is a clone or creation at work on this node? */
export async function isBeingMade(pve: Pve, node: string): Promise<boolean> {
  // The list of active tasks also holds ended ones that are not archived yet, with their exit text as status.
  const tasks = await pve.api.nodes.$(node).tasks.$get({ source: "active" });
  return tasks.some(({ type, status }) => creations.has(String(type)) && status === "RUNNING");
}

/**
 * Guests that an earlier run may have left half-made: by this name, or without one, or locked; and those that tasks of
 * our own account are making, which the cluster may not list yet. Many creations share one look.
 */
export async function leftovers(pve: Pve, call: Call, name: string): Promise<Place[]> {
  const { leftovers: look, making } = pve.process;
  if (Date.now() - look.at > sharedForMs || !look.found) {
    look.at = Date.now();
    look.found = unfinishedCreations(pve);
  }
  const places = new Map((await during(call.signal, look.found)).map((place) => [place.vmid, place]));
  for (const row of await pve.snapshot.guests()) {
    // What is being cloned or created has no name yet, and the list may lag behind: only its config tells.
    const unclear = !row.name || row.lock !== undefined || row.status === "unknown";
    if (row.type === "qemu" && (row.name === name || unclear)) places.set(row.vmid, row);
  }
  return [...places.values()].filter(({ vmid }) => !making.has(vmid));
}

/** On the connection itself: several operations wait for this, and must not fail with the one that asked first. */
async function unfinishedCreations({ process: { connection, ownTasks } }: Pve): Promise<Place[]> {
  await connection.snapshot.refresh();
  const found: Place[] = [];
  for (const task of await connection.api.cluster.tasks.$get()) {
    const upid = parseUpid(wire.string(task["upid"]) ?? "");
    const running = task["status"] === undefined && !task["endtime"];
    if (!upid || !running || !creations.has(upid.type) || upid.user !== connection.identity) continue;
    if (ownTasks.has(upid.upid)) continue;
    // A clone's task is filed under its source; only its log tells what it makes.
    const log =
      upid.type === "qmclone" ? await connection.api.nodes.$(upid.node).tasks.$(upid.upid).log.$get({ limit: 50 }) : [];
    const line = log.map(({ t }) => /with ID (\d+)/.exec(wire.string(t) ?? "")?.[1]).find((id) => id !== undefined);
    const vmid = Number(upid.type === "qmclone" ? line : upid.id);
    if (vmid > 0) found.push({ node: upid.node, vmid });
  }
  return found;
}

/** Waits until no task holds the guest locked any more. */
export async function settled(pve: Pve, call: Call, { node, vmid }: Place): Promise<void> {
  await pve.until(
    `VM ${vmid} on ${node} is free of the lock of its creation`,
    async () => {
      const { lock } = await pve.api.nodes.$(node).qemu.$(vmid).config.$get();
      if (lock !== "clone" && lock !== "create") return { done: undefined };
      if (!(await isBeingMade(pve, node)))
        throw new Error(
          `VM ${vmid} on ${node} was left locked (${lock}) by a task that is gone; remove it with "qm unlock ${vmid}" ` +
            `and "qm destroy ${vmid}", then run pulumi up again`,
        );
      return { pending: `locked (${lock})` };
    },
    call.remainingMs(),
  );
}

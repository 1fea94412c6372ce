import { parseUpid, wire } from "../../../pve";
import { remarked } from "../config/mark-line";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { changeConfig } from "../config/change-config";
import { digestOf, markOf, type VmConfig } from "../config/vm-config";
import { assertOurs, readGuest } from "../identity";
import type { GuestRef } from "../outputs";

/** Tasks after which a guest runs or stands. */
const powerTasks = new Set(
  ["qmstart", "qmstop", "qmshutdown", "qmreboot", "qmsuspend", "qmresume", "qmrollback"].concat("hastart", "hastop"),
);
/** A shutdown; of a guest under HA it is a request to HA's manager, which runs the real one as root@pam. */
const isShutdown = (type: string): boolean => type === "qmshutdown" || type === "hastop";
/**
 * Is it what HA's manager, as root@pam, has made of a request of this user? By hand too, a VM under HA is stopped by such a
 * request alone, which tells who has made it.
 */
const isOfHa = ({ type, user }: PowerTask, asking: string, tasks: readonly PowerTask[]): boolean =>
  type === "qmshutdown" && user === "root@pam" && tasks.some((one) => one.type === "hastop" && one.user === asking);
/** More of them between two runs need not be told apart. */
const tasksRead = 100;

interface PowerTask {
  /** The middle of its id: process, its start, and the time. */
  readonly key: string;
  readonly type: string;
  readonly user: string;
}

/** What has started or stopped the guest on its node, the latest first; what failed has changed nothing. */
async function powerTasksOf(pve: Pve, { node, vmid }: GuestRef): Promise<PowerTask[]> {
  const rows = await pve.api.nodes.$(node).tasks.$get({ vmid, source: "all", limit: tasksRead });
  return (rows as unknown as readonly wire.WireObject[]).flatMap((row) => {
    const upid = parseUpid(wire.string(row["upid"]) ?? "");
    const fine = /^(?:OK|RUNNING|WARNINGS: \d+)$/.test(wire.string(row["status"]) ?? "");
    if (!upid || !fine || !powerTasks.has(upid.type)) return [];
    return [{ key: upid.upid.split(":").slice(2, 5).join(":").toUpperCase(), type: upid.type, user: upid.user }];
  });
}

/** Operations that have asked for a shutdown themselves. It outlasts an attempt: one whose answer was lost is begun anew. */
const asked = new WeakSet<Call["changes"]>();

/** Those since the noted one, the latest first. What the list does not tell any more is none. */
function since(tasks: readonly PowerTask[], restart: string): readonly PowerTask[] {
  const before = restart === "new" ? tasks.length : tasks.findIndex(({ key }) => key === restart);
  return tasks.slice(0, Math.max(0, before));
}

/**
 * Notes in the guest's mark that it is shut down only for a change: should the run be killed before it has started the
 * guest again, the next one knows that it was running. What an earlier attempt has noted holds as long as nothing has
 * been done since but to ask for that shutdown, which may still be at work.
 */
export async function noteRestart(pve: Pve, call: Call, at: GuestRef, guest: VmConfig): Promise<void> {
  asked.add(call.changes);
  const tasks = await powerTasksOf(pve, at);
  const { restart } = markOf(guest);
  const isListed = restart === "new" || tasks.some(({ key }) => key === restart);
  if (restart !== undefined && isListed && since(tasks, restart).every(({ type }) => isShutdown(type))) return;
  await note(pve, call, at, guest, tasks[0]?.key ?? "new", "noting that the VM is running");
}

/** The guest is as it is to be. */
export async function forgetRestart(pve: Pve, call: Call, at: GuestRef, before: VmConfig): Promise<void> {
  if (markOf(before).restart === undefined) return;
  const guest = await readGuest(pve, at);
  assertOurs(guest, at);
  await note(pve, call, at, guest, undefined, "noting that the VM is as it was before");
}

function note(pve: Pve, call: Call, at: GuestRef, guest: VmConfig, restart: string | undefined, what: string) {
  const { unfinished } = markOf(guest);
  const description = remarked(guest.config["description"], at.__mark, { unfinished, restart });
  return changeConfig(pve, call, at, { description, ...digestOf(guest) }, what);
}

/**
 * Has an earlier run of this stack, which then was interrupted, shut the guest down, and nobody has started or stopped it
 * since? What its owner has stopped is never started. Only a token tells whose shutdown it was: a user may be an
 * administrator as well.
 */
export async function leftStopped(pve: Pve, call: Call, at: GuestRef, guest: VmConfig): Promise<boolean> {
  const { restart } = markOf(guest);
  if (restart === undefined) return false;
  const { status } = await pve.api.nodes.$(at.node).qemu.$(at.vmid).status.current.$get();
  if (status === "running") return false;
  const { user } = pve.process;
  const shutdowns = since(await powerTasksOf(pve, at), restart);
  const isOurs = (task: PowerTask) => isShutdown(task.type) && (task.user === user || isOfHa(task, user, shutdowns));
  const alone = shutdowns.length > 0 && shutdowns.every(isOurs);
  const ours = alone && (user.includes("!") || asked.has(call.changes));
  const stays = "it stays stopped; start it, or write started: true";
  call.report.warn(
    ours
      ? `VM ${at.vmid} was shut down by an update that was interrupted: it is started again`
      : `VM ${at.vmid} was running when an update that was interrupted began, and ` +
          (alone
            ? `${user} has shut it down since, as that update or by hand: ${stays}. With an API token the two can be told apart`
            : `somebody may have stopped it since: ${stays}`),
  );
  return ours;
}

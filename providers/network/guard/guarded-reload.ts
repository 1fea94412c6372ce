import { isProxmoxError, printable, type Connection, type Ssh } from "../../../pve";
import { readView, type NodeView } from "../view";
import type { Rows } from "../row";
import type { ArmedTimer } from "./armed-timer";
import { isAway } from "../../kernel/way-back/node-timer";
import type { DeadMan } from "./dead-man";
import { lookAfter, lookBefore, type Demand } from "./probe";

/** A reload of a node's network, as it is to be made. */
interface Reload {
  readonly node: string;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** As it is before. */
  readonly rows: Rows;
  /** The difference that is applied, for people. */
  readonly diff: string;
  /** The same as the node tells it. */
  readonly changes: string;
  readonly demands: readonly Demand[];
  progress(text: string): void;
}

/** What a reload with a way back needs besides. */
interface WayBack {
  readonly ssh: Ssh;
  readonly deadMan: DeadMan;
  readonly restoreMs: number;
  /** Interfaces that are made, by their owners' marks. */
  readonly made: Readonly<Record<string, string>>;
  /** Peers that are yet to come. */
  readonly expected: ReadonlySet<string>;
}

const taskMs = 120_000;
const pauseMs = 1_000;
/** Nothing is disarmed so shortly before the timer: it might be firing. */
const marginMs = 5_000;
/** So long after the timer a node has to answer again: two reloads, and whatever learns addresses on the way. */
const graceMs = 60_000;

/** Directly before the reload: what somebody has staged meanwhile is not ours to apply. */
async function assertUnchanged({ connection, node, signal, changes }: Reload): Promise<void> {
  const view = await readView(connection.with({ signal }), node);
  if ((view.changes ?? "") === changes) return;
  throw new Error(
    `something else was staged for the network of ${node} while this was about to be applied; nothing was applied. ` +
      `Look at it, apply or revert it in System > Network of ${node}, then run this again:\n` +
      printable(view.changes ?? "nothing is staged any more"),
  );
}

/** Sends the reload; an answer that was lost is looked for. */
async function send({ connection, node, signal }: Reload): Promise<string | undefined> {
  try {
    const reply = await connection.with({ signal }).api.nodes.$(node).network.$put({});
    return typeof reply === "string" ? reply : undefined;
  } catch (error) {
    // Whether it came to pass is seen by what is still staged.
    if (isProxmoxError(error, "unavailable")) return undefined;
    throw error;
  }
}

/** Without a way back: what Proxmox does, and no more. */
export async function plainReload(reload: Reload): Promise<NodeView> {
  const { connection, node, signal } = reload;
  await assertUnchanged(reload);
  for (let attempt = 1; ; attempt++) {
    const upid = await send(reload);
    if (upid !== undefined)
      await connection.tasks.wait(upid, { what: `reloading the network of ${node}`, timeoutMs: taskMs, signal });
    const view = await readView(connection.with({ signal, timeoutMs: taskMs }), node);
    if (view.changes === undefined) return view;
    if (attempt > 2) throw new Error(`the network of ${node} was not reloaded: its changes are still staged`);
  }
}

/**
 * With a way back: the timer on the node is armed, the network reloaded, and the node looked at from outside. Only when
 * all is in order the timer is stopped. Whatever else comes to pass, the end of this process included, the old network
 * comes back.
 */
export async function guardedReload(reload: Reload, way: WayBack): Promise<NodeView> {
  const { connection, node, signal, rows, demands } = reload;
  const { deadMan, ssh, restoreMs, made, expected } = way;
  const { clock } = connection;
  const asker = { node, connection, ssh, signal };
  reload.progress(`looking at what answers on ${node} before the change`);
  const before = await lookBefore(asker, rows, demands, expected);
  const armedAt = clock.now();
  const timer = await deadMan.arm(restoreMs, made, signal);
  try {
    await assertUnchanged(reload);
  } catch (error) {
    await deadMan.standDown(timer, made, error);
  }
  let problems: readonly string[];
  try {
    const failure = await reloaded(reload, restoreMs / 2);
    for (let looks = 1; ; looks++) {
      reload.progress(`looking whether ${node} answers`);
      const fresh = ssh.afresh();
      try {
        const here = timer.over(fresh);
        const seen =
          failure === undefined
            ? await lookWhenReloaded(asker, here, () => lookAfter({ ...asker, ssh: fresh }, before, demands, expected))
            : { problems: [failure] };
        problems = seen.problems;
        if (problems.length === 0 && seen.view && clock.now() - armedAt < restoreMs - marginMs) {
          if (await here.stop(signal)) return await inOrder(reload, way, here, seen.view);
          problems = [`${node} was found in order only when its timer was putting the old network back`];
          break;
        }
        // Whoever gets in only now finds the old network, which lacks all that was wanted.
        if (failure === undefined && seen.view && !/^(?:armed|stopped)$/.test(await here.fate(signal))) {
          problems = [`${node} did not answer until its timer had put the old network back`];
          break;
        }
      } finally {
        fresh.close();
      }
      // Bonds and switches take their time; a reload that failed does not get better.
      if (failure !== undefined || (looks > 1 && clock.now() - armedAt > restoreMs / 2)) break;
      // The longer it takes, the less is lost by a look less: each costs commands that a peer may leave without an answer.
      await clock.sleep(pauseMs * Math.min(looks, 3), signal);
    }
  } catch (error) {
    // Nobody waits any more, or this process ends: the timer on the node needs neither.
    signal.throwIfAborted();
    if (error instanceof OldFileBack) throw error;
    problems = [error instanceof Error ? error.message : String(error)];
  }
  const how = await putBack(reload, way, timer, armedAt);
  // The answer to the last step was lost, and not the step.
  if (typeof how !== "string") return how;
  throw new Error(`${how}, because ${problems.join("; ")}.\nThe change was:\n${reload.diff}`);
}

/** The file is the old one although the timer was stopped. */
class OldFileBack extends Error {
  override readonly name = "OldFileBack";
}

/** A look while `ifreload` is at work would see the old network, or half of the new one. */
async function lookWhenReloaded(
  { node, signal }: { readonly node: string; readonly signal: AbortSignal },
  timer: ArmedTimer,
  look: () => Promise<Awaited<ReturnType<typeof lookAfter>>>,
): Promise<Awaited<ReturnType<typeof lookAfter>>> {
  let reloading: boolean;
  try {
    reloading = await timer.isReloading(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return { problems: [`SSH to ${node} does not answer a new connection: ${(error as Error).message}`] };
  }
  return reloading ? { problems: [`the reload of the network of ${node} is still running`] } : look();
}

/** The timer can do nothing any more; what is left of it is cleared up. */
async function inOrder(
  { node, diff, signal, progress }: Reload,
  { deadMan, made }: WayBack,
  timer: ArmedTimer,
  view: NodeView,
): Promise<NodeView> {
  try {
    if (diff !== "" && (await timer.isOldFile(signal)))
      throw new OldFileBack(
        `somebody has put the old network of ${node} back while it was looked at; nothing of it is recorded.\nThe change was:\n${diff}`,
      );
    // What was made is noted as found in order before the sign of that goes.
    await deadMan.record.add(made, undefined, signal);
    await timer.clear(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isProxmoxError(error)) throw error;
    progress(
      `the network of ${node} is in order; what its timer has left there could not be removed: ${error.message}`,
    );
  }
  return view;
}

/** What the reload itself has to say against it. */
async function reloaded(reload: Reload, timeoutMs: number): Promise<string | undefined> {
  const { connection, node, signal } = reload;
  const upid = await send(reload);
  if (upid === undefined) return undefined;
  try {
    await connection.tasks.wait(upid, { what: `reloading the network of ${node}`, timeoutMs, signal });
    return undefined;
  } catch (error) {
    if (isProxmoxError(error, "task-failed")) return error.message;
    // Out of reach: whether for good is for the look to find out.
    if (isAway(error)) return undefined;
    throw error;
  }
}

/**
 * Waits until the node is as it was, by our hand where it can be reached, else by its own; in words. The new network where
 * the timer turns out to have been stopped.
 */
async function putBack(reload: Reload, way: WayBack, timer: ArmedTimer, armedAt: number): Promise<string | NodeView> {
  const { connection, node, signal } = reload;
  const { deadMan, ssh, restoreMs, made } = way;
  const { clock } = connection;
  const due = armedAt + restoreMs;
  reload.progress(`putting the old network of ${node} back`);
  const seconds = Math.round(restoreMs / 1000);
  let byHand = false;
  for (;;) {
    let last: string;
    const fresh = ssh.afresh();
    const here = timer.over(fresh);
    try {
      const fate = await here.fate(signal);
      if (fate === "armed" && !byHand) await here.restore(signal);
      byHand = true;
      const view = await readView(connection.with({ signal, timeoutMs: pauseMs * 10 }), node);
      if (fate === "stopped") return await inOrder(reload, way, here, view);
      if (await here.isRestored(signal)) {
        await deadMan.record.remove(made, signal);
        await here.clear(signal);
        return `the network of ${node} is as it was before`;
      }
      last =
        fate === "armed"
          ? "its network is still the new one"
          : "its old file is back, and ifreload did not end well yet";
    } catch (error) {
      signal.throwIfAborted();
      if (!isProxmoxError(error)) throw error;
      last = error.message;
      reload.progress(`${node} is out of reach; it puts its old network back by itself, ${seconds} s after the change`);
    } finally {
      fresh.close();
    }
    if (clock.now() > due + graceMs)
      return `the network of ${node} should have been put back by itself ${seconds} s after the change, and that was not to be seen (${last}); look at its console`;
    await clock.sleep(pauseMs, signal);
  }
}

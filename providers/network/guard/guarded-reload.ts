import { isProxmoxError, type Connection, type Ssh } from "../../../pve";
import { readView, type NodeView } from "../view";
import type { Rows } from "../row";
import { DeadMan, isAway } from "./dead-man";
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
  const before = await lookBefore(asker, rows, demands);
  await deadMan.arm(restoreMs, made, signal);
  const armedAt = clock.now();
  let problems: readonly string[];
  try {
    const failure = await reloaded(reload, restoreMs / 2);
    for (let looked = false; ; looked = true) {
      reload.progress(`looking whether ${node} answers`);
      const fresh = ssh.afresh();
      try {
        const seen =
          failure === undefined
            ? await lookAfter({ ...asker, ssh: fresh }, before, demands, expected)
            : { problems: [failure] };
        problems = seen.problems;
        if (problems.length === 0 && seen.view && clock.now() - armedAt < restoreMs - marginMs) {
          await deadMan.over(fresh).disarm(Object.keys(made).length > 0, signal);
          return seen.view;
        }
        // Whoever gets in only now finds the old network, which lacks all that was wanted.
        if (failure === undefined && seen.view && !(await deadMan.over(fresh).isArmed(signal))) {
          problems = [`${node} did not answer until its timer had put the old network back`];
          break;
        }
      } finally {
        fresh.close();
      }
      // Bonds and switches take their time; a reload that failed does not get better.
      if (failure !== undefined || (looked && clock.now() - armedAt > restoreMs / 2)) break;
      await clock.sleep(pauseMs, signal);
    }
  } catch (error) {
    // Nobody waits any more, or this process ends: the timer on the node needs neither.
    signal.throwIfAborted();
    problems = [error instanceof Error ? error.message : String(error)];
  }
  const how = await putBack(reload, way, armedAt);
  throw new Error(`${how}, because ${problems.join("; ")}.\nThe change was:\n${reload.diff}`);
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

/** Waits until the node is as it was, by our hand where it can be reached, else by its own; in words. */
async function putBack(reload: Reload, { deadMan, ssh, restoreMs }: WayBack, armedAt: number): Promise<string> {
  const { connection, node, signal } = reload;
  const { clock } = connection;
  const due = armedAt + restoreMs;
  reload.progress(`putting the old network of ${node} back`);
  const seconds = Math.round(restoreMs / 1000);
  let byHand = false;
  for (;;) {
    let last: string;
    const fresh = ssh.afresh();
    const here = deadMan.over(fresh);
    try {
      if (!byHand && (await here.isArmed(signal))) await here.restore(signal);
      byHand = true;
      await readView(connection.with({ signal, timeoutMs: pauseMs * 10 }), node);
      if (await here.isRestored(signal)) {
        await here.clear(signal);
        return `the network of ${node} is as it was before`;
      }
      last = "its network is still the new one";
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

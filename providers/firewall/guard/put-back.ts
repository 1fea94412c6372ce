import type { Ssh } from "../../../pve";
import { isAway } from "../../kernel/way-back/node-timer";
import { look, missing } from "./answers";
import { readFile, type NodeSwitch } from "./node-switch";
import { haltAfterMs } from "./switch-files";
import { askerOf, messageOf, type ArmedChange } from "./switched-change";

/** Who is not back soon is asked less often. */
const pauseMs = { soon: 1_000, later: 5_000 };
const soonMs = 30_000;
/** So long one that was not stopped may be silent before those that were stopped put the file back in its stead. */
const reviveMs = 10_000;
/** So long after the last timer a node has to answer again: twice what pve-firewall takes to see its files. */
const graceMs = 60_000;

/**
 * Waits until the file is as it was, by our hand where a node can be reached, else by its own; in words. Undefined: all timers
 * had been stopped.
 */
export async function putBack(round: ArmedChange): Promise<string | undefined> {
  const { call, connection, ssh, armedAt, restoreMs, switches, file, old, before } = round;
  const { clock } = connection;
  const { signal } = call;
  call.report.progress("putting the old firewall back");
  const due = armedAt + restoreMs + haltAfterMs + graceMs;
  const begun = new Set<string>();
  const startedAt = clock.now();
  for (;;) {
    const fresh = ssh.afresh();
    let left: string[];
    try {
      const here = switches.map((one) => one.over(fresh));
      const fates = await Promise.all(here.map((one) => stateOf(one, begun, signal)));
      left = fates.flatMap(({ words }) => words ?? []);
      // Some were stopped, and one that was not does not answer: what it does when it is back, or not, would be all there is.
      if (left.length > 0 && clock.now() - startedAt > reviveMs)
        await unlessGone(signal, () =>
          Promise.all(here.filter((_, at) => fates[at]?.fate === "stopped").map((one) => one.revive(signal))),
        );
      const kept = fates.some(({ fate }) => fate === "kept");
      const isStopped = fates.every(({ fate }) => fate === "stopped" || fate === "gone");
      if (left.length === 0 && isStopped) {
        await Promise.all(here.map((one) => one.clear(signal)));
        return undefined;
      }
      if (left.length === 0) {
        if (!kept) left = await notBack(fresh, round);
        if (left.length === 0) left = missing(before, await look(askerOf(round)));
        if (left.length === 0 || kept) {
          await Promise.all(here.map((one) => one.clear(signal)));
          return kept
            ? `${file} was changed by somebody else meanwhile and was left as that is`
            : "the firewall is as it was before";
        }
      }
    } finally {
      fresh.close();
    }
    if (clock.now() > due && (await isBackWhereReached()))
      return `the firewall is as it was before on the nodes that answer (${left.join("; ")})`;
    if (clock.now() > due)
      return `the firewall should have been put back by the nodes themselves ${restoreMs / 1000} s after the change, and that was not to be seen (${left.join("; ")}); look at their consoles`;
    await clock.sleep(clock.now() - startedAt < soonMs ? pauseMs.soon : pauseMs.later, signal);
  }

  async function isBackWhereReached(): Promise<boolean> {
    const contents = await Promise.all(
      round.nodes.map((node) => unlessGone(signal, () => readFile(ssh, node, file, signal))),
    );
    const found = contents.filter((one) => one !== undefined);
    return found.length > 0 && found.every((one) => one.equals(old));
  }

  async function notBack(over: Ssh, { nodes }: ArmedChange): Promise<string[]> {
    const contents = await Promise.all(nodes.map((node) => readFile(over, node, file, signal)));
    return contents.every((one) => one.equals(old)) ? [] : [`${file} is not yet as it was`];
  }
}

/** Undefined where a node does not answer. */
async function unlessGone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return undefined;
  }
}

/** What has become of one switch; its restoring is begun once. `words`: what is still to come. */
async function stateOf(
  one: NodeSwitch,
  begun: Set<string>,
  signal: AbortSignal,
): Promise<{ readonly fate?: string; readonly words?: string }> {
  try {
    const fate = await one.fate(signal);
    const isOver = fate !== "armed" && fate !== "restoring";
    if (isOver) return { fate };
    // Its timer may have ended, of one that was stopped before.
    if (!(await one.isWaiting(signal))) await one.restoreHere(signal);
    else if (fate === "armed" && !begun.has(one.node)) {
      await one.restore(signal);
      begun.add(one.node);
    }
    return { words: `${one.node}: ${fate === "armed" ? "its timer has not fired" : "its old file is not back"}` };
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return { words: messageOf(error) };
  }
}

import type { Call } from "../../kernel/call/call";
import { Armer } from "../../kernel/way-back/armer";
import { fileChange } from "./file-change";
import { isAway } from "../../kernel/way-back/node-timer";
import { NodeSwitch, readFile } from "./node-switch";
import { look, missing, unaskedAfter } from "./answers";
import { haltedOn, runs } from "./halted-daemons";
import { putBack } from "./put-back";
import { askerOf, messageOf, type ArmedChange, type SwitchedChange } from "./switched-change";
import { FilterInForce } from "./filter-in-force";

const pauseMs = 1_000;
/** A file that one node has written is everywhere long before. */
const aheadMs = 5_000;
/** Nothing is written, and nothing disarmed, so shortly before the timers: they might be firing. */
const marginMs = 5_000;
/** So much of the time is spent on looking again, from when all is written. */
const share = 0.6;

/**
 * The timers on the nodes are armed, the change is made, the nodes are looked at from outside. Only when all that answered
 * before answers again the timers are stopped. Whatever else comes to pass, the end of this process included, the old file
 * comes back.
 */
export async function withSwitch(wanted: SwitchedChange): Promise<void> {
  const { call, connection, ssh, file } = wanted;
  const { clock } = connection;
  const { signal } = call;
  call.report.progress("looking at what answers before the change");
  const before = await look({ connection, ssh, signal, nodes: wanted.nodes });
  const reached = wanted.nodes.filter((node) => before.links.has(node));
  const unreached = wanted.nodes.filter((node) => !reached.includes(node));
  if (reached.length === 0 || unreached.some((node) => !wanted.mayBeLeftOut.has(node)))
    throw new Error(
      `nothing was changed, because no timer can be armed on ${unreached.join(", ")}: ${before.problems.join("; ")}. ` +
        "Write unguarded: true to change it without a way back",
    );
  if (before.endpoints.size === 0)
    throw new Error(
      `nothing was changed, because no endpoint answers a new connection, so that nothing would show what the change does: ${before.problems.join("; ")}. ` +
        "Write unguarded: true to change it without a way back",
    );
  const unasked = unaskedAfter(before);
  if (unasked.length > 0)
    call.report.warn(
      `not looked at after the change, because it does not answer before it either: ${unasked.join("; ")}`,
    );
  const nodes = reached;
  const change = { ...wanted, nodes };
  const idle = await idleNodes(change);
  const old = await readFile(ssh, nodes[0] ?? "", file, signal);
  const armedAt = clock.now();
  const round = { ...change, before, unasked, idle, old, armedAt, switches: await arm(change, old) };
  let problems: readonly string[];
  let cause: unknown;
  let written: Buffer | undefined;
  try {
    await change.work(inTime(round));
    const content = await newContent(round);
    // Somebody else has made it meanwhile, or it means what was there.
    if (content.equals(old)) return await standDown(round.switches, undefined);
    written = content;
    await Promise.all(round.switches.map((one) => one.wrote(content, signal)));
    problems = await probation(round, content);
  } catch (error) {
    // Nobody waits any more, or this process ends: the timers on the nodes need neither.
    signal.throwIfAborted();
    cause = error;
    problems = [messageOf(error)];
  }
  if (problems.length === 0) return;
  if (written === undefined && (await isUntouched(round))) {
    await standDown(round.switches, cause);
    throw cause;
  }
  const failure = await failed(round, written, problems, cause);
  // The answer to the last step was lost, and not the step.
  if (failure) throw failure;
}

const daemonOf = ({ nftables }: SwitchedChange, node: string): string =>
  nftables.has(node) ? "proxmox-firewall" : "pve-firewall";

/**
 * Nodes whose daemon a switch has stopped: they filter nothing now, and are looked at when it is started again. One that
 * somebody else has stopped would filter some day by what nobody has found in order, and so nothing is changed there.
 */
async function idleNodes(change: SwitchedChange): Promise<ReadonlySet<string>> {
  const { ssh, nodes, call, filters } = change;
  const { signal } = call;
  const idle = new Set<string>();
  const stopped: string[] = [];
  await Promise.all(
    nodes.map(async (node) => {
      const daemon = daemonOf(change, node);
      if (await runs(ssh, node, daemon, signal)) return;
      if (!filters || (await haltedOn(ssh, node, signal)).includes(daemon)) idle.add(node);
      else stopped.push(`${daemon} of ${node}`);
    }),
  );
  if (stopped.length > 0)
    throw new Error(
      `nothing was changed, because ${stopped.sort().join(" and ")} does not run: nothing would show what the change does until ` +
        "that starts. Start it (systemctl start), or write unguarded: true to change it without a way back",
    );
  return idle;
}

/** What all nodes have then; the one that wrote it may be a moment ahead of the others. */
async function newContent({ ssh, nodes, file, old, call, connection }: ArmedChange): Promise<Buffer> {
  const { clock } = connection;
  for (const start = clock.now(); ; await clock.sleep(pauseMs / 4, call.signal)) {
    const contents = await Promise.all(nodes.map((node) => readFile(ssh, node, file, call.signal)));
    const [first = old] = contents;
    const isOne = contents.every((one) => one.equals(first));
    if (isOne && !first.equals(old)) return first;
    if (clock.now() - start < aheadMs) continue;
    if (isOne) return first;
    throw new Error(`the nodes have different contents of ${file}`);
  }
}

/** Has nothing been written, and no timer fired? A request may have failed before it came to pass. */
async function isUntouched({ ssh, nodes, file, old, switches, call }: ArmedChange): Promise<boolean> {
  try {
    const fates = await Promise.all(switches.map((one) => one.fate(call.signal)));
    return (
      fates.every((fate) => fate === "armed") && (await readFile(ssh, nodes[0] ?? "", file, call.signal)).equals(old)
    );
  } catch (error) {
    call.signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return false;
  }
}

/** On all nodes, or on none. */
async function arm({ call, ssh, stack, file, nodes, restoreMs }: SwitchedChange, old: Buffer): Promise<NodeSwitch[]> {
  const arming = new Armer(stack).next();
  const switches = nodes.map((node) => new NodeSwitch(ssh, node, arming));
  const { signal } = call;
  try {
    await call.safePoint();
    const armed = await Promise.allSettled(switches.map((one) => one.arm(file, old, restoreMs, signal)));
    for (const one of armed) if (one.status === "rejected") throw one.reason;
    for (const node of nodes)
      if (!(await readFile(ssh, node, file, signal)).equals(old))
        throw new Error(`somebody else has just changed ${file}; nothing was changed. Run this again`);
    return switches;
  } catch (error) {
    await standDown(switches, error);
    throw error;
  }
}

/** Nothing was written: whatever somebody else changes from now on is not to be taken back. */
async function standDown(switches: readonly NodeSwitch[], why: unknown): Promise<void> {
  const ended = await Promise.allSettled(
    switches.map(async (one) => {
      // Somebody else's timers are not ours to end: without a file of ours nothing was armed.
      if ((await one.fate(undefined)) === "gone") return;
      await one.stop(undefined);
      await one.clear(undefined);
    }),
  );
  const left = ended.flatMap((one) => (one.status === "rejected" ? [messageOf(one.reason)] : []));
  if (left.length > 0)
    throw new Error(
      `${messageOf(why)}; timers that would put the firewall back could not be stopped: ${left.join("; ")}`,
      {
        cause: why,
      },
    );
}

/** The same call, that begins nothing more when the timers are about to fire: what is written after them has no way back. */
function inTime({ call, connection, armedAt, restoreMs }: ArmedChange): Call {
  return {
    ...call,
    async safePoint() {
      if (connection.clock.now() > armedAt + restoreMs - marginMs)
        throw new Error("its requests took longer than the timer allows; raise restoreAfter");
      await call.safePoint();
    },
  };
}

/** Looks until all is in order, and stops the timers then; what is wrong else. */
async function probation(round: ArmedChange, written: Buffer): Promise<readonly string[]> {
  const { call, connection, armedAt, restoreMs, before } = round;
  const { clock } = connection;
  const writtenAt = clock.now();
  const taken = new FilterInForce(round.ssh, clock, { ...round, content: written });
  const until = Math.min(armedAt + restoreMs - marginMs, writtenAt + restoreMs * share);
  let last: readonly string[] = [];
  for (;;) {
    call.report.progress("looking whether the nodes answer with the new firewall");
    const late = await taken.late(call.signal);
    const isLate = late.some(({ away }) => !away);
    let problems = isLate ? [] : missing(before, await look(askerOf(round)));
    // Who has not answered about its filter is not in order, whatever it answers now.
    if (problems.length === 0) problems = late.map(({ words }) => words);
    if (problems.length === 0 && clock.now() < armedAt + restoreMs - marginMs) {
      if (await disarmed(round)) return [];
      return ["a timer was faster than the look that found all in order"];
    }
    if (problems.length > 0 && !isLate) last = problems;
    // Whoever gets in only now finds the old firewall.
    if (isLate && (await hasFired(round)))
      return last.length > 0 ? last : ["the nodes did not answer until their timers had put the old firewall back"];
    if (clock.now() >= until) return problems.length > 0 ? problems : ["all was in order too late"];
    await clock.sleep(pauseMs, call.signal);
  }
}

async function hasFired({ switches, ssh, call }: ArmedChange): Promise<boolean> {
  const fresh = ssh.afresh();
  try {
    const fates = await Promise.all(switches.map((one) => one.over(fresh).fate(call.signal)));
    return fates.some((fate) => fate !== "armed");
  } catch (error) {
    call.signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return false;
  } finally {
    fresh.close();
  }
}

/** All of them: one that has fired has put the file back for all nodes. */
async function disarmed({ switches, ssh, call }: ArmedChange): Promise<boolean> {
  const fresh = ssh.afresh();
  try {
    const here = switches.map((one) => one.over(fresh));
    const stopped = await Promise.all(here.map((one) => one.stop(call.signal)));
    if (stopped.includes(false)) return false;
    try {
      await Promise.all(here.map((one) => one.clear(call.signal)));
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isAway(error)) throw error;
      call.report.progress(`what a timer has left on a node could not be removed: ${messageOf(error)}`);
    }
    return true;
  } finally {
    fresh.close();
  }
}

/** Puts the old file back and waits for it; the error to be thrown, unless the timers turn out to have been stopped. */
async function failed(
  round: ArmedChange,
  written: Buffer | undefined,
  problems: readonly string[],
  cause: unknown,
): Promise<Error | undefined> {
  const { file, old, what, unasked } = round;
  const how = await putBack(round);
  if (how === undefined) return undefined;
  const unaskedWords =
    unasked.length === 0 ? "" : ` (not looked at, for it did not answer before either: ${unasked.join("; ")})`;
  return new Error(
    `${how}, because ${problems.join("; ")}${unaskedWords}.\nThe change was ${what}` +
      (written === undefined ? "" : `, in ${file}:\n${fileChange(old, written)}`),
    { cause },
  );
}

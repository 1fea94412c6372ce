import { isProxmoxError, wire, type Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { untilAborted } from "../../kernel/call/until-aborted";
import type { Pve } from "../../kernel/session/pve-session";
import type { Session } from "../../kernel/session/session";
import { Armer, isArming } from "../../kernel/way-back/armer";
import { concernsNodes } from "../lockout/filter-change";
import { filterProblems } from "../lockout/lockout-check";
import type { FirewallPlace } from "../place.model";
import { NodeSwitch, otherRun, timersOf } from "./node-switch";
import { turnOfNetworks } from "../../network/turn-of-networks";
import { haltedOn } from "./halted-daemons";
import { startAgain } from "./start-again";
import { lastFile } from "./switch-files";

/** The stack that an operation is of. */
export const stackOf = (call: Call): string => wire.string(call.inputs["__stack"]) ?? "";

interface Seen {
  /** What the timers of other runs wait for has come to pass. */
  settled?: Promise<void> | undefined;
  /** The same, by who only looked. */
  looked?: Promise<void> | undefined;
  halted?: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  /** Some are stopped still, for they would shut somebody out. */
  waiting?: boolean;
}

const makeSeen = (): Seen => ({});
const seenBy = (pve: Pve): Seen => pve.memory("firewall: switches of earlier runs", makeSeen);

/** Nothing that was seen before counts any more: a switch was left armed by this very process. */
export function forgetLeftovers(pve: Pve): void {
  const seen = seenBy(pve);
  delete seen.settled;
  delete seen.looked;
  delete seen.halted;
}

/**
 * To be awaited before what is seen is believed: while a switch of an interrupted run is armed, what is there is not what
 * stays. Whoever is about to change something puts the old file back; who only reads waits.
 */
export async function settled(call: Call, pve: Pve, mayChange: boolean): Promise<void> {
  const { ssh } = pve.process;
  if (!ssh) return;
  const seen = seenBy(pve);
  const memo = mayChange ? "settled" : "looked";
  const own = seen.settled ?? seen[memo];
  const settling = own ?? (mayChange ? restoreLeft(call, pve, ssh) : waitForLeft(call, pve, ssh));
  seen[memo] ??= settling;
  settling.catch(() => {
    if (seen[memo] === settling) seen[memo] = undefined;
  });
  await untilAborted(call.signal, settling);
}

async function onlineNodes(pve: Pve): Promise<string[]> {
  return (await pve.snapshot.nodes()).filter(({ status }) => status !== "offline").map(({ node }) => node);
}

/** Without an answer nobody can tell; then only what needs no SSH is done. */
async function waitForLeft(call: Call, pve: Pve, ssh: Ssh): Promise<void> {
  const { clock } = pve.process.connection;
  for (const node of await onlineNodes(pve))
    try {
      const timers = timersOf(ssh, node);
      let failingSince: number | undefined;
      for (let seen; (seen = await timers.restore.seen(undefined)) !== undefined; await clock.sleep(2_000)) {
        if (seen.fired) failingSince ??= clock.now();
        // Without quorum that lasts as long as it takes, and whoever reads would not know for what it waits.
        if (clock.now() - (failingSince ?? clock.now()) > patienceMs) throw notBackYet(node);
        call.report.progress(`waiting for the timer that puts the firewall back on ${node}`);
      }
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
    }
}

/** So long a node tries to put its file back before whoever needs that is told. */
const patienceMs = 60_000;

const notBackYet = (node: string): Error =>
  new Error(
    `the firewall that an interrupted run has left could not be put back on ${node} (without quorum its files cannot be ` +
      "written); bring the nodes together, then run this again",
  );

async function restoreLeft(call: Call, pve: Pve, ssh: Ssh): Promise<void> {
  const nodes = await onlineNodes(pve);
  const armer = new Armer(stackOf(call));
  // On all nodes first: where quorum is lost, it comes back only when the others have done it too.
  const left: NodeSwitch[] = [];
  for (const node of nodes) {
    let arming: string | undefined;
    try {
      arming = await timersOf(ssh, node).restore.armed(undefined);
      arming ??= await lastArming(ssh, node, armer.stack);
    } catch (error) {
      // A change that needs the node by SSH finds that out for itself.
      if (!isProxmoxError(error)) throw error;
      continue;
    }
    if (arming === undefined) continue;
    if (armer.isLeft(arming)) left.push(new NodeSwitch(ssh, node, arming));
    else if ((await timersOf(ssh, node).restore.armed(undefined)) === arming) throw otherRun(node);
  }
  for (const one of left) await one.restore(undefined);
  await Promise.all(left.map((one) => end(call, pve, one)));
  await resume(call, pve, ssh);
}

/** Ends one that nobody has found in order, and tells what came of it. */
async function end(call: Call, pve: Pve, one: NodeSwitch): Promise<void> {
  const { clock } = pve.process.connection;
  const { node } = one;
  let fate = await one.fate(undefined);
  const wasOpen = fate === "armed" || fate === "restoring";
  // As long as its timers try themselves; by our hand only when they have gone, for two at once would be in each other's way.
  for (const start = clock.now(); fate === "armed" || fate === "restoring"; fate = await one.fate(undefined)) {
    if (await one.isWaiting(undefined)) {
      if (clock.now() - start > patienceMs) throw notBackYet(node);
    } else if (!(await one.leaveLaterOne(undefined)) && !(await one.restoreHere(undefined))) {
      // It may have ended meanwhile.
      if (["armed", "restoring"].includes(await one.fate(undefined))) throw notBackYet(node);
    }
    await clock.sleep(1_000);
  }
  if (fate === "kept")
    call.report.warn(
      `an interrupted run had left a change of the firewall on probation on ${node}; somebody else has changed the same file ` +
        "since, and it was left as that is",
    );
  // What was started again and is stopped again is told with why it stays so.
  else if (fate !== "halted" && (wasOpen || fate === "restored"))
    call.report.warn(
      `an interrupted run had left a change of the firewall on probation on ${node}; the old firewall was put back`,
    );
  await one.clear(undefined);
}

/**
 * Starts the firewalls that switches had to stop, of whatever run and stack, when nobody is shut out by them: worked out first,
 * and then seen, with a switch that stops them again.
 */
async function resume(call: Call, pve: Pve, ssh: Ssh): Promise<void> {
  const seen = seenBy(pve);
  delete seen.halted;
  const halted = await haltedNodes(pve, ssh);
  seen.waiting = halted.size > 0;
  if (halted.size === 0) return;
  const words = `${[...halted].map(([node, names]) => `${names.join(" and ")} of ${node}`).join(", ")} was stopped, because the old firewall could not be put back there`;
  const lost = await filterProblems(pve);
  if (lost.length > 0) {
    call.report.warn(
      `${words}. It stays stopped, for with the files as they are it would shut out: ${lost.join("; ")}`,
    );
    return;
  }
  const { connection } = pve.process;
  const problem = await startAgain({ call, connection, ssh, stack: stackOf(call), halted });
  seen.waiting = problem !== undefined;
  call.report.warn(problem === undefined ? `${words}; it runs again` : `${words}. ${problem}`);
}

/** Starts what is stopped still, after a change that may have made it possible. */
export async function resumeHalted(call: Call, pve: Pve): Promise<void> {
  const { ssh } = pve.process;
  if (!ssh || seenBy(pve).waiting !== true) return;
  await turnOfNetworks(pve, () => resume(call, pve, ssh), call.signal);
}

/** For who only looks: nodes whose firewall a switch had to stop, in words, where this place is about nodes. */
export async function haltedDue(session: Session, call: Call, place: FirewallPlace): Promise<string | undefined> {
  const pve = concernsNodes(place) ? await session.look(call) : undefined;
  return pve && haltedWords(pve);
}

async function haltedWords(pve: Pve): Promise<string | undefined> {
  const { ssh } = pve.process;
  if (!ssh) return undefined;
  const seen = seenBy(pve);
  seen.halted ??= haltedNodes(pve, ssh);
  const nodes = [...(await seen.halted).keys()];
  return nodes.length === 0
    ? undefined
    : `the firewall of ${nodes.join(", ")} was stopped, because an old one could not be put back there; starts it again when nobody is shut out by it`;
}

async function haltedNodes(pve: Pve, ssh: Ssh): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const node of await onlineNodes(pve))
    try {
      const halted = await haltedOn(ssh, node);
      if (halted.length > 0) found.set(node, halted);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
    }
  return found;
}

/** A file of a node may hold anything: what is no arming is none. */
async function lastArming(ssh: Ssh, node: string, stack: string): Promise<string | undefined> {
  const text = (await ssh.readFile(node, lastFile(stack), { limit: 1024 }))?.toString("utf8").trim() ?? "";
  return isArming(text) ? text : undefined;
}

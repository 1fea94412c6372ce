import { isProxmoxError, wire, type Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { untilAborted } from "../../kernel/call/until-aborted";
import type { Pve } from "../../kernel/session/pve-session";
import { Armer, isArming } from "../../kernel/way-back/armer";
import { filterProblems } from "../lockout/lockout-check";
import { NodeSwitch, otherRun, timersOf } from "./node-switch";
import { lastFile } from "./switch-files";

/** The stack that an operation is of. */
export const stackOf = (call: Call): string => wire.string(call.inputs["__stack"]) ?? "";

interface Seen {
  /** What the timers of other runs wait for has come to pass. */
  settled?: Promise<void> | undefined;
  /** The same, by who only looked. */
  looked?: Promise<void> | undefined;
  halted?: Promise<readonly string[]> | undefined;
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
      while ((await timers.restore.armed(undefined)) !== undefined) {
        call.report.progress(`waiting for the timer that puts the firewall back on ${node}`);
        await clock.sleep(2_000);
      }
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
    }
}

async function restoreLeft(call: Call, pve: Pve, ssh: Ssh): Promise<void> {
  const nodes = await onlineNodes(pve);
  const armer = new Armer(stackOf(call));
  // On all nodes first: where quorum is lost, it comes back only when the others have done it too.
  const left: NodeSwitch[] = [];
  for (const node of nodes) {
    let arming: string | undefined;
    try {
      arming = await timersOf(ssh, node).restore.armed(undefined);
      arming ??= await lastArming(ssh, node);
    } catch (error) {
      // A change that needs the node by SSH finds that out for itself.
      if (!isProxmoxError(error)) throw error;
      continue;
    }
    if (arming === undefined) continue;
    if (armer.isLeft(arming)) left.push(new NodeSwitch(ssh, node, arming));
    else if ((await timersOf(ssh, node).restore.armed(undefined)) === arming) throw otherRun(node);
  }
  if (left.length === 0) return;
  for (const one of left) await one.restore(undefined);
  await Promise.all(left.map((one) => end(call, pve, one)));
}

/** Ends one that nobody has found in order, and tells what came of it. */
async function end(call: Call, pve: Pve, one: NodeSwitch): Promise<void> {
  const { clock } = pve.process.connection;
  const { node } = one;
  let fate = await one.fate(undefined);
  const wasOpen = fate === "armed" || fate === "restoring";
  // As long as its timers try themselves, and then by our hand.
  for (const start = clock.now(); fate === "armed" || fate === "restoring"; fate = await one.fate(undefined)) {
    const isLate = clock.now() - start > 60_000;
    if ((isLate || !(await one.isWaiting(undefined))) && !(await one.restoreHere(undefined)))
      throw new Error(
        `the firewall that an interrupted run has left could not be put back on ${node} (without quorum its files cannot be ` +
          "written); bring the nodes together, then run this again",
      );
    await clock.sleep(1_000);
  }
  if (wasOpen || fate === "restored")
    call.report.warn(
      `an interrupted run had left a change of the firewall on probation on ${node}; the old firewall was put back`,
    );
  if (fate === "kept")
    call.report.warn(
      `an interrupted run had left a change of the firewall on probation on ${node}; somebody else has changed the same file ` +
        "since, and it was left as that is",
    );
  await resume(call, pve, one);
  await one.clear(undefined);
}

/** Starts a firewall that a switch had to stop, when nobody is shut out by it. */
async function resume(call: Call, pve: Pve, one: NodeSwitch): Promise<void> {
  const halted = await one.halted(undefined);
  if (halted.length === 0) return;
  const words = `${halted.join(" and ")} of ${one.node} was stopped, because the old firewall could not be put back there`;
  const lost = await filterProblems(pve);
  seenBy(pve).waiting = lost.length > 0;
  if (lost.length > 0) {
    call.report.warn(
      `${words}. It stays stopped, for with the files as they are it would shut out: ${lost.join("; ")}`,
    );
    return;
  }
  await one.resume(undefined);
  call.report.warn(`${words}; it runs again`);
}

/** Starts what is stopped still, after a change that may have made it possible. */
export async function resumeHalted(call: Call, pve: Pve): Promise<void> {
  const { ssh } = pve.process;
  if (!ssh || seenBy(pve).waiting !== true) return;
  const armer = new Armer(stackOf(call));
  for (const node of await onlineNodes(pve)) {
    const arming = await lastArming(ssh, node);
    if (arming === undefined || !armer.isLeft(arming)) continue;
    const one = new NodeSwitch(ssh, node, arming);
    await resume(call, pve, one);
    await one.clear(undefined);
  }
}

/** Nodes whose firewall a switch had to stop, in words, for who only looks; undefined: none. */
export async function haltedWords(call: Call, pve: Pve): Promise<string | undefined> {
  const { ssh } = pve.process;
  if (!ssh) return undefined;
  const seen = seenBy(pve);
  seen.halted ??= haltedNodes(call, pve, ssh);
  const nodes = await seen.halted;
  return nodes.length === 0
    ? undefined
    : `the firewall of ${nodes.join(", ")} was stopped, because an old one could not be put back there; starts it again when nobody is shut out by it`;
}

async function haltedNodes(call: Call, pve: Pve, ssh: Ssh): Promise<string[]> {
  const armer = new Armer(stackOf(call));
  const found: string[] = [];
  for (const node of await onlineNodes(pve))
    try {
      const arming = await lastArming(ssh, node);
      if (arming === undefined || !armer.isOurs(arming)) continue;
      if ((await new NodeSwitch(ssh, node, arming).halted(undefined)).length > 0) found.push(node);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
    }
  return found;
}

/** A file of a node may hold anything: what is no arming is none. */
async function lastArming(ssh: Ssh, node: string): Promise<string | undefined> {
  const text = (await ssh.readFile(node, lastFile, { limit: 1024 }))?.toString("utf8").trim() ?? "";
  return isArming(text) ? text : undefined;
}

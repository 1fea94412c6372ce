import type { Connection, Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { Armer } from "../../kernel/way-back/armer";
import { look, missing } from "./answers";
import { notCompiled, still, unlessAway } from "./compiled";
import { forgetHalt, startDaemon } from "./halted-daemons";
import { isAway } from "../../kernel/way-back/node-timer";
import { NodeSwitch } from "./node-switch";
import { isKeptOff } from "./filter-in-force";

interface Start {
  readonly call: Call;
  readonly connection: Connection;
  readonly ssh: Ssh;
  readonly stack: string;
  /** Daemons that switches have stopped, by node. */
  readonly halted: ReadonlyMap<string, readonly string[]>;
}

const startMs = 60_000;
const marginMs = 5_000;
const pauseMs = 1_000;
/** proxmox-firewall does not tell whether it has read its files, which it does every five seconds. */
const readMs = 10_000;

/**
 * Starts firewalls that switches have stopped, with a way back of their own: a timer on each node stops them again unless all
 * that answered before answers again. Returns what is wrong, in words; then they are noted as stopped still.
 */
export async function startAgain(start: Start): Promise<string | undefined> {
  const { call, connection, ssh, stack, halted } = start;
  const { signal } = call;
  const { clock } = connection;
  const nodes = [...halted.keys()];
  const asker = { connection, ssh, signal, nodes };
  const before = await look(asker);
  if (nodes.some((node) => !before.links.has(node))) return `It stays stopped, because ${before.problems.join("; ")}`;
  // What does not answer before is not asked for after it: nothing would show that the API is shut.
  if (before.endpoints.size === 0)
    return `It stays stopped, because no endpoint answers a new connection: ${before.problems.join("; ")}`;
  const arming = new Armer(stack).next();
  const switches = nodes.map((node) => new NodeSwitch(ssh, node, arming));
  await call.safePoint();
  const armedAt = clock.now();
  let problems: readonly string[] = [];
  try {
    for (const one of switches) await one.armStart(startMs, signal);
    for (const [node, daemons] of halted) for (const daemon of daemons) await startDaemon(ssh, node, daemon, signal);
    const startedAt = clock.now();
    for (; clock.now() < armedAt + startMs - marginMs; await clock.sleep(pauseMs, signal)) {
      call.report.progress("looking whether the nodes answer with their firewall started again");
      const late = await pending(start, startedAt, signal);
      problems = late.some(({ away }) => !away) ? [] : missing(before, await look(asker));
      if (problems.length === 0) problems = late.map(({ words }) => words);
      if (problems.length > 0) continue;
      if (!(await stopped(start, switches))) {
        problems = ["a timer was faster than the look that found all in order"];
        break;
      }
      for (const [node, daemons] of halted) await forgetHalt(ssh, node, daemons, signal);
      await Promise.all(switches.map((one) => one.clear(signal)));
      return undefined;
    }
  } catch (error) {
    // The timers on the nodes need nobody.
    signal.throwIfAborted();
    problems = [error instanceof Error ? error.message : String(error)];
  }
  await stoppedAgain(start, switches, armedAt);
  return `It was started again, and the timers on the nodes stop it again, because ${problems.join("; ")}`;
}

async function pending({ ssh, connection, halted }: Start, since: number, signal: AbortSignal) {
  const fresh = ssh.afresh();
  try {
    const found = await Promise.all(
      [...halted].map(([node, daemons]) =>
        unlessAway(node, signal, async () => {
          const isOther = daemons.includes("proxmox-firewall") && !(await isKeptOff(fresh, node, signal));
          // Of a filter that is not its own pve-firewall always tells that something is pending.
          if (daemons.includes("pve-firewall") && !isOther) return notCompiled(fresh, node, signal);
          if (!daemons.includes("proxmox-firewall")) return undefined;
          return connection.clock.now() - since < readMs
            ? still(`proxmox-firewall of ${node} may not have read its files`)
            : undefined;
        }),
      ),
    );
    return found.filter((one) => one !== undefined);
  } finally {
    fresh.close();
  }
}

/** All, or none counts: each that is not is stopped again, and noted still. */
async function stopped({ ssh, call }: Start, switches: readonly NodeSwitch[]): Promise<boolean> {
  const fresh = ssh.afresh();
  try {
    const ended = await Promise.all(switches.map((one) => one.over(fresh).stop(call.signal)));
    return !ended.includes(false);
  } finally {
    fresh.close();
  }
}

/** By our hand where a node is reached, else by its own; what is not seen to end is found by the next run. */
async function stoppedAgain({ ssh, call, connection }: Start, switches: readonly NodeSwitch[], armedAt: number) {
  const { signal } = call;
  const { clock } = connection;
  const begun = new Set<string>();
  for (let left = [...switches]; ; await clock.sleep(pauseMs, signal)) {
    const fresh = ssh.afresh();
    try {
      for (const one of [...left]) {
        const here = one.over(fresh);
        try {
          const fate = await here.fate(signal);
          if (fate === "armed" && !begun.has(one.node)) await here.restore(signal);
          begun.add(one.node);
          if (fate === "armed" || fate === "restoring") continue;
          // Found in order, while another one was not: it goes on, for it shuts nobody out as far as can be told.
          await here.clear(signal);
          left = left.filter((other) => other !== one);
        } catch (error) {
          signal.throwIfAborted();
          if (!isAway(error)) throw error;
        }
      }
    } finally {
      fresh.close();
    }
    if (left.length === 0 || clock.now() > armedAt + startMs + marginMs) return;
  }
}

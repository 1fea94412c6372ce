import fs from "node:fs";
import type { Role } from "../test/support/process-roles";
import type { TestStack } from "../test/support/stack";

/** CPU seconds of one command. */
export interface Cpu {
  readonly total: number;
  /** The program's process. */
  readonly program: number;
  /** The process in which the providers run. */
  readonly plugin: number;
  /** All others: the command line with the engine, the language host, what looks for the SDK. */
  readonly engine: number;
}

/** How often the clocks of the processes are read: what a process needs after its last reading counts as the engine's. */
const interval = 20;
const scanEvery = 5;

/** Runs a command and tells the CPU time of all processes that it started. Other children must not end meanwhile. */
export async function measureCpu<T>(stack: TestStack, run: () => Promise<T>): Promise<{ result: T; cpu: Cpu }> {
  const before = ofEndedChildren();
  const known = new Map<number, { role: Role; seconds: number }>();
  let tick = 0;
  const timer = setInterval(() => {
    if (tick++ % scanEvery === 0)
      for (const { pid, role } of stack.processes())
        if (role === "program" || role === "plugin") known.set(pid, { role, seconds: known.get(pid)?.seconds ?? 0 });
    for (const [pid, entry] of known) entry.seconds = own(pid) ?? entry.seconds;
  }, interval);
  try {
    const result = await run();
    const total = ofEndedChildren() - before;
    const sum = (wanted: Role): number =>
      [...known.values()].reduce((all, { role, seconds }) => all + (role === wanted ? seconds : 0), 0);
    const [program, plugin] = [sum("program"), sum("plugin")];
    return { result, cpu: { total, program, plugin, engine: total - program - plugin } };
  } finally {
    clearInterval(timer);
  }
}

/** `USER_HZ`, which Linux promises to be this. */
const ticksPerSecond = 100;

/** Fields of /proc/PID/stat by their number in proc(5). The name in the second field may hold anything. */
function fields(text: string, ...wanted: number[]): number {
  const after = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return wanted.reduce((sum, field) => sum + Number(after[field - 3]), 0) / ticksPerSecond;
}

const ofEndedChildren = (): number => fields(fs.readFileSync("/proc/self/stat", "latin1"), 16, 17);

function own(pid: number): number | undefined {
  try {
    return fields(fs.readFileSync(`/proc/${pid}/stat`, "latin1"), 14, 15);
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

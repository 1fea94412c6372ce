import { die } from "../errors.js";
import type { Json } from "../call.js";
import type { Vm, VmContext } from "./context.js";

/** A process that the guest agent started. */
export interface GuestProcess {
  /** Simulated milliseconds since the epoch. */
  ends: number;
  exitcode: number;
  out: string;
  err: string;
}

/** What the guest agent remembers of a running VM. */
export interface AgentState {
  nextPid: number;
  processes: Record<string, GuestProcess>;
  /** Files written through it, by path. */
  files: Record<string, string>;
}

/** Thrown for a command that the guest does not have. */
export class NoSuchCommand extends Error {}

function stateOf(vm: Vm): AgentState {
  if (!vm.running) throw die("QEMU guest agent is not running");
  return (vm.running.agent ??= { nextPid: 175, processes: {}, files: {} });
}

/** Starts a command in the guest; returns its process id. */
export function startProcess(context: VmContext, vm: Vm, command: readonly string[], input: string): number {
  const state = stateOf(vm);
  const pid = state.nextPid;
  state.nextPid += 2;
  const { seconds, ...result } = run(command, input, state);
  state.processes[String(pid)] = { ...result, ends: context.clock.now() + seconds * 1000 };
  return pid;
}

/** State of a process; the agent forgets an ended one when it was asked for. */
export function processStatus(context: VmContext, vm: Vm, pid: number): Json {
  const state = stateOf(vm);
  const process = state.processes[String(pid)];
  // the agent's own format string swallows the number
  if (!process) throw die("Agent error: PID ld does not exist");
  if (context.clock.now() < process.ends) return { exited: 0 };
  delete state.processes[String(pid)];
  return {
    exited: 1,
    exitcode: process.exitcode,
    ...(process.out ? { "out-data": process.out, "out-truncated": 0 } : {}),
    ...(process.err ? { "err-data": process.err, "err-truncated": 0 } : {}),
  };
}

interface Result {
  out: string;
  err: string;
  exitcode: number;
  seconds: number;
}

/** The few programs that a simulated guest has. */
function run(command: readonly string[], input: string, state: AgentState): Result {
  const [program = "", ...args] = command;
  const result: Result = { out: "", err: "", exitcode: 0, seconds: 0 };
  switch (program.replace(/^.*\//, "")) {
    case "echo":
      return { ...result, out: `${args.join(" ")}\n` };
    case "cat":
      return { ...result, out: args.length > 0 ? args.map((file) => state.files[file] ?? "").join("") : input };
    case "sleep":
      return { ...result, seconds: Number(args[0] ?? 0) };
    case "true":
    case "ls":
    case "sync":
    case "systemctl":
    case "cloud-init":
      return result;
    case "false":
      return { ...result, exitcode: 1 };
    case "sh":
    case "bash":
      return args[0] === "-c" ? runScript(args[1] ?? "", input, state) : result;
    default:
      throw new NoSuchCommand(program);
  }
}

/** A script of simple commands one after the other. */
function runScript(script: string, input: string, state: AgentState): Result {
  const total: Result = { out: "", err: "", exitcode: 0, seconds: 0 };
  for (const line of script.split(/[;\n]/).map((part) => part.trim())) {
    const exit = /^exit\s+(\d+)$/.exec(line);
    if (exit) return { ...total, exitcode: Number(exit[1]) };
    if (line === "") continue;
    const toErr = />&2\s*$/.test(line);
    const words = line
      .replace(/>&2\s*$/, "")
      .trim()
      .split(/\s+/);
    const one = run(words, input, state);
    if (toErr) total.err += one.out;
    else total.out += one.out;
    total.err += one.err;
    total.exitcode = one.exitcode;
    total.seconds += one.seconds;
  }
  return total;
}

/** Writes a file in the guest. */
export function writeGuestFile(vm: Vm, path: string, content: string): void {
  stateOf(vm).files[path] = content;
}

/** Reads a file that was written before. */
export function readGuestFile(vm: Vm, path: string): string {
  const content = stateOf(vm).files[path];
  if (content === undefined) {
    throw die(`Agent error: failed to open file '${path}' (mode: 'r'): No such file or directory`);
  }
  return content;
}

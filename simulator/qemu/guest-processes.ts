import { socketFile } from "./guest-sockets.js";
import { die } from "../errors.js";
import type { Json } from "../call.js";
import type { AgentState } from "../world/guest.js";
import type { Vm, VmContext } from "./context.js";
import { accountProgram, guestAccounts, guestFile } from "./guest-accounts.js";
import { fileProgram, isDirectory } from "./guest-programs.js";

/** Thrown for a command that the guest does not have. */
export class NoSuchCommand extends Error {}

function stateOf(vm: Vm): AgentState {
  if (!vm.running) throw die("QEMU guest agent is not running");
  return (vm.running.agent ??= { nextPid: 175, processes: {}, files: {} });
}

/** Starts a command in the guest; returns its process id. */
export function startProcess(context: VmContext, vm: Vm, command: readonly string[], input: string): number {
  const state = stateOf(vm);
  state.accounts ??= guestAccounts(vm.config);
  const pid = state.nextPid;
  state.nextPid += 2;
  const text = [command.join(" "), ...command.flatMap((word) => state.files[word] ?? [])].join("\n");
  const lock = lockOf(command);
  const held = lock && Object.values(state.processes).some((one) => one.lock === lock.file && works(context, one));
  if (held) {
    const refused = { out: "", err: "", exitcode: lock.conflict, ends: context.clock.now() };
    state.processes[String(pid)] = refused;
    return pid;
  }
  if (lock) state.files[lock.file] ??= "";
  const { seconds, hangs, ...result } = scripted(vm, text, command, state) ?? run(command, input, state);
  (vm.commands ??= []).push(text);
  const process = {
    ...{ ...result, ends: context.clock.now() + seconds * 1000 },
    ...{ ...(hangs ? { hangs } : {}), ...(lock ? { lock: lock.file } : {}) },
  };
  state.processes[String(pid)] = process;
  return pid;
}

const works = ({ clock }: VmContext, { hangs, ends }: { hangs?: boolean; ends: number }): boolean =>
  hangs === true || !clock.reached(ends);

/** `flock --nonblock --close --conflict-exit-code number file program …`, behind an `env` or not. */
function lockOf(command: readonly string[]): { file: string; conflict: number; rest: readonly string[] } | undefined {
  const words =
    command[0] === "env" ? command.slice(command.findIndex((word, at) => at > 0 && !/^\w+=/.test(word))) : command;
  const [program, nonblock, close, option, conflict, file, ...rest] = words;
  if (program !== "flock" || file === undefined) return undefined;
  if (nonblock !== "--nonblock" || close !== "--close" || option !== "--conflict-exit-code")
    throw new NoSuchCommand("flock");
  return { file, conflict: Number(conflict), rest };
}

/** How the world says that such a command ends; what it writes goes where its script sends it. */
function scripted(vm: Vm, text: string, command: readonly string[], state: AgentState): Result | undefined {
  const found = vm.running?.os?.commands?.find(({ match }) => text.includes(match));
  if (!found) return undefined;
  const { exitcode = 0, out = "", err = "", seconds = 0, hangs = false } = found;
  const log = command.map((word) => redirected(state.files[word] ?? "")).find((file) => file !== undefined);
  if (log === undefined) return { out, err, exitcode, seconds, hangs };
  state.files[log] = out + err;
  return { out: "", err: "", exitcode, seconds, hangs };
}

/** The file that a script sends all of its output to. */
const redirected = (script: string): string | undefined => /^exec >(\S+) 2>&1$/m.exec(script)?.[1];

/** State of a process; the agent forgets an ended one when it was asked for. */
export function processStatus(context: VmContext, vm: Vm, pid: number): Json {
  const state = stateOf(vm);
  const process = state.processes[String(pid)];
  // the agent's own format string swallows the number
  if (!process) throw die("Agent error: PID ld does not exist");
  if (works(context, process)) return { exited: 0 };
  delete state.processes[String(pid)];
  return {
    exited: 1,
    exitcode: process.exitcode,
    ...(process.out ? { "out-data": asBytes(process.out), "out-truncated": 0 } : {}),
    ...(process.err ? { "err-data": asBytes(process.err), "err-truncated": 0 } : {}),
  };
}

/** qemu_exec_status decodes the agent's base64 and hands the bytes on as they are: in JSON each is a character. */
const asBytes = (said: string): string => Buffer.from(said).toString("latin1");

interface Result {
  out: string;
  err: string;
  exitcode: number;
  seconds: number;
  hangs?: boolean;
}

/** The few programs that a simulated guest has. */
function run(command: readonly string[], input: string, state: AgentState): Result {
  const [program = "", ...args] = command;
  const result: Result = { out: "", err: "", exitcode: 0, seconds: 0 };
  switch (program.replace(/^.*\//, "")) {
    case "echo":
      return { ...result, out: `${args.join(" ")}\n` };
    case "cat":
      return args.length > 0 ? cat(args, state) : { ...result, out: input };
    case "tail":
      return tail(args, state);
    case "sleep":
      return { ...result, seconds: Number(args[0] ?? 0) };
    case "flock":
      return run(lockOf(command)?.rest ?? [], input, state);
    case "env":
      return environment(args, input, state);
    case "rm":
      for (const file of Object.keys(state.files))
        if (args.some((word) => file === word || file.startsWith(`${word}/`))) delete state.files[file];
      return result;
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
      return shell(args, input, state);
    default: {
      const name = program.replace(/^.*\//, "");
      const asUser = (argv: readonly string[]) => run(argv, input, state);
      const done = accountProgram(name, args, state, input, asUser) ?? fileProgram(name, args, state);
      if (!done) throw new NoSuchCommand(program);
      return { ...result, ...done };
    }
  }
}

/** `env NAME=value … program …`, which says itself that there is no such program. */
function environment(args: readonly string[], input: string, state: AgentState): Result {
  const command = args.slice(args.findIndex((word) => !/^\w+=/.test(word)));
  try {
    return run(command, input, state);
  } catch (error) {
    if (!(error instanceof NoSuchCommand)) throw error;
    return { out: "", err: `env: '${command[0]}': No such file or directory\n`, exitcode: 127, seconds: 0 };
  }
}

function cat(words: readonly string[], state: AgentState): Result {
  const files = words.filter((word) => word !== "--");
  const missing = files.filter((file) => guestFile(state, file) === undefined);
  return {
    out: files.map((file) => guestFile(state, file) ?? "").join(""),
    err: missing.map((file) => `cat: ${file}: No such file or directory\n`).join(""),
    exitcode: missing.length > 0 ? 1 : 0,
    seconds: 0,
  };
}

/** `tail -c 2000 file` */
function tail([option, count, ...files]: readonly string[], state: AgentState): Result {
  const all = cat(files, state);
  return option === "-c" ? { ...all, out: all.out.slice(-Number(count)) } : all;
}

/** `sh -c TEXT FOLDER COMMAND …`: the command with the file in the folder as what it reads, and both gone before. */
const fromFile = 'exec < "$0/in" && rm -rf -- "$0" && exec "$@"';

/** `sh -c script`, or `sh [-e] file`. */
function shell(args: readonly string[], input: string, state: AgentState): Result {
  const words = args.filter((word) => word !== "-e");
  const options = { stops: args.includes("-e"), input, state };
  if (words[1] === fromFile) {
    const [, , folder = "", ...command] = words;
    const content = guestFile(state, `${folder}/in`) ?? "";
    run(["rm", "-rf", "--", folder], "", state);
    return run(command, content, state);
  }
  if (words[0] === "-c") return runScript(words[1] ?? "", options);
  const script = state.files[words[0] ?? ""];
  if (script !== undefined) return runScript(script, options);
  return { out: "", err: `sh: 0: cannot open ${words[0]}: No such file\n`, exitcode: 2, seconds: 0 };
}

/** A script of simple commands one after the other; programs that are not known here do their work in silence. */
function runScript(
  script: string,
  { stops, input, state }: { stops: boolean; input: string; state: AgentState },
): Result {
  const total: Result = { out: "", err: "", exitcode: 0, seconds: 0 };
  const log = redirected(script);
  for (const line of script.split(/[;\n]/).map((part) => part.trim())) {
    const exit = /^exit\s+(\d+)$/.exec(line);
    if (exit) {
      total.exitcode = Number(exit[1]);
      break;
    }
    if (line === "" || line.startsWith("#")) continue;
    const [, words = line, , target] = /^(.*?)\s*(>&2|>>?\s*(\/\S+))\s*$/.exec(line) ?? [];
    const one = runKnown(words.split(/\s+/), input, state);
    if (target !== undefined) state.files[target] = (line.includes(">>") ? (state.files[target] ?? "") : "") + one.out;
    else if (line.endsWith(">&2")) total.err += one.out;
    else total.out += one.out;
    total.err += one.err;
    total.exitcode = one.exitcode;
    total.seconds += one.seconds;
    if (stops && one.exitcode !== 0) break;
  }
  if (log === undefined) return total;
  state.files[log] = total.out + total.err;
  return { ...total, out: "", err: "" };
}

function runKnown(command: readonly string[], input: string, state: AgentState): Result {
  try {
    return run(command, input, state);
  } catch (error) {
    if (!(error instanceof NoSuchCommand)) throw error;
    return { out: "", err: "", exitcode: 0, seconds: 0 };
  }
}

/** Writes a file in the guest. What was not there gets mode 0666, whatever the umask (`safe_open_or_create` of qga/commands-posix.c). */
export function writeGuestFile(vm: Vm, path: string, content: string): void {
  const state = stateOf(vm);
  const parent = path.replace(/\/[^/]*$/, "") || "/";
  if (!isDirectory(state, parent))
    throw die(`Agent error: failed to open file '${path}' (mode: 'wb'): No such file or directory`);
  if (state.files[path] === undefined) (state.attributes ??= {})[path] = { mode: "666", owner: "root", group: "root" };
  state.files[path] = content;
}

/** Reads a file that was written before, or what the kernel tells of its sockets. */
export function readGuestFile(vm: Vm, path: string): string {
  const state = stateOf(vm);
  const content = state.files[path] ?? socketFile(path, state.sockets ?? []);
  if (content === undefined) {
    throw die(`Agent error: failed to open file '${path}' (mode: 'r'): No such file or directory`);
  }
  return content;
}

import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { filesOf } from "./ceph.js";
import { settledCeph } from "./settle.js";
import { errnoName, type Answer, type Args } from "./commands/command.js";
import { command, commands } from "./commands/index.js";
import { releaseOf, versionLine } from "./daemon-metadata.js";
import type { Ended } from "../ssh/ssh-record.js";

interface Line {
  readonly words: string[];
  readonly options: Record<string, string | true>;
}

/** Options with a value that belong to the program, not to a command. */
const ofProgram = ["format", "connect-timeout", "id", "name", "keyring", "conf", "cluster"];
const short: Readonly<Record<string, string>> = { f: "format", n: "name", c: "conf", k: "keyring" };
const flags = ["yes-i-really-mean-it", "yes-i-really-really-mean-it", "force", "bulk", "sticky", "show-shadow"];

function read(argv: readonly string[]): Line | undefined {
  const words: string[] = [];
  const options: Record<string, string | true> = {};
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const [, long, inline] = /^--([a-z_-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const letter = short[/^-([a-z])$/.exec(word)?.[1] ?? ""];
    const name = long ?? letter;
    if (word === "-s") words.push("status");
    else if (name === undefined) words.push(word);
    else if (flags.includes(name)) options[name] = true;
    else if (inline !== undefined) options[name] = inline;
    else {
      const value = argv[++at];
      if (value === undefined) return undefined;
      options[name] = value;
    }
  }
  return { words, options };
}

/** The longest command that the words begin with. */
function prefixOf(words: readonly string[]): string | undefined {
  for (let length = Math.min(5, words.length); length > 0; length--) {
    const prefix = words.slice(0, length).join(" ");
    if (Object.hasOwn(commands, prefix)) return prefix;
  }
  return undefined;
}

/** Words in their places by the signature of the command; undefined when they do not fit. */
function argsOf(prefix: string, line: Line): Args | undefined {
  const args: Record<string, unknown> = { viaCli: true };
  const rest = line.words.slice(prefix.split(" ").length);
  for (const part of (commands[prefix]?.args ?? "").split(" ").filter((each) => each !== "")) {
    const [, name = "", kind = ""] = /^(\w+)([#?*!]*)$/.exec(part) ?? [];
    if (kind === "!") continue;
    if (kind.includes("*")) {
      args[name] = rest.splice(0);
      continue;
    }
    const word = rest.shift();
    if (word === undefined && !kind.includes("?")) return undefined;
    if (word === undefined) continue;
    const digits = /^(?:osd\.)?(\d+)$/.exec(word)?.[1];
    args[name] = kind.includes("#") && digits !== undefined ? Number(digits) : word;
  }
  if (rest.length > 0) return undefined;
  for (const [name, value] of Object.entries(line.options))
    if (!ofProgram.includes(name)) args[name.replaceAll("-", "_")] = value;
  return args;
}

const hole = (why: string): Ended => ({ code: 127, stderr: `pve-simulator: ceph: ${why}\n`, unbuilt: true });

/** The program `ceph` on a node. */
export function runCeph(simulation: Simulation, node: NodeState, argv: readonly string[]): Ended {
  if (node.ceph?.version === undefined) return { code: 127, stderr: "bash: line 1: ceph: command not found\n" };
  if (argv[0] === "--version" || argv[0] === "-v") return { code: 0, stdout: `${versionLine(releaseOf(node))}\n` };
  const line = read(argv);
  const prefix = line && prefixOf(line.words);
  if (!line || prefix === undefined) return hole(`no such command in the simulator: ${argv.join(" ")}`);
  const user =
    line.options["name"] ??
    (line.options["id"] === undefined ? "client.admin" : `client.${String(line.options["id"])}`);
  if (user !== "client.admin") return hole("only client.admin is simulated");
  const args = argsOf(prefix, line);
  if (!args) return hole(`words do not fit '${prefix}'`);
  if (filesOf(simulation.clusterOf(node)).conf?.["global"]?.["mon_host"] === undefined) return noConf;
  const ceph = settledCeph(simulation, node);
  const timeout = line.options["connect-timeout"];
  if (!ceph) return timedOut(timeout);
  const format = line.options["format"] ?? "plain";
  const answer = command(ceph, prefix, { ...args, format: String(format).startsWith("json") ? "json" : "plain" });
  if (answer.hangs) return timedOut(timeout);
  if (answer.unbuilt) return hole(`'${prefix}' is not built in the simulator`);
  return printed(answer, String(format));
}

const noConf: Ended = {
  code: 1,
  stderr:
    "Error initializing cluster client: ObjectNotFound('RADOS object not found (error calling conf_read_file)')\n",
};

const timedOut = (timeout: string | true | undefined): Ended =>
  timeout === undefined ? { code: 1, seconds: Infinity } : { code: 1, stderr: "timed out\n", seconds: Number(timeout) };

/** How the program shows an answer: the status text goes to standard error, with the errno's name when it failed. */
function printed(answer: Answer, format: string): Ended {
  const { rc, json, plain, status = "" } = answer;
  const code = Math.abs(rc);
  const stderr = code === 0 ? (status === "" ? "" : `${status}\n`) : `Error ${errnoName(rc)}: ${status}\n`;
  if (format.startsWith("json")) {
    const text =
      json === undefined ? (plain ?? "") : JSON.stringify(json, null, format === "json-pretty" ? 4 : undefined);
    return { code, stdout: `\n${text}${text === "" ? "" : "\n"}`, stderr };
  }
  if (json !== undefined && plain === undefined) return hole("its output as text is not built, ask for JSON");
  return { code, stdout: plain ?? "", stderr };
}

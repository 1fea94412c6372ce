import { createHash } from "node:crypto";
import { runCeph } from "../ceph/cli.js";
import { runCephVolume, runPveceph, runSystemctl } from "../ceph/programs.js";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { FileError, fileOf, type FileSystem } from "./file-system.js";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The simulator does not know the command: a hole in it, to be counted. */
  readonly unbuilt?: boolean;
  /** Simulated seconds that it takes; Infinity for one that never ends by itself. */
  readonly seconds?: number;
}

export interface Shell {
  readonly files: FileSystem;
  readonly simulation: Simulation;
  readonly node: NodeState;
  /** What comes by standard input. */
  readonly stdin: string;
}

type Command = (shell: Shell, args: readonly string[]) => Ended;

/** Words of a command line as a shell reads them; undefined for anything beyond plain words and quotes. */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== "") {
    let word = "";
    for (;;) {
      const part = /^(?:'([^']*)'|\\([^\n])|([\w@%+=:,./-]+))/.exec(rest);
      if (!part) break;
      word += part[1] ?? part[2] ?? part[3] ?? "";
      rest = rest.slice(part[0].length);
    }
    if (rest !== "" && !/^\s/.test(rest)) return undefined;
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}

const commands: Readonly<Record<string, Command>> = {
  timeout(shell, [option, kill = "", seconds = "", ...argv]) {
    if (option !== "-k" || !/^\d+$/.test(kill) || !/^\d+$/.test(seconds) || argv.length === 0)
      return { code: 125, stderr: "timeout: missing operand\nTry 'timeout --help' for more information.\n" };
    const ended = runCommand(shell, argv);
    return (ended.seconds ?? 0) <= Number(seconds) ? ended : { code: 124, seconds: Number(seconds) };
  },

  ceph: ({ simulation, node }, args) => runCeph(simulation, node, args),
  pveceph: ({ simulation, node }, args) => runPveceph(simulation, node, args),
  "ceph-volume": ({ simulation, node }, args) => runCephVolume(simulation, node, args),
  systemctl: ({ simulation, node }, args) => runSystemctl(simulation, node, args),

  wget({ files, stdin }, args) {
    const [quiet, ...rest] = args;
    const verify = rest[0] !== "--no-check-certificate";
    const [output = "", input, ...more] = verify ? rest : rest.slice(1);
    const target = /^--output-document=(.+)$/.exec(output)?.[1];
    if (quiet !== "--no-verbose" || target === undefined || input !== "--input-file=-" || more.length > 0)
      return hole("wget");
    const url = stdin.trim();
    const found = files.fetch(url, verify);
    if (!found) return { code: 8, stderr: `${url}:\n2026-01-01 00:00:00 ERROR 404: Not Found.\n` };
    files.write(target, found);
    return { code: 0 };
  },

  xz({ files }, [option, dashes, file = "", ...more]) {
    if (option !== "--decompress" || dashes !== "--" || more.length > 0) return hole("xz");
    const packed = files.read(file);
    if (!packed) return { code: 1, stderr: `xz: ${file}: No such file or directory\n` };
    const { web } = packed;
    if (web?.compression !== "xz" || !web.unpacked)
      return { code: 1, stderr: `xz: ${file}: File format not recognized\n` };
    if (!file.endsWith(".xz")) return { code: 2, stderr: `xz: ${file}: Filename has an unknown suffix, skipping\n` };
    files.write(file.slice(0, -3), fileOf(web.unpacked, file));
    files.remove(file);
    return { code: 0 };
  },

  mv({ files }, [dashes, from = "", to = "", ...more]) {
    if (dashes !== "--" || more.length > 0) return hole("mv");
    files.rename(from, to);
    return { code: 0 };
  },

  sha224sum: (shell, args) => digest(shell, "sha224", args),
  sha384sum: (shell, args) => digest(shell, "sha384", args),
  sha1sum: (shell, args) => digest(shell, "sha1", args),
  md5sum: (shell, args) => digest(shell, "md5", args),
  sha256sum: (shell, args) => digest(shell, "sha256", args),
  sha512sum: (shell, args) => digest(shell, "sha512", args),
};

function digest({ files }: Shell, algorithm: string, args: readonly string[]): Ended {
  const [file = ""] = args.filter((arg) => arg !== "--");
  const found = files.read(file);
  if (!found) return { code: 1, stderr: `${algorithm}sum: ${file}: No such file or directory\n` };
  const bytes = Buffer.from(found.content, "base64");
  const hex = found.web?.checksums?.[algorithm] ?? createHash(algorithm).update(bytes).digest("hex");
  return { code: 0, stdout: `${hex}  ${file}\n` };
}

const hole = (name: string): Ended => ({
  code: 127,
  stderr: `pve-simulator: ${name}: command not found\n`,
  unbuilt: true,
});

/** Runs a command that is one of the few that a node is ever asked for; any other one is missing, and counted. */
export function runCommand(shell: Shell, [name = "", ...args]: readonly string[]): Ended {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return hole(name);
  try {
    return command(shell, args);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { code: 1, stderr: `${name}: ${error.message}\n` };
  }
}

export function runLine(shell: Shell, line: string): Ended {
  const words = shellWords(line);
  return words ? runCommand(shell, words) : hole(line.split(/\s/)[0] ?? "");
}

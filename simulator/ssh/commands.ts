import { createHash } from "node:crypto";
import { FileError, type FileSystem } from "./file-system.js";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The simulator does not know the command: a hole in it, to be counted. */
  readonly unbuilt?: boolean;
}

export interface Shell {
  readonly files: FileSystem;
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
    return runCommand(shell, argv);
  },

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

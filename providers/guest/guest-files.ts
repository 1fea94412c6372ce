import type { GuestShell, Outcome } from "./guest-shell";

/** What is at a path in a guest. */
export interface FoundFile {
  readonly kind: "file" | "directory" | "other";
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

const shortly = 60_000;

/**
 * Looks at files and packages of a guest, by programs whose every argument is one word for them: no shell reads a path. What
 * comes back is read by strict forms; whatever else is said is an error, and never taken for "not there".
 */
export class GuestFiles {
  constructor(readonly shell: GuestShell) {}

  /** What is at each of these paths; links are not followed. */
  async at(paths: readonly string[]): Promise<ReadonlyMap<string, FoundFile>> {
    const found = new Map<string, FoundFile>();
    if (paths.length === 0) return found;
    const lines = await this.lines(["stat", "--format=%F|%a|%U|%G|%n", "--", ...paths]);
    const missing = new Set<string>();
    for (const line of lines) {
      const [, kind = "", mode = "", owner = "", group = "", path = ""] =
        /^([a-z -]+)\|([0-7]{1,4})\|([^|]+)\|([^|]+)\|(\/.*)$/.exec(line) ?? [];
      const [, absent] = /^stat: cannot statx? '(\/.*)': No such file or directory$/.exec(line) ?? [];
      if (absent !== undefined) missing.add(absent);
      else if (path !== "") found.set(path, { kind: kindOf(kind), mode: Number.parseInt(mode, 8), owner, group });
      else throw new Error(`the guest said something unexpected of its files: ${line}`);
    }
    for (const path of paths)
      if (!found.has(path) && !missing.has(path)) throw new Error(`the guest said nothing of ${path}`);
    return found;
  }

  /** Checksums of regular files. */
  async sums(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (paths.length === 0) return found;
    for (const line of await this.lines(["sha256sum", "--", ...paths])) {
      const [, sum, path] = /^([0-9a-f]{64}) {2}(\/.*)$/.exec(line) ?? [];
      if (sum === undefined || path === undefined)
        throw new Error(`the guest said something unexpected of its files: ${line}`);
      found.set(path, sum);
    }
    return found;
  }

  /** Those of these packages that are installed. */
  async installed(names: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    if (names.length === 0) return found;
    const form = "--showformat=${db:Status-Status} ${Package}\\n";
    for (const line of await this.lines(["dpkg-query", "--show", form, "--", ...names])) {
      const [, status, name] = /^([a-z-]+) ([a-z0-9][a-z0-9+.-]+)$/.exec(line) ?? [];
      if (status === "installed" && name !== undefined) found.add(name);
      else if (status === undefined && !/^dpkg-query: no packages found matching \S+$/.test(line))
        throw new Error(`the guest said something unexpected of its packages: ${line}`);
    }
    return found;
  }

  /** The text of a file that is there. */
  async text(path: string): Promise<string> {
    const { exitcode, output, cut } = await this.run(["cat", "--", path], shortly, `reading ${path}`);
    if (exitcode !== 0 || cut)
      throw new Error(`${path} of the guest cannot be read: ${cut ? "it is too large" : output}`);
    return output;
  }

  /** Runs a program, in English. By `env`, whose own exit code tells a program that is not there. */
  run(
    command: readonly string[],
    longestMs: number,
    what: string,
    variables: readonly string[] = [],
    stdin?: string,
  ): Promise<Outcome> {
    return this.shell.run(["env", "LC_ALL=C", ...variables, ...command], longestMs, what, stdin);
  }

  async mustRun(command: readonly string[], what: string, longestMs = shortly, variables: readonly string[] = []) {
    const { exitcode, output } = await this.run(command, longestMs, what, variables);
    if (exitcode !== 0)
      throw new Error(`${what} failed with exit code ${exitcode}${output === "" ? "" : `: ${output}`}`);
  }

  private async lines(command: readonly string[]): Promise<string[]> {
    const { exitcode, output, cut } = await this.run(command, shortly, `${command[0]} ends`);
    if (cut)
      throw new Error(`${command[0]} in the guest said more than is read of it; nothing is concluded from half of it`);
    if (exitcode > 1) throw new Error(`${command[0]} in the guest failed with exit code ${exitcode}: ${output}`);
    return output.split("\n").filter((line) => line !== "");
  }
}

const kindOf = (words: string): FoundFile["kind"] =>
  words === "directory" ? "directory" : /^regular (?:empty )?file$/.test(words) ? "file" : "other";

/** Why a folder is none that root may write below: its owner could put a link in the place of what was looked at. */
export function folderProblem(folder: FoundFile | undefined): string | undefined {
  if (folder?.kind !== "directory") return "is a link or no folder";
  return folder.owner !== "root" || (folder.mode & 0o022) !== 0 ? "can be changed by others than root" : undefined;
}

/** The folders above a path, the uppermost first. */
export const foldersAbove = (path: string): string[] =>
  path
    .split("/")
    .slice(1, -1)
    .map((_, at, all) => `/${all.slice(0, at + 1).join("/")}`);

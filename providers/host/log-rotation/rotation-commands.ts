import type { Call } from "../../kernel/call/call";
import { changing, type Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { SshCommands } from "../../checks/ssh-commands";
import { sshOf, sshProblem } from "../../checks/ssh-needed";

const reason = "Proxmox's API knows nothing of logrotate";
export const rotationSshProblems = (pve: Pve): Problem[] => sshProblem(pve, "node", reason);

export const configFile = "/etc/logrotate.conf";
const rotationFolder = "/etc/logrotate.d";
export const pathOf = (name: string): string => `${rotationFolder}/${name}`;
/** Where a file waits until it is proved: on the file system of its place, and where logrotate does not look. */
const candidateOf = (path: string): string => path.replace(`${rotationFolder}/`, "/etc/pulumi-logrotate-");

/** Another name of a file that is being taken over, until what takes its place is proved. */
const keptOf = (path: string): string => `${candidateOf(path)}.before`;

/** What they say is read: in no other language, and with plain quotes. */
const inEnglish = ["env", "LC_ALL=C"];
const lookMs = 60_000;
const mode = 0o644;

/** How a file stands there, for whoever may read and change it. */
interface Standing {
  readonly mode: number;
  readonly isRoots: boolean;
  /** Neither a link nor a folder. */
  readonly isFile: boolean;
}

/** All that is done on a node about logrotate. Every argument is quoted; what comes back is only read by strict forms. */
export class RotationCommands extends SshCommands {
  constructor(pve: Pve, call: Call, node: string) {
    super(sshOf(pve, `node ${node}`, reason), call, node, lookMs);
  }

  async read(file: string): Promise<string | undefined> {
    return (await this.ssh.readFile(this.node, file, { ...this.bounds(), limit: 1024 * 1024 }))?.toString("utf8");
  }

  /** Kind, mode and owner of what stands there itself, which may be a link; undefined when nothing does. */
  async standing(file: string): Promise<Standing | undefined> {
    const { code, stdout, stderr } = await this.query([...inEnglish, "stat", "--format=%f:%u:%g", "--", file]);
    if (code === 1 && /No such file or directory\s*$/.test(stderr)) return undefined;
    const [, hex = "", ...owner] = /^([0-9a-f]{1,8}):(\d+):(\d+)\n?$/.exec(stdout) ?? [];
    if (code !== 0 || hex === "") throw this.failure(`stat ${file}`, code, stderr);
    const raw = Number.parseInt(hex, 16);
    return {
      mode: raw & 0o7777,
      isRoots: owner.every((id) => id === "0"),
      isFile: (raw & 0o170000) === 0o100000,
    };
  }

  /** Which of these files there are not. */
  async missing(files: readonly string[]): Promise<string[]> {
    if (files.length === 0) return [];
    const { code, stderr } = await this.query([...inEnglish, "stat", "--format=%Y", "--", ...files]);
    if (code > 1) throw this.failure("stat", code, stderr);
    return files.filter((file) => stderr.split("\n").some((line) => line.includes(`'${file}': No such file`)));
  }

  /** All that logrotate may read, by path: its config and what stands in its folder. */
  async configs(): Promise<Map<string, string>> {
    const options = ["--dereference-recursive", "--text", "--with-filename", "--null", "--no-messages"];
    const { code, stdout, stderr, cut } = await this.query([
      "grep",
      ...options,
      "-e",
      "",
      "--",
      configFile,
      rotationFolder,
    ]);
    // Code 1: nothing there has a line; 2: some of it could not be read, such as a link that leads nowhere.
    if (code > 2) throw this.failure("grep", code, stderr);
    if (cut) throw this.failure("grep", code, `what is in ${rotationFolder} is too much to read`);
    const found = new Map<string, string>();
    for (const line of stdout.split("\n")) {
      const [, file, text = ""] = /^(\/etc\/logrotate\.(?:conf|d\/[^/\0]+))\0(.*)$/s.exec(line) ?? [];
      if (file !== undefined) found.set(file, `${found.get(file) ?? ""}${text}\n`);
    }
    return found;
  }

  /** The package that brings this file; undefined when none does. */
  async packageOf(file: string): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.query([...inEnglish, "dpkg-query", "-S", file]);
    if (code === 1 && /no path found matching pattern/.test(stderr)) return undefined;
    const [, name] = /^([a-z0-9][a-z0-9+.:-]*(?:, [a-z0-9][a-z0-9+.:-]*)*): \//m.exec(stdout) ?? [];
    if (code !== 0 || name === undefined) throw this.failure("dpkg-query", code, stderr);
    return name;
  }

  /** What logrotate itself has against a file and all that it includes: it only reads, and leaves its own state alone. */
  async complaints(file: string): Promise<string[]> {
    const { code, stderr } = await this.query([...inEnglish, "logrotate", "-d", "-s", "/dev/null", file]);
    if (code > 1) throw this.failure("logrotate", code, stderr);
    const errors = stderr.split("\n").flatMap((line) => /^error: (.+)$/.exec(line)?.[1] ?? []);
    if (code === 1 && errors.length === 0) throw this.failure("logrotate", code, stderr);
    return errors;
  }

  /** Puts the whole file beside its place, where nothing reads it. */
  async prepare(path: string, text: string, isOurs: (text: string) => boolean): Promise<string> {
    const candidate = candidateOf(path);
    const there = await this.read(candidate);
    if (there !== undefined && !isOurs(there))
      throw new Error(
        `${candidate} on ${this.machine} is in the way, and this resource has not written it; remove it by hand`,
      );
    await this.call.safePoint();
    const options = { ...this.bounds(), mode };
    await changing(this.call, () => this.ssh.writeFile(this.node, candidate, Buffer.from(text), options));
    return candidate;
  }

  /** Lets it take the place at once; a new one never in the place of what has appeared there since. */
  async putInPlace(path: string, isNew: boolean): Promise<void> {
    const candidate = candidateOf(path);
    if (!isNew) return this.move(candidate, path);
    const { code, stderr } = await this.link(candidate, path);
    await this.remove(candidate);
    if (code !== 0 && /File exists\s*$/.test(stderr))
      throw new Error(`${path} on ${this.machine} was made by somebody else meanwhile; nothing was changed`);
    if (code !== 0) throw this.failure("ln", code, stderr);
  }

  /** Another name of a file, where there is none of that name. */
  private async link(from: string, to: string) {
    await this.call.safePoint();
    return changing(this.call, () => this.query([...inEnglish, "ln", "-T", "--", from, to]));
  }

  private async move(from: string, to: string): Promise<void> {
    await this.call.safePoint();
    const { code, stderr } = await changing(this.call, () => this.query(["mv", "-T", "--", from, to]));
    if (code !== 0) throw this.failure("mv", code, stderr);
  }

  /** Gives the file that is about to be replaced another name: the very same one can come back, with its mode and owner. */
  async keep(path: string): Promise<void> {
    const kept = keptOf(path);
    const there = await this.read(kept);
    if (there !== undefined) {
      // An interrupted run had come as far as this.
      if (there !== (await this.read(path)))
        throw new Error(
          `${kept} on ${this.machine} is in the way: it is what ${path} was before; remove one of the two`,
        );
      await this.remove(kept);
    }
    const { code, stderr } = await this.link(path, kept);
    if (code !== 0) throw this.failure("ln", code, stderr);
  }

  /** Takes the other name away again. */
  async letGo(path: string, fits: (kept: string) => boolean = () => true): Promise<void> {
    const kept = await this.read(keptOf(path));
    if (kept !== undefined && fits(kept)) await this.remove(keptOf(path));
  }

  /** Brings back the file that was there before; false when none was kept. */
  async bringBack(path: string): Promise<boolean> {
    if ((await this.read(keptOf(path))) === undefined) return false;
    await this.move(keptOf(path), path);
    return true;
  }

  /** Takes away what an attempt has left beside the place, if that is ours. */
  async clear(path: string, isOurs: (text: string) => boolean): Promise<void> {
    const there = await this.read(candidateOf(path));
    if (there !== undefined && isOurs(there)) await this.remove(candidateOf(path));
  }

  async remove(file: string): Promise<void> {
    await this.call.safePoint();
    await changing(this.call, () => this.ssh.removeFile(this.node, file, this.bounds()));
  }
}

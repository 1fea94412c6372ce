import { z } from "zod";
import { ProxmoxError, type SshResult } from "../../../pve";
import { sshOf, sshProblem } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import { changing, type Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { NodeAccountMachine, type AccountMachine } from "./account-machine";
import { readAccounts, type Accounts } from "./passwd.model";

const reason = "Proxmox's API has no Linux accounts";
export const accountSshProblems = (pve: Pve, path = "node"): Problem[] => sshProblem(pve, path, reason);
/** Those of a node. */
export const accountsOnNode = (pve: Pve, call: Call, node: string): AccountCommands =>
  new AccountCommands(new NodeAccountMachine(sshOf(pve, `node ${node}`, reason), call, node), call);

const mounts = z.object({ filesystems: z.array(z.object({ target: z.string() })).min(1) });
/** No file of keys is larger. */
const keysLimit = 256 * 1024;
export const visudo = "/usr/sbin/visudo";
export const sudoersDirectory = "/etc/sudoers.d";

/** The program's own whole message: a program that is itself missing ends with these words too. Quotes are the locale's. */
function isAbsence(said: string, file: string): boolean {
  const [, path] =
    /^(?:stat: cannot statx?|dd: failed to open) ['‘](.*)['’]: No such file or directory$/.exec(said.trim()) ?? [];
  return path === file;
}

/** What is at a path, and whose it is. */
interface PathOwner {
  readonly uid: number;
  readonly isDirectory: boolean;
}

/**
 * All that is done to accounts of a node, or of a guest. Every argument is one word for its program. What is in a home directory is only touched
 * as its owner (`runuser`): a symbolic link that somebody has put there leads no further than the owner gets anyway.
 */
export class AccountCommands {
  constructor(
    private readonly machine: AccountMachine,
    private readonly call: Call,
  ) {}

  /** The machine, in messages. */
  get where(): string {
    return this.machine.name;
  }

  warn(text: string): void {
    this.call.report.warn(text);
  }

  /** Who there is by the machine's own files. */
  async accounts(): Promise<Accounts> {
    const [passwd, group] = await Promise.all(["/etc/passwd", "/etc/group"].map((file) => this.readFile(file)));
    if (passwd === undefined || group === undefined)
      throw new Error(`${this.where} has no /etc/passwd or no /etc/group`);
    return readAccounts(passwd, group);
  }

  /** Is the name known otherwise, as by a directory service? */
  async isKnown(name: string): Promise<boolean> {
    const { code, stderr } = await this.machine.exec(["getent", "passwd", name]);
    if (code !== 0 && code !== 2) throw this.failure("getent", code, stderr);
    return code === 0;
  }

  /** What cannot be looked at is neither there nor gone. */
  async isProgram(file: string): Promise<boolean> {
    const { code, stderr } = await this.machine.exec(["test", "-x", file]);
    if (code > 1) throw this.failure(`test -x ${file}`, code, stderr);
    return code === 0;
  }

  /** What is at the path itself, links not followed; undefined when there is nothing. */
  async at(file: string): Promise<PathOwner | undefined> {
    const { code, stdout, stderr } = await this.machine.exec(["stat", "--format=%u:%F", "--", file]);
    if (code === 1 && isAbsence(stderr, file)) return undefined;
    const [, uid, kind] = /^(\d+):(.+)\n?$/.exec(stdout) ?? [];
    if (code !== 0 || uid === undefined) throw this.failure("stat", code, stderr);
    return { uid: Number(uid), isDirectory: kind === "directory" };
  }

  /** File systems that are mounted at the path or below it: deleting it would empty them as well. */
  async mountedIn(path: string): Promise<string[]> {
    const { code, stdout, stderr } = await this.machine.exec(["findmnt", "--json", "--list", "--output", "TARGET"]);
    if (code !== 0) throw this.failure("findmnt", code, stderr);
    const { filesystems } = mounts.parse(JSON.parse(stdout));
    return filesystems.map(({ target }) => target).filter((target) => `${target}/`.startsWith(`${path}/`));
  }

  /** Processes of this user, as `4711 (bash)`. */
  async processes(uid: number): Promise<string[]> {
    const { code, stdout, stderr } = await this.machine.exec(["ps", "-o", "pid=,comm=", "-U", String(uid)]);
    if (code > 1 || stderr !== "") throw this.failure("ps", code, stderr);
    return stdout.split("\n").flatMap((line) => {
      const [, pid, name = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [`${pid} (${name})`];
    });
  }

  /** useradd, usermod, gpasswd, userdel, install: what they say is the error. */
  async change(argv: readonly string[]): Promise<void> {
    await this.call.safePoint();
    const { code, stderr } = await changing(this.call, () => this.machine.exec(argv));
    if (code !== 0) throw this.failure(argv[0] as string, code, stderr);
  }

  /** As that user. A pipe that the user has put there is empty: nobody is waited for. */
  async readAs(name: string, file: string): Promise<string | undefined> {
    const options = ["iflag=nonblock,fullblock,count_bytes", `count=${keysLimit}`, "status=none"];
    const { code, stdout, stderr } = await this.as(name, ["dd", `if=${file}`, ...options]);
    if (code === 1 && isAbsence(stderr, file)) return undefined;
    if (code !== 0) throw this.failure(`reading ${file}`, code, stderr);
    if (Buffer.byteLength(stdout) >= keysLimit)
      throw this.failure(`reading ${file}`, code, "it is too large for a file of keys");
    return stdout;
  }

  /** As that user, in place at once, with modes that sshd accepts. */
  async writeAs(name: string, directory: string, file: string, content: string): Promise<void> {
    const temporary = `${directory}/.${file}.pulumi`;
    await this.call.safePoint();
    await changing(this.call, async () => {
      for (const [argv, stdin] of [
        [["mkdir", "-p", "-m", "0700", "--", directory], undefined],
        [["rm", "-f", "--", temporary], undefined],
        [["install", "-m", "0600", "/dev/null", temporary], undefined],
        [["tee", "--", temporary], content],
        [["mv", "-T", "--", temporary, `${directory}/${file}`], undefined],
      ] as const) {
        const { code, stderr } = await this.as(name, argv, stdin);
        if (code !== 0) throw this.failure(`writing ${directory}/${file} as ${name}`, code, stderr);
      }
    });
  }

  async removeAs(name: string, file: string): Promise<void> {
    await this.change(["runuser", "-u", name, "--", "rm", "-f", "--", file]);
  }

  /** Does sudo know regular expressions? Before 1.9.10 it takes one for a wildcard, and so does no other program of this name. */
  async knowsPatterns(): Promise<boolean> {
    const { code, stdout, stderr } = await this.machine.exec([visudo, "-V"]);
    if (code !== 0) throw this.failure("visudo", code, stderr);
    const [, ...version] = /^visudo version (\d+)\.(\d+)\.(\d+)/.exec(stdout) ?? [];
    const [major = 0, minor = 0, patch = 0] = version.map(Number);
    return major * 1e6 + minor * 1e3 + patch >= 1_009_010;
  }

  /** What visudo has against the file; undefined when it has nothing. */
  async rulesProblem(file: string): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.machine.exec([visudo, "-c", "-f", file]);
    if (code === 127) throw this.failure("visudo", code, stderr);
    return code === 0 ? undefined : [stderr, stdout].join("\n").trim() || `visudo ended with exit code ${code}`;
  }

  readFile(file: string): Promise<string | undefined> {
    return this.machine.readFile(file);
  }

  writeFile(file: string, content: string, mode: number): Promise<void> {
    return this.machine.writeFile(file, content, mode);
  }

  removeFile(file: string): Promise<boolean> {
    return this.machine.removeFile(file);
  }

  private as(name: string, argv: readonly string[], stdin?: string): Promise<SshResult> {
    return this.machine.exec(["runuser", "-u", name, "--", ...argv], stdin);
  }

  private failure(what: string, code: number, said: string): ProxmoxError {
    const log = said.trim().split("\n").slice(-5);
    return new ProxmoxError({
      kind: code === 127 ? "unsupported" : "task-failed",
      exitStatus: `ended with exit code ${code}`,
      log,
      message: `${what} on ${this.where} ended with exit code ${code}: ${log.join("; ") || "it said nothing"}`,
    });
  }
}

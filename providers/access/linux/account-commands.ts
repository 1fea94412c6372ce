import { z } from "zod";
import type { SshResult } from "../../../pve";
import { SshCommands } from "../../checks/ssh-commands";
import { sshOf, sshProblem } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import { changing, type Pve } from "../../kernel/session/pve-session";
import type { Problem } from "../../kernel/state/problems";
import { hostOf, hostText, type AccountHost } from "./account-host";
import { readAccounts, type Accounts } from "./passwd.model";

const reason = "Proxmox's API has no Linux accounts";
export const accountSshProblems = (pve: Pve, path = "node"): Problem[] => sshProblem(pve, path, reason);

const mounts = z.object({ filesystems: z.array(z.object({ target: z.string() })).min(1) });
const lookMs = 60_000;
const fileLimit = 4 * 1024 * 1024;
/** No file of keys is larger. */
const keysLimit = 256 * 1024;
export const visudo = "/usr/sbin/visudo";
export const sudoersDirectory = "/etc/sudoers.d";

/** What is at a path, and whose it is. */
interface PathOwner {
  readonly uid: number;
  readonly isDirectory: boolean;
}

/**
 * All that is done to accounts of a node, or of a guest, over SSH. Every argument is quoted. What is in a home directory is only touched
 * as its owner (`runuser`): a symbolic link that somebody has put there leads no further than the owner gets anyway.
 */
export class AccountCommands extends SshCommands {
  constructor(pve: Pve, call: Call, at: AccountHost) {
    const ssh = sshOf(pve, hostText(at), reason);
    super(at.guest === undefined ? ssh : ssh.guests, call, hostOf(at) ?? "", lookMs, hostText(at));
  }

  /** Who there is by the machine's own files. */
  async accounts(): Promise<Accounts> {
    const [passwd, group] = await Promise.all(["/etc/passwd", "/etc/group"].map((file) => this.readFile(file)));
    if (passwd === undefined || group === undefined)
      throw new Error(`${this.machine} has no /etc/passwd or no /etc/group`);
    return readAccounts(passwd, group);
  }

  /** Is the name known otherwise, as by a directory service? */
  async isKnown(name: string): Promise<boolean> {
    const { code, stderr } = await this.query(["getent", "passwd", name]);
    if (code !== 0 && code !== 2) throw this.failure("getent", code, stderr);
    return code === 0;
  }

  isProgram(file: string): Promise<boolean> {
    return this.is("-x", file);
  }

  /** What is at the path itself, links not followed; undefined when there is nothing. */
  async at(file: string): Promise<PathOwner | undefined> {
    const { code, stdout, stderr } = await this.query(["stat", "--format=%u:%F", "--", file]);
    if (code !== 0 && /No such file or directory/.test(stderr)) return undefined;
    const [, uid, kind] = /^(\d+):(.+)\n?$/.exec(stdout) ?? [];
    if (code !== 0 || uid === undefined) throw this.failure("stat", code, stderr);
    return { uid: Number(uid), isDirectory: kind === "directory" };
  }

  /** File systems that are mounted at the path or below it: deleting it would empty them as well. */
  async mountedIn(path: string): Promise<string[]> {
    const { code, stdout, stderr } = await this.query(["findmnt", "--json", "--list", "--output", "TARGET"]);
    if (code !== 0) throw this.failure("findmnt", code, stderr);
    const { filesystems } = mounts.parse(JSON.parse(stdout));
    return filesystems.map(({ target }) => target).filter((target) => `${target}/`.startsWith(`${path}/`));
  }

  /** Processes of this user, as `4711 (bash)`. */
  async processes(uid: number): Promise<string[]> {
    const { code, stdout, stderr } = await this.query(["ps", "-o", "pid=,comm=", "-U", String(uid)]);
    if (code > 1 || stderr !== "") throw this.failure("ps", code, stderr);
    return stdout.split("\n").flatMap((line) => {
      const [, pid, name = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [`${pid} (${name})`];
    });
  }

  /** useradd, usermod, gpasswd, userdel, install: what they say is the error. */
  async change(argv: readonly string[]): Promise<void> {
    await this.call.safePoint();
    const { code, stderr } = await changing(this.call, () => this.query(argv));
    if (code !== 0) throw this.failure(argv[0] as string, code, stderr);
  }

  /** As that user. */
  async readAs(name: string, file: string): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.as(name, ["head", `--bytes=${keysLimit}`, "--", file]);
    if (code !== 0 && /No such file or directory/.test(stderr)) return undefined;
    if (code !== 0) throw this.failure(`reading ${file}`, code, stderr);
    if (Buffer.byteLength(stdout) >= keysLimit)
      throw new Error(`${file} on ${this.machine} is too large for a file of keys`);
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

  /** What visudo has against the file; undefined when it has nothing. */
  async rulesProblem(file: string): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.query([visudo, "-c", "-f", file]);
    if (code === 127) throw this.failure("visudo", code, stderr);
    return code === 0 ? undefined : [stderr, stdout].join("\n").trim() || `visudo ended with exit code ${code}`;
  }

  async readFile(file: string): Promise<string | undefined> {
    return (await this.ssh.readFile(this.node, file, { ...this.bounds(), limit: fileLimit }))?.toString("utf8");
  }

  async writeFile(file: string, content: string, mode: number): Promise<void> {
    await this.call.safePoint();
    await changing(this.call, () => this.ssh.writeFile(this.node, file, content, { ...this.bounds(), mode }));
  }

  async removeFile(file: string): Promise<boolean> {
    await this.call.safePoint();
    return changing(this.call, () => this.ssh.removeFile(this.node, file, this.bounds()));
  }

  private as(name: string, argv: readonly string[], stdin?: string): Promise<SshResult> {
    return this.ssh.exec(this.node, ["runuser", "-u", name, "--", ...argv], { ...this.bounds(), stdin });
  }
}

import type { SshResult } from "../../../pve";
import { SshCommands } from "../../checks/ssh-commands";

/** Why it goes over SSH. */
export const qdeviceReason = "Proxmox's API neither sets a QDevice up nor removes it";

export const lookMs = 30_000;
/** A key is made, or a service started. */
const workMs = 120_000;

/** A machine's clock before ours, in milliseconds: at least, and at most. */
export type Skew = readonly [number, number];

/** What a node and the QNetd host are asked alike. Of what comes back only lines of a known form are read. */
export abstract class QdeviceCommands extends SshCommands {
  async hostname(): Promise<string> {
    const name = (await this.read("/etc/hostname"))?.trim();
    if (name === undefined || !/^[\w.-]+$/.test(name))
      throw new Error(`the machine that answers by SSH as ${this.node} does not tell its name`);
    return name;
  }

  /** What the machine's own corosync takes for its cluster. */
  async ownCluster(): Promise<string | undefined> {
    const text = (await this.read("/etc/corosync/corosync.conf")) ?? "";
    return /^\s*cluster_name:\s*(\S+)\s*$/m.exec(text)?.[1];
  }

  async hasPackage(name: string): Promise<boolean> {
    const { code, stdout, stderr } = await this.query(["dpkg-query", "-W", "-f=${db:Status-Status}\\n", "--", name]);
    if (code > 1) throw this.failure("dpkg-query", code, stderr);
    return /^installed$/m.test(stdout);
  }

  /** Whole seconds: the time lies within the one that it names. */
  async clock(now: () => number): Promise<Skew> {
    const before = now();
    const { code, stdout, stderr } = await this.query(["date", "+%s"]);
    const after = now();
    const [, seconds] = /^(\d{1,15})\s*$/.exec(stdout) ?? [];
    if (code !== 0 || seconds === undefined) throw this.failure("date", code, stderr || stdout);
    return [Number(seconds) * 1000 - after, Number(seconds) * 1000 + 1000 - before];
  }

  async isActive(unit: string): Promise<boolean> {
    const { code, stdout, stderr } = await this.query(["systemctl", "is-active", unit]);
    if (code === 0) return true;
    // Known and stopped, or unknown; what cannot be asked is neither.
    if ([3, 4].includes(code) && /^(?:inactive|failed|activating|deactivating|unknown)\s*$/.test(stdout)) return false;
    throw this.failure(`systemctl is-active ${unit}`, code, stderr || stdout);
  }

  protected async systemctl(verb: string, unit: string): Promise<void> {
    await this.succeed(["systemctl", verb, unit]);
  }

  protected bytes(file: string): Promise<Buffer | undefined> {
    return this.ssh.readFile(this.node, file, { ...this.bounds(), limit: 1024 * 1024 });
  }

  protected async read(file: string): Promise<string | undefined> {
    return (await this.bytes(file))?.toString("utf8");
  }

  /** With a file that is there for as long as the work runs, readable for root alone, in memory and on no disk. */
  protected async withFile<T>(file: string, content: string | Buffer, work: () => Promise<T>): Promise<T> {
    await this.ssh.writeFile(this.node, file, content, { ...this.bounds(), mode: 0o600 });
    try {
      return await work();
    } finally {
      await this.ssh.removeFile(this.node, file, { timeoutMs: lookMs });
    }
  }

  protected async succeed(argv: readonly string[]): Promise<SshResult> {
    const ended = await this.query(argv, workMs);
    if (ended.code !== 0) throw this.failure(argv.slice(0, 2).join(" "), ended.code, ended.stderr || ended.stdout);
    return ended;
  }
}

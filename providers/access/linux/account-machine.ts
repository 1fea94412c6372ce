import type { Ssh, SshResult } from "../../../pve";
import { changing } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";

/** A machine with Linux accounts, where whoever asks is root: a node over SSH, a guest by its agent or over SSH. */
export interface AccountMachine {
  /** In messages: `node pve1`, `guest web-1`, `VM 2001`. */
  readonly name: string;
  /** Runs a program whose every argument is one word for it. */
  exec(argv: readonly string[], stdin?: string): Promise<SshResult>;
  /** A file's text; undefined when there is none. */
  readFile(file: string): Promise<string | undefined>;
  /** Replaces a file that nobody reads until it is whole: what stood there is gone, also for those who had it open. */
  writeFile(file: string, content: string, mode: number): Promise<void>;
  /** False when the file was not there. */
  removeFile(file: string): Promise<boolean>;
}

const lookMs = 60_000;
const fileLimit = 4 * 1024 * 1024;

/** A node, over SSH as root. */
export class NodeAccountMachine implements AccountMachine {
  readonly name: string;

  constructor(
    private readonly ssh: Ssh,
    private readonly call: Call,
    private readonly node: string,
  ) {
    this.name = `node ${node}`;
  }

  exec(argv: readonly string[], stdin?: string): Promise<SshResult> {
    return this.ssh.exec(this.node, argv, { ...this.bounds(), stdin });
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

  private bounds() {
    return { signal: this.call.signal, timeoutMs: Math.min(lookMs, this.call.remainingMs()) };
  }
}

import { ProxmoxError, type Ssh } from "../../pve";
import type { Call } from "../kernel/call/call";

/** What every area does alike that runs commands on a node over SSH; what the commands are stands with the area. */
export abstract class SshCommands {
  /** @param longestLookMs what an answer may take that is nothing but a look */
  constructor(
    protected readonly ssh: Ssh,
    protected readonly call: Call,
    protected readonly node: string,
    private readonly longestLookMs: number,
    /** The machine, in messages. */
    protected readonly machine = `node ${node}`,
  ) {}

  protected query(argv: readonly string[], timeoutMs = this.longestLookMs) {
    return this.ssh.exec(this.node, argv, this.bounds(timeoutMs));
  }

  protected bounds(timeoutMs = this.longestLookMs) {
    return { signal: this.call.signal, timeoutMs: Math.min(timeoutMs, this.call.remainingMs()) };
  }

  /** Is what stands there such a thing (`-e`, `-d`, `-x`)? What cannot be looked at is neither there nor gone. */
  protected async is(kind: "-d" | "-e" | "-x", file: string): Promise<boolean> {
    const { code, stderr } = await this.query(["test", kind, file]);
    if (code > 1) throw this.failure(`test ${kind} ${file}`, code, stderr);
    return code === 0;
  }

  protected failure(what: string, code: number, said: string): ProxmoxError {
    const log = said.trim().split("\n").slice(-5);
    return new ProxmoxError({
      kind: code === 127 ? "unsupported" : "task-failed",
      node: this.node,
      exitStatus: `ended with exit code ${code}`,
      log,
      message: `${what} on ${this.machine} ended with exit code ${code}: ${log.join("; ") || "it said nothing"}`,
    });
  }
}

import { spawnSync } from "node:child_process";
import { GuestAgent } from "../../providers/guest/guest-agent";
import { GuestFiles } from "../../providers/guest/guest-files";
import type { Call } from "../../providers/kernel/call/call";
import type { Pve } from "../../providers/kernel/session/pve-session";
import type { OwnAccounts } from "./own-accounts";

/**
 * A guest agent that does what QEMU's does, on a real system: it makes a file that was not there with mode 0666, whatever
 * the umask (`safe_open_or_create` of qga/commands-posix.c), and leaves one that is there with the mode that it has.
 */
export class RealAgent {
  /** What every later program is said to have had more of than the agent keeps. */
  truncated = false;
  private readonly ended: Record<string, unknown>[] = [];

  constructor(
    private readonly real: OwnAccounts,
    /** Looks at the system before each request. */
    private readonly before: () => void = () => undefined,
  ) {}

  /** The way into the guest as the library has it. */
  get guest(): GuestFiles {
    const agent = {
      exec: { $post: async ({ command }: { command: string[] }) => this.exec(command) },
      "exec-status": { $get: async ({ pid }: { pid: number }) => this.ended[pid] },
      "file-write": { $post: async (file: { file: string; content: string }) => this.write(file) },
    };
    const at = { qemu: { $: () => ({ agent }) } };
    const pve = {
      api: { nodes: { $: () => at } },
      until: async (what: string, look: () => Promise<{ done?: unknown }>) => {
        const { done } = await look();
        return done ?? Promise.reject(new Error(`${what}: not yet`));
      },
    };
    return new GuestFiles(new GuestAgent(pve as unknown as Pve, this.call, { node: "pve1", vmid: 100 }));
  }

  readonly warnings: string[] = [];
  readonly call = {
    safePoint: async () => undefined,
    remainingMs: () => 60_000,
    changes: { sent: 0, started: () => undefined },
    report: { progress: () => undefined, result: () => undefined, warn: (text: string) => this.warnings.push(text) },
  } as unknown as Call;

  private exec(command: string[]): { pid: number } {
    this.before();
    const { status, stdout, stderr } = this.inside(command);
    const bytes = (said: Buffer): string => said.toString("latin1");
    const cut = this.truncated ? { "out-truncated": 1 } : {};
    const pid = this.ended.length;
    this.ended[pid] = { exited: 1, exitcode: status, "out-data": bytes(stdout), "err-data": bytes(stderr), ...cut };
    return { pid };
  }

  private write({ file, content }: { file: string; content: string }): void {
    this.before();
    const script = 'test -e "$0" || { umask 0111; set -C; }; cat > "$0"';
    const { status, stderr } = this.inside(["sh", "-c", script, file], Buffer.from(content, "base64"));
    if (status !== 0) throw new Error(`Agent error: failed to open file '${file}' (mode: 'wb'): ${String(stderr)}`);
  }

  private inside(command: readonly string[], input?: Buffer) {
    const argv = ["-m", "-t", String(this.real.sshd.pid), ...command];
    return spawnSync("nsenter", argv, {
      ...(input ? { input } : { stdio: ["ignore", "pipe", "pipe"] }),
      timeout: 20_000,
    });
  }
}

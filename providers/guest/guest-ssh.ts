import { isProxmoxError, type Ssh } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { GuestIsSilent, type GuestShell, type Outcome } from "./guest-shell";

/** The machine's own word for what Proxmox has given it: by this a guest is known over SSH. */
const uuidFile = "/sys/class/dmi/id/product_uuid";

const refusedPauseMs = 2_000;
const longestRefusedPauseMs = 30_000;

interface Parts {
  readonly pve: Pve;
  readonly call: Call;
  readonly ssh: Ssh;
  /** By which the connection and its errors know it. */
  readonly name: string;
  /** The VM that it has to be; undefined where its pinned host key says who it is. */
  readonly vm?: {
    /** By Proxmox's config of the guest. */
    readonly uuid: string;
    /** In errors: where the machine is, and what says so. */
    readonly address: string;
    readonly setting: string;
    /** Throws when the guest of this number is another one by now. */
    assertSame(): Promise<void>;
  };
}

/** Commands and files in a running guest over SSH, as root or by sudo. Every argument is quoted; what goes in is its standard input. */
export class GuestSsh implements GuestShell {
  constructor(private readonly parts: Parts) {}

  private get ssh(): Ssh {
    return this.parts.ssh;
  }

  private get name(): string {
    return this.parts.name;
  }

  /**
   * Waits until it can be logged in to, and is this guest: cloud-init may have to make the account first. Once at least,
   * and once alone where there is no time to wait. Refused logins are spaced out: sshd and fail2ban shut out who hammers.
   */
  async ready(longestMs: number): Promise<void> {
    const { pve, call, vm } = this.parts;
    if (!vm) return;
    const { uuid, address, setting } = vm;
    let said: string;
    let refusals = 0;
    try {
      said = await pve.until(
        `${this.name} lets ${this.ssh.user} in by SSH`,
        async () => {
          await this.parts.vm?.assertSame();
          try {
            const { code, stdout, stderr } = await this.exec(["cat", uuidFile], 30_000);
            return code === 0
              ? { done: stdout }
              : { pending: `${this.ssh.user} is not root there yet: ${stderr.trim()}` };
          } catch (error) {
            if (!isProxmoxError(error, "unavailable", "unauthenticated", "timeout")) throw error;
            if (longestMs > 0 && isProxmoxError(error, "unauthenticated"))
              await pve.pause(Math.min(refusedPauseMs * ++refusals, longestRefusedPauseMs, call.remainingMs()));
            return { pending: error.message };
          }
        },
        Math.min(longestMs, call.remainingMs()),
      );
    } catch (error) {
      if (!pve.isTimeout(error)) throw error;
      throw new GuestIsSilent((error as Error).message, { cause: error });
    }
    const there = said.trim().toLowerCase();
    if (there !== uuid)
      throw new Error(
        `the machine at ${address} is not ${this.name}: it says that its uuid is ${/^[0-9a-f-]{36}$/.test(there) ? there : "none"}, not ${uuid}; nothing was done in it. Set ${setting}`,
      );
  }

  async write(path: string, content: Buffer): Promise<void> {
    const command = ["dd", "status=none", `of=${path}`];
    await this.parts.call.safePoint();
    await this.parts.vm?.assertSame();
    const { code, stderr } = await this.exec(command, 60_000, content);
    if (code !== 0) throw new Error(`writing ${path} failed with exit code ${code}: ${stderr.trim()}`);
  }

  async run(command: readonly string[], longestMs: number, _what: string, stdin?: string): Promise<Outcome> {
    await this.parts.call.safePoint();
    await this.parts.vm?.assertSame();
    const { code, stdout, stderr, cut = false } = await this.exec(command, longestMs, stdin);
    return { exitcode: code, output: `${stdout}${stderr}`.trim(), out: stdout, err: stderr, cut };
  }

  private exec(command: readonly string[], longestMs: number, stdin?: Buffer | string) {
    const { call } = this.parts;
    const argv = this.ssh.user === "root" ? command : ["sudo", "--non-interactive", "--", ...command];
    const timeoutMs = Math.max(1000, Math.min(longestMs, call.remainingMs()));
    return this.ssh.exec(this.name, argv, { signal: call.signal, timeoutMs, stdin });
  }
}

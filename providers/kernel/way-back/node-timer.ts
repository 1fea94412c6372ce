import { isProxmoxError, type Ssh, type SshResult } from "../../../pve";

/** Where a node keeps what a change with a way back needs. */
export const folder = "/var/lib/pulumi-proxmox-cluster";
export const stepMs = 30_000;

/** The timer may fire so much later than it says. */
const accuracySeconds = 1;
/** What fails is repeated, and not for ever. */
const repeated = ["Restart=on-failure", "RestartSec=5s", "StartLimitIntervalSec=1h", "StartLimitBurst=20"];

interface Refusal {
  /** There is such a timer already. */
  readonly taken: boolean;
  readonly words: string;
}

/**
 * A timer of systemd on a node, which runs a script there whoever is connected by then. Everything here is a command over
 * SSH, because the API has no timers. It has one name for each node, so that systemd itself refuses a second one.
 */
export class NodeTimer {
  constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    private readonly unit: string,
  ) {}

  /** The script runs after so long, and every five seconds again until it ends well. Returns why it is not armed. */
  async arm(arming: string, ms: number, script: string, signal: AbortSignal | undefined): Promise<Refusal | undefined> {
    const options = [
      ...[`--on-active=${Math.ceil(ms / 1000)}s`, `--timer-property=AccuracySec=${accuracySeconds}s`],
      ...[`--unit=${this.unit}`, `--description=${arming}`, ...repeated.map((one) => `--property=${one}`)],
    ];
    const argv = ["systemd-run", "--quiet", "--collect", ...options, "/bin/sh", script];
    const { code, stderr } = await this.exec(argv, signal);
    return code === 0 ? undefined : { taken: /already/.test(stderr), words: stderr.trim() };
  }

  /** Who has armed the one that is loaded, as far as that can be told; undefined: none is. */
  async armed(signal: AbortSignal | undefined): Promise<string | undefined> {
    const argv = ["systemctl", "show", "--property=ActiveState,Description", `${this.unit}.timer`];
    const text = await this.ssh.run(this.node, argv, { signal, timeoutMs: stepMs });
    if (!/^ActiveState=active$/m.test(text)) return undefined;
    return /^Description=(.*)$/m.exec(text)?.[1] ?? "";
  }

  async isActive(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.exec(["systemctl", "is-active", `${this.unit}.timer`], signal)).code === 0;
  }

  /** Runs its script now. systemd does it, and repeats it, whether or not this connection outlives that. */
  async startNow(signal: AbortSignal | undefined): Promise<void> {
    await this.exec(["systemctl", "start", "--no-block", `${this.unit}.service`], signal);
  }

  async cancel(signal: AbortSignal | undefined): Promise<void> {
    const { code, stderr } = await this.exec(["systemctl", "stop", `${this.unit}.timer`], signal);
    // It may have fired meanwhile.
    if (code !== 0 && !/not loaded/.test(stderr))
      throw new Error(`the timer ${this.unit} cannot be stopped: ${stderr}`);
  }

  private exec(argv: readonly string[], signal: AbortSignal | undefined): Promise<SshResult> {
    return this.ssh.exec(this.node, argv, { signal, timeoutMs: stepMs });
  }
}

/** Did the node, or the way there, not answer? */
export const isAway = (error: unknown): boolean => isProxmoxError(error, "unavailable", "timeout");

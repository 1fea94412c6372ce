import { isProxmoxError, type Ssh, type SshResult } from "../../../pve";

/** Where a node keeps what a change with a way back needs. */
export const folder = "/var/lib/pulumi-proxmox-cluster";
export const stepMs = 30_000;

/** The timer may fire so much later than it says. */
const accuracySeconds = 1;
/** What fails is repeated every five seconds: some twenty times, or as long as it takes. */
const repeated = {
  "for a while": ["Restart=on-failure", "RestartSec=5s", "StartLimitIntervalSec=1h", "StartLimitBurst=20"],
  "until it ends well": ["Restart=on-failure", "RestartSec=5s", "StartLimitIntervalSec=0"],
};

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
    private readonly repetition: keyof typeof repeated = "for a while",
  ) {}

  /** The script runs after so long, and every five seconds again while it fails. Returns why it is not armed. */
  async arm(arming: string, ms: number, script: string, signal: AbortSignal | undefined): Promise<Refusal | undefined> {
    const options = [
      ...[`--on-active=${Math.ceil(ms / 1000)}s`, `--timer-property=AccuracySec=${accuracySeconds}s`],
      ...[
        `--unit=${this.unit}`,
        `--description=${arming}`,
        ...repeated[this.repetition].map((one) => `--property=${one}`),
      ],
    ];
    const argv = ["systemd-run", "--quiet", "--collect", ...options, ...this.commandOf(script)];
    const { code, stderr } = await this.exec(argv, signal);
    return code === 0 ? undefined : { taken: /already/.test(stderr), words: stderr.trim() };
  }

  /** Whoever clears up may be faster than a repetition: a script that has gone is no failure, or it would be one for ever. */
  private commandOf(script: string): string[] {
    if (this.repetition === "for a while") return ["/bin/sh", script];
    if (!/^\/[A-Za-z0-9./-]+$/.test(script)) throw new Error(`"${script}" is no name of a script on a node`);
    return ["/bin/sh", "-c", `if test -e ${script}; then\n/bin/sh ${script}\nfi`];
  }

  /** Who has armed the one that is loaded, as far as that can be told; undefined: none is. */
  async armed(signal: AbortSignal | undefined): Promise<string | undefined> {
    return (await this.seen(signal))?.arming;
  }

  /** Is it to fire, or its script at work? */
  async isActive(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.seen(signal)) !== undefined;
  }

  /**
   * Both of its units: a timer goes when its script has failed for the first time, and the service is begun again without it.
   * `fired`: the timer has gone.
   */
  async seen(
    signal: AbortSignal | undefined,
  ): Promise<{ readonly arming: string; readonly fired: boolean } | undefined> {
    const argv = ["systemctl", "show", "--property=ActiveState,Description", ...this.units];
    const text = await this.ssh.run(this.node, argv, { signal, timeoutMs: stepMs });
    const [timer = "", service = ""] = text.split(/\n\n+/);
    const nameIn = (block: string): string => /^Description=(.*)$/m.exec(block)?.[1] ?? "";
    if (/^ActiveState=active$/m.test(timer)) return { arming: nameIn(timer), fired: false };
    if (/^ActiveState=(?:active|activating|deactivating|reloading)$/m.test(service))
      return { arming: nameIn(service), fired: true };
    return undefined;
  }

  /** Runs its script now. systemd does it, and repeats it, whether or not this connection outlives that. */
  async startNow(signal: AbortSignal | undefined): Promise<void> {
    await this.exec(["systemctl", "start", "--no-block", `${this.unit}.service`], signal);
  }

  async cancel(signal: AbortSignal | undefined): Promise<void> {
    const { code, stderr } = await this.exec(["systemctl", "stop", ...this.units], signal);
    // It may have fired meanwhile, and its script ended.
    const others = stderr.split("\n").filter((line) => line.trim() !== "" && !/not loaded/.test(line));
    if (code !== 0 && others.length > 0)
      throw new Error(`the timer ${this.unit} cannot be stopped: ${others.join("; ")}`);
  }

  private get units(): string[] {
    return [`${this.unit}.timer`, `${this.unit}.service`];
  }

  private exec(argv: readonly string[], signal: AbortSignal | undefined): Promise<SshResult> {
    return this.ssh.exec(this.node, argv, { signal, timeoutMs: stepMs });
  }
}

/** Did the node, or the way there, not answer? */
export const isAway = (error: unknown): boolean => isProxmoxError(error, "unavailable", "timeout");

import { createHash } from "node:crypto";
import { isProxmoxError, type Clock, type Ssh } from "../../../pve";

const folder = "/var/lib/pulumi-proxmox-cluster";
/** What is on probation on this node, or was, until the engine has recorded it. */
const recordFile = `${folder}/network.json`;
const live = "/etc/network/interfaces";

/** The timer may fire so much later than it says. */
const accuracySeconds = 1;
const stepMs = 30_000;

interface Record_ {
  /** Of the timer, and the name of its files. */
  readonly unit: string;
  /** The interfaces that were made, by the marks of their owners. */
  readonly made: Readonly<Record<string, string>>;
}

/** What an earlier run has left. */
interface Leftover {
  /** Interfaces that it has made and that no engine may have recorded, by their owners' marks. */
  readonly made: Readonly<Record<string, string>>;
  /** Its timer was still running: the old network was put back just now. */
  readonly restored: boolean;
}

/**
 * A node's own way back: a timer of systemd on the node puts the old /etc/network/interfaces back and reloads it, whoever
 * is connected by then. Everything here is a command over SSH, because the API has neither timers nor a way back.
 */
export class DeadMan {
  private readonly unit: string;
  private readonly backup: string;
  private readonly script: string;

  constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    /** Whose runs these are: another stack's timer is not ours to touch. */
    private readonly stack: string,
  ) {
    this.unit = `pulumi-proxmox-network-${createHash("sha256").update(stack).digest("hex").slice(0, 12)}`;
    this.backup = `${folder}/${this.unit}.interfaces`;
    this.script = `${folder}/${this.unit}.sh`;
  }

  /** The same over another connection: after a reload the one before may hang. */
  over(ssh: Ssh): DeadMan {
    return new DeadMan(ssh, this.node, this.stack);
  }

  /** Waits for a timer that somebody has left running: until it has fired, what is there is not what stays. */
  async settled(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    const record = readRecord(await this.ssh.readFile(this.node, recordFile, { signal }));
    while (record && (await this.isArmed(signal, record.unit))) await clock.sleep(2_000, signal);
  }

  /**
   * Clears up what an earlier run of this stack has left. While its timer runs nobody has found the node in order: the old
   * network is put back at once, which is what the timer would do.
   */
  async recover(signal: AbortSignal | undefined): Promise<Leftover> {
    const record = readRecord(await this.ssh.readFile(this.node, recordFile, { signal }));
    if (!record) return { made: {}, restored: false };
    const isArmed = await this.isArmed(signal, record.unit);
    if (isArmed && record.unit !== this.unit)
      throw new Error(
        `another run is changing the network of ${this.node} at this moment (${record.unit} there puts the old one back ` +
          "unless that run stops it); run this again when it has ended",
      );
    if (isArmed) {
      await this.restore(signal);
      await this.clear(signal);
      return { made: {}, restored: true };
    }
    // The timer has fired, or was stopped when all was in order: what was made is there, or it is not.
    return { made: record.made, restored: false };
  }

  /** From here on the old network comes back after so long, unless it is disarmed. */
  async arm(restoreMs: number, made: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<void> {
    const { ssh, node, unit, backup, script } = this;
    await ssh.makeDirectory(node, folder, { signal });
    await ssh.run(node, ["cp", "-p", "--", live, backup], { signal, timeoutMs: stepMs });
    await ssh.writeFile(node, script, restoring(backup), { signal, mode: 0o700 });
    await ssh.writeFile(node, recordFile, JSON.stringify({ unit, made } satisfies Record_), { signal });
    const seconds = Math.ceil(restoreMs / 1000);
    const timer = [`--on-active=${seconds}s`, `--timer-property=AccuracySec=${accuracySeconds}s`, `--unit=${unit}`];
    await ssh.run(node, ["systemd-run", "--quiet", "--collect", ...timer, "/bin/sh", script], {
      signal,
      timeoutMs: stepMs,
    });
  }

  /** Nothing comes back any more. `made` stays written until it is forgotten. */
  async disarm(made: boolean, signal: AbortSignal | undefined): Promise<void> {
    await this.ssh.run(this.node, ["systemctl", "stop", `${this.unit}.timer`], { signal, timeoutMs: stepMs });
    await this.ssh.run(this.node, ["rm", "-f", "--", this.backup, this.script, ...(made ? [] : [recordFile])], {
      signal,
      timeoutMs: stepMs,
    });
  }

  /** Puts the old network back now; how the reload of it ends is what it was like before. */
  async restore(signal: AbortSignal | undefined): Promise<void> {
    await this.ssh.exec(this.node, ["/bin/sh", this.script], { signal, timeoutMs: stepMs });
  }

  /** Is the file again what it was when the timer was armed? */
  async isRestored(signal: AbortSignal | undefined): Promise<boolean> {
    const [before, now] = [
      await this.ssh.readFile(this.node, this.backup, { signal }),
      await this.ssh.readFile(this.node, live, { signal }),
    ];
    return before !== undefined && now?.equals(before) === true;
  }

  /** The old network is back: the timer has nothing left to do, and all files go. */
  async clear(signal: AbortSignal | undefined): Promise<void> {
    const command = { signal, timeoutMs: stepMs };
    const { code, stderr } = await this.ssh.exec(this.node, ["systemctl", "stop", `${this.unit}.timer`], command);
    // It may have fired meanwhile.
    if (code !== 0 && !/not loaded/.test(stderr))
      throw new Error(`the timer ${this.unit} cannot be stopped: ${stderr}`);
    await this.ssh.run(this.node, ["rm", "-f", "--", recordFile, this.backup, this.script], command);
  }

  /** The engine has recorded all that was made. */
  async forget(): Promise<void> {
    await this.ssh.run(this.node, ["rm", "-f", "--", recordFile], { timeoutMs: stepMs });
  }

  /** Does the timer still run? Unless named, ours. */
  async isArmed(signal: AbortSignal | undefined, unit = this.unit): Promise<boolean> {
    const { code, stdout } = await this.ssh.exec(this.node, ["systemctl", "is-active", `${unit}.timer`], {
      signal,
      timeoutMs: stepMs,
    });
    return code === 0 && stdout.trim() === "active";
  }
}

/** Interfaces that a run has made, as long as the engine may not have recorded them, by the marks of their owners. */
export const madeOn = async (ssh: Ssh, node: string): Promise<Readonly<Record<string, string>>> =>
  readRecord(await ssh.readFile(node, recordFile))?.made ?? {};

/** In one step: whoever reads the file meanwhile finds a whole one. */
const restoring = (backup: string): string =>
  [
    "#!/bin/sh",
    "# Puts the network back as it was before a change by pulumi-proxmox-cluster that nobody has found in order.",
    "set -e",
    `cp -p -- ${backup} ${live}.pulumi`,
    `mv -- ${live}.pulumi ${live}`,
    "ifreload -a",
    "",
  ].join("\n");

/** A file of a node may hold anything; what is no record of ours is none. */
function readRecord(content: Buffer | undefined): Record_ | undefined {
  if (!content) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(content.toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  const { unit, made } = (found ?? {}) as Partial<Record<string, unknown>>;
  if (typeof unit !== "string" || !/^pulumi-proxmox-network-[0-9a-f]{12}$/.test(unit)) return undefined;
  const entries = Object.entries(made ?? {}).filter(([, mark]) => typeof mark === "string");
  return { unit, made: Object.fromEntries(entries) };
}

/** Did the node, or the way there, not answer? */
export const isAway = (error: unknown): boolean => isProxmoxError(error, "unavailable", "timeout");

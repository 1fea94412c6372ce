import { isProxmoxError, type Clock, type Ssh } from "../../../pve";
import { Armer } from "../../kernel/way-back/armer";
import { folder, NodeTimer, stepMs } from "../../kernel/way-back/node-timer";
import { ArmedTimer } from "./armed-timer";
import { MadeRecord, type MadeInterfaces } from "./made-record";
import { filesOf, live, unit } from "./guard-files";

/** What an earlier run has left. */
interface Leftover {
  /** Interfaces that it has made and that no engine may have recorded, by their owners' marks. */
  readonly made: MadeInterfaces;
  /** Its timer was still running: the old network was put back just now. */
  readonly restored: boolean;
}

/**
 * A node's own way back: a timer of systemd on the node puts the old /etc/network/interfaces back and reloads it, whoever
 * is connected by then. Everything here is a command over SSH, because the API has neither timers nor a way back.
 */
export class DeadMan {
  private readonly armer: Armer;
  private readonly timer: NodeTimer;
  readonly record: MadeRecord;

  constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    /** Whose runs these are: another stack's timer is not ours to touch. */
    stack: string,
  ) {
    this.armer = new Armer(stack);
    this.timer = new NodeTimer(ssh, node, unit);
    this.record = new MadeRecord(ssh, node);
  }

  /** Waits for a timer that somebody has left running: until it has fired, what is there is not what stays. */
  async settled(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    while ((await this.timer.armed(signal)) !== undefined) await clock.sleep(2_000, signal);
  }

  /**
   * Clears up what an earlier run of this stack has left. While its timer runs nobody has found the node in order: the old
   * network is put back at once, which is what the timer would do.
   */
  async recover(clock: Clock, signal: AbortSignal | undefined): Promise<Leftover> {
    const arming = await this.timer.armed(signal);
    if (arming === undefined) return { made: await this.record.found(signal), restored: false };
    if (!this.armer.isLeft(arming)) throw this.otherRun();
    const timer = new ArmedTimer(this.ssh, this.node, arming);
    const fate = await timer.fate(signal);
    if (fate === "gone") {
      // Whoever had it has just cleared it up.
      if ((await this.timer.armed(signal)) !== arming) return this.recover(clock, signal);
      throw new Error(`the files of ${unit} of ${this.node} are gone while it runs; look at its console`);
    }
    if (fate === "stopped") {
      // Found in order, and killed before that was cleared up.
      await timer.clear(signal, true);
      return { made: await this.record.found(signal), restored: false };
    }
    await timer.restoreAndWait(clock, signal);
    return { made: await this.record.found(signal), restored: true };
  }

  /** From here on the old network comes back after so long, unless it is stopped. */
  async arm(restoreMs: number, made: MadeInterfaces, signal: AbortSignal | undefined): Promise<ArmedTimer> {
    const { ssh, node } = this;
    const arming = this.armer.next();
    const { copy, script } = filesOf(arming);
    const timer = new ArmedTimer(ssh, node, arming);
    await ssh.makeDirectory(node, folder, { signal });
    await ssh.run(node, ["cp", "-p", "--", live, copy], { signal, timeoutMs: stepMs });
    await ssh.writeFile(node, script, restoring(arming), { signal, mode: 0o700 });
    const refused = await this.timer.arm(arming, restoreMs, script, signal);
    if (refused) {
      await ssh.run(node, ["rm", "-f", "--", copy, script], { signal, timeoutMs: stepMs });
      if (refused.taken) throw this.otherRun();
      throw new Error(`${node} cannot arm the timer that would put its network back: ${refused.words}`);
    }
    try {
      await this.record.add(made, arming, signal);
    } catch (error) {
      await this.standDown(timer, made, error);
    }
    return timer;
  }

  /** Nothing was reloaded: whatever somebody else changes from now on is not to be taken back. */
  async standDown(timer: ArmedTimer, made: MadeInterfaces, why: unknown): Promise<never> {
    try {
      if (await timer.stop(undefined)) await timer.clear(undefined);
      await this.record.remove(made);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      const message = why instanceof Error ? why.message : String(why);
      throw new Error(`${message}; the timer that would put the network back could not be stopped: ${error.message}`, {
        cause: error,
      });
    }
    throw why;
  }

  private otherRun(): Error {
    return new Error(
      `another run is changing the network of ${this.node} at this moment (${unit} there puts the old one back ` +
        "unless that run stops it); run this again when it has ended",
    );
  }
}

/**
 * In one step: whoever reads the file meanwhile finds a whole one. It may be begun again, and does nothing when the copy
 * was renamed by who found the node in order.
 */
function restoring(arming: string): string {
  const files = filesOf(arming);
  return [
    "#!/bin/sh",
    "# Puts the network back as it was before a change by pulumi-proxmox-cluster that nobody has found in order.",
    "set -e",
    `test -e ${files.copy} && mv -- ${files.copy} ${files.restoring}`,
    `cp -p -- ${files.restoring} ${live}.pulumi`,
    `mv -- ${live}.pulumi ${live}`,
    "ifreload -a",
    `mv -- ${files.restoring} ${files.restored}`,
    "",
  ].join("\n");
}

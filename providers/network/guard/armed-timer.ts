import type { Clock, Ssh } from "../../../pve";
import { NodeTimer, stepMs } from "../../kernel/way-back/node-timer";
import { filesOf, live, unit } from "./guard-files";

const pauseMs = 1_000;

/** What became of a timer: nothing yet, or who came first. */
type Fate = "armed" | "stopped" | "restoring" | "restored" | "gone";

/** A timer on a node that puts the old network back. Whoever renames its copy first has decided what stays. */
export class ArmedTimer {
  private readonly files: ReturnType<typeof filesOf>;
  private readonly timer: NodeTimer;

  constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    readonly arming: string,
  ) {
    this.files = filesOf(arming);
    this.timer = new NodeTimer(ssh, node, unit);
  }

  /** The same over another connection: after a reload the one before may hang. */
  over(ssh: Ssh): ArmedTimer {
    return new ArmedTimer(ssh, this.node, this.arming);
  }

  async fate(signal: AbortSignal | undefined): Promise<Fate> {
    // In the order in which it is renamed, so that none is missed.
    const { copy, stopped, restoring, restored } = this.files;
    for (const [file, fate] of [
      [copy, "armed"],
      [stopped, "stopped"],
      [restoring, "restoring"],
      [restored, "restored"],
    ] as const)
      if ((await this.exec(["test", "-e", file], signal)).code === 0) return fate;
    return "gone";
  }

  /** Nothing comes back any more; false when the timer was faster. An answer that was lost is found on a further try. */
  async stop(signal: AbortSignal | undefined): Promise<boolean> {
    const { code } = await this.exec(["mv", "--", this.files.copy, this.files.stopped], signal);
    return code === 0 || (await this.fate(signal)) === "stopped";
  }

  /** Puts the old network back now, whether or not this connection outlives that. */
  restore(signal: AbortSignal | undefined): Promise<void> {
    return this.timer.startNow(signal);
  }

  /** Is the file again what it was when the timer was armed, and the reload of it ended well? */
  async isRestored(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.fate(signal)) === "restored" && (await this.isLive(this.files.restored, signal));
  }

  /** Has somebody put the old file back, without the timer? */
  async isOldFile(signal: AbortSignal | undefined): Promise<boolean> {
    return this.isLive(this.files.stopped, signal);
  }

  /** Puts the old network back, and waits until that is done. */
  async restoreAndWait(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    await this.restore(signal);
    while (!(await this.isRestored(signal))) {
      if (!(await this.timer.isActive(signal)) && !(await this.isRestored(signal)))
        throw new Error(
          `the network of ${this.node} that an interrupted run has left could not be put back (${this.files.script} ` +
            "there does that); look at its console",
        );
      await clock.sleep(pauseMs, signal);
    }
    await this.clear(signal);
  }

  /** Nobody needs the timer any more; `keep`: but for what tells that it was stopped. */
  async clear(signal: AbortSignal | undefined, keepStopped = false): Promise<void> {
    await this.timer.cancel(signal);
    const { stopped, ...others } = this.files;
    await this.ssh.run(this.node, ["rm", "-f", "--", ...Object.values(others), ...(keepStopped ? [] : [stopped])], {
      signal,
      timeoutMs: stepMs,
    });
  }

  /** Does `ifreload` run on the node? Two at once are not possible: it has a lock. */
  async isReloading(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.exec(["flock", "-n", "/run/network/.lock", "true"], signal)).code === 1;
  }

  private async isLive(file: string, signal: AbortSignal | undefined): Promise<boolean> {
    const [before, now] = [
      await this.ssh.readFile(this.node, file, { signal }),
      await this.ssh.readFile(this.node, live, { signal }),
    ];
    return before !== undefined && now?.equals(before) === true;
  }

  private exec(argv: readonly string[], signal: AbortSignal | undefined) {
    return this.ssh.exec(this.node, argv, { signal, timeoutMs: stepMs });
  }
}

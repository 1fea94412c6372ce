import type { Ssh } from "../../../pve";
import { folder, NodeTimer, stepMs } from "../../kernel/way-back/node-timer";
import {
  fileOf,
  filesOf,
  haltAfterMs,
  halting,
  haltingAgain,
  haltUnit,
  home,
  lastFile,
  restoreUnit,
  restoring,
} from "./switch-files";

/** What became of a switch: nothing yet, or who came first. */
type Fate = "armed" | "stopped" | "restoring" | "restored" | "kept" | "halted" | "gone";

/** The way back of one node: two timers of systemd there. Whoever renames the old file first has decided what stays. */
export class NodeSwitch {
  private readonly files: ReturnType<typeof filesOf>;
  private readonly timers: { readonly restore: NodeTimer; readonly halt: NodeTimer };

  constructor(
    private readonly ssh: Ssh,
    readonly node: string,
    readonly arming: string,
  ) {
    this.files = filesOf(arming);
    this.timers = timersOf(ssh, node);
  }

  /** The same over another connection: those that are open may live on although nobody new gets in, or the other way round. */
  over(ssh: Ssh): NodeSwitch {
    return new NodeSwitch(ssh, this.node, this.arming);
  }

  /** From here on the old file comes back after so long, unless it is stopped. */
  arm(file: string, old: Buffer, ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { node, arming } = this;
    const restore = restoring(node, arming, file, old.length === 0);
    return this.armWith({ old, file, restore, halt: halting(arming) }, ms, signal);
  }

  /** From here on what is started again is stopped after so long, unless this is stopped. */
  armStart(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.armWith({ old: Buffer.alloc(0), restore: haltingAgain(this.arming) }, ms, signal);
  }

  private async armWith(
    {
      old,
      file,
      restore,
      halt,
    }: { readonly old: Buffer; readonly file?: string; readonly restore: string; readonly halt?: string },
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { ssh, node, arming, files } = this;
    await ssh.makeDirectory(node, folder, { signal });
    await ssh.run(node, ["mkdir", "-p", "-m", "0700", "--", home], { signal, timeoutMs: stepMs });
    if (file !== undefined) await ssh.writeFile(node, files.term, `${Math.ceil(ms / 1000)} ${file}\n`, { signal });
    await ssh.writeFile(node, files.armed, old, { signal });
    await ssh.writeFile(node, files.restore, restore, { signal, mode: 0o700 });
    if (halt !== undefined) await ssh.writeFile(node, files.halt, halt, { signal, mode: 0o700 });
    const refused =
      (await this.timers.restore.arm(arming, ms, files.restore, signal)) ??
      (halt === undefined ? undefined : await this.timers.halt.arm(arming, ms + haltAfterMs, files.halt, signal));
    if (refused) {
      // Of the two the first one may run by now; without the old file it does nothing.
      await this.remove(Object.values(files).flat(), signal);
      if (!refused.taken)
        throw new Error(`${node} cannot arm the timer that would put the firewall back: ${refused.words}`);
      if ((await this.timers.restore.armed(signal)) === arming) await this.timers.restore.cancel(signal);
      throw otherRun(node);
    }
    await ssh.writeFile(node, lastFile(stackIn(arming)), `${arming}\n`, { signal });
  }

  /** What the change has left in the file: anything else in it is somebody else's from now on. */
  async wrote(content: Buffer, signal: AbortSignal | undefined): Promise<void> {
    await this.ssh.writeFile(this.node, this.files.written, content, { signal });
  }

  async fate(signal: AbortSignal | undefined): Promise<Fate> {
    // In the order in which it is renamed, so that none is missed.
    for (const fate of ["armed", "stopped", "restoring", "restored", "kept", "halted"] as const)
      if ((await this.exec(["test", "-e", this.files[fate]], signal)).code === 0) return fate;
    return "gone";
  }

  /** Nothing comes back any more; false when the timer was faster. An answer that was lost is found on a further try. */
  async stop(signal: AbortSignal | undefined): Promise<boolean> {
    const { code } = await this.exec(["mv", "--", this.files.armed, this.files.stopped], signal);
    return code === 0 || (await this.fate(signal)) === "stopped";
  }

  /** It was stopped, and another one of the same change was not: it puts the old file back after all. */
  async revive(signal: AbortSignal | undefined): Promise<void> {
    await this.exec(["mv", "--", this.files.stopped, this.files.armed], signal);
  }

  /** Puts the old file back now, whether or not this connection outlives that. */
  restore(signal: AbortSignal | undefined): Promise<void> {
    return this.timers.restore.startNow(signal);
  }

  /** Is its timer still to fire, or its script at work? */
  isWaiting(signal: AbortSignal | undefined): Promise<boolean> {
    return this.timers.restore.isActive(signal);
  }

  /**
   * A node that was off, or has booted, has lost its timers, and those of the others have put the file back. What was written after all
   * of them is not what this change has left: it is left alone. True when that was so.
   */
  async leaveLaterOne(signal: AbortSignal | undefined): Promise<boolean> {
    const { ssh, node, files } = this;
    const text = (await ssh.readFile(node, files.term, { signal, limit: 1024 }))?.toString("utf8") ?? "";
    const [, seconds, file] = /^(\d{1,9}) (\S+)\n$/.exec(text) ?? [];
    if (seconds === undefined || file === undefined || ![fileOf({}), fileOf({ node })].includes(file)) return false;
    const fate = await this.fate(signal);
    if (fate !== "armed" && fate !== "restoring") return false;
    if ((await this.exec(["cmp", "-s", "--", files[fate], file], signal)).code === 0) return false;
    const { code, stdout } = await this.exec(["stat", "--format=%Y", "--", files[fate], file], signal);
    const [armed = "", changed = ""] = stdout.trim().split("\n");
    // One that is not there was written by nobody: the script knows whether that is what it was.
    if (code !== 0 || !(Number(changed) > Number(armed) + Number(seconds))) return false;
    return (await this.exec(["mv", "--", files[fate], files.kept], signal)).code === 0;
  }

  /** The same when the timers have gone: how the script ended. */
  async restoreHere(signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.exec(["/bin/sh", this.files.restore], signal)).code === 0;
  }

  /** Nobody needs it any more. What was stopped stays noted until somebody starts it. */
  async clear(signal: AbortSignal | undefined): Promise<void> {
    // Of these names there may be somebody else's by now, or from before: an arming that was refused is cleared up as well.
    for (const timer of [this.timers.restore, this.timers.halt])
      if ((await timer.armed(signal)) === this.arming) await timer.cancel(signal);
    // The first one tells whose files these are: it goes last.
    await this.remove(Object.values(this.files).flat(), signal);
    const name = lastFile(stackIn(this.arming));
    const last = await this.ssh.readFile(this.node, name, { signal, limit: 1024 });
    if (last?.toString("utf8").trim() === this.arming) await this.remove([name], signal);
  }

  private async remove(files: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    await this.ssh.run(this.node, ["rm", "-f", "--", ...files], { signal, timeoutMs: stepMs });
  }

  private exec(argv: readonly string[], signal: AbortSignal | undefined) {
    return this.ssh.exec(this.node, argv, { signal, timeoutMs: stepMs });
  }
}

/** Which stack an arming is of. */
const stackIn = (arming: string): string => arming.split("-", 1)[0] ?? "";

export const timersOf = (ssh: Ssh, node: string) => ({
  // Quorum may come back after hours, and the old file has to then.
  restore: new NodeTimer(ssh, node, restoreUnit, "until it ends well"),
  halt: new NodeTimer(ssh, node, haltUnit, "until it ends well"),
});

export const otherRun = (node: string): Error =>
  new Error(
    `another run is changing the firewall at this moment (${restoreUnit} on ${node} puts the old one back unless that run ` +
      "stops it); run this again when it has ended",
  );

/** A file as a node has it; one that is not there says the same as an empty one. */
export async function readFile(ssh: Ssh, node: string, file: string, signal: AbortSignal | undefined): Promise<Buffer> {
  return (await ssh.readFile(node, file, { signal, timeoutMs: stepMs })) ?? Buffer.alloc(0);
}

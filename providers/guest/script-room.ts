import { randomBytes } from "node:crypto";
import { milliseconds } from "../kernel/call/duration";
import type { ConfigScript } from "./guest-config.model";
import type { GuestFiles } from "./guest-files";
import { assertFree, failureOf, locked, runScript } from "./guest-script";

const long = 15 * 60_000;

/**
 * Where scripts and copies of files of one run are: in memory of the guest, so that they never reach its disk. Each run has
 * a folder of its own, for a script is read while it runs; one lock for all runs stays beside them, where none but root can
 * hold it.
 */
export class ScriptRoom {
  readonly folder: string;
  private readonly own: string;
  private readonly runs: string;
  private readonly lock: string;

  constructor(
    private readonly guest: GuestFiles,
    mark: string,
  ) {
    this.own = `/run/pulumi-${mark}`;
    this.runs = `${this.own}/runs`;
    this.folder = `${this.runs}/${randomBytes(6).toString("hex")}`;
    this.lock = `${this.own}/lock`;
  }

  /** What earlier runs have left goes, unless something of them still works. */
  async open(): Promise<void> {
    const make = ["mkdir", "-p", "-m", "0700"];
    await this.guest.mustRun([...make, this.own], "making a folder in memory");
    await this.alone(["rm", "-rf", "--", this.runs], "removing what earlier runs left in memory");
    await this.guest.mustRun([...make, this.runs, this.folder], "making a folder in memory");
  }

  async close(): Promise<void> {
    await this.guest.mustRun(["rm", "-rf", "--", this.folder], "removing the folder in memory");
  }

  /** A program that runs beside no other one of this resource. */
  async alone(command: readonly string[], what: string, longestMs = 60_000): Promise<void> {
    const { exitcode, output } = await this.guest.run(locked(this.lock, command), longestMs, what);
    assertFree(exitcode);
    if (exitcode !== 0) throw new Error(`${what} failed with exit code ${exitcode}: ${output}`);
  }

  /** Waits for what anybody may wait for beside others. */
  async wait(what: string, text: string): Promise<void> {
    const ended = await runScript(this.guest.shell, { folder: this.folder, what, text, longestMs: long });
    if (ended.exitcode !== 0) throw new Error(failureOf(what, ended));
  }

  async run({ name, run, environment, timeout = "10m" }: ConfigScript): Promise<void> {
    const { folder, lock } = this;
    const script = { folder, lock, what: name, text: run, environment, longestMs: milliseconds(timeout) };
    const ended = await runScript(this.guest.shell, script);
    if (ended.exitcode !== 0) throw new Error(failureOf(name, ended));
  }

  /** Whether a script's check says that there is nothing to do. */
  async isDone({ name, check = "false" }: ConfigScript): Promise<boolean> {
    const { folder, lock } = this;
    const script = { folder, lock, what: `the check of ${name}`, text: check, longestMs: long };
    return (await runScript(this.guest.shell, script)).exitcode === 0;
  }
}

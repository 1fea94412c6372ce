import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { sha256 } from "../kernel/state/sha256";
import { foldersAbove, type GuestFiles } from "./guest-files";
import { removeRecord, readRecord, writeRecord, type GuestRecord } from "./guest-record";
import { failureOf, firstLine, runScript, untilCloudInitIsDone } from "./guest-script";
import {
  allFiles,
  modeOf,
  ownerOf,
  projectFile,
  type ConfigScript,
  type GuestConfigInputs,
  type GuestFile,
} from "./guest-config.model";

const long = 15 * 60_000;

/** Brings a guest to what is written of it: packages, files, scripts, projects. */
export class GuestChange {
  private record: GuestRecord = { files: {}, scripts: {}, projects: {} };
  /** In memory: scripts and copies of files never reach the disk. */
  private readonly folder: string;

  constructor(
    private readonly guest: GuestFiles,
    private readonly call: Call,
    private readonly mark: string,
  ) {
    this.folder = `/run/pulumi-${mark}`;
  }

  async converge(inputs: GuestConfigInputs): Promise<void> {
    const { guest, folder } = this;
    await guest.mustRun(["mkdir", "-p", "-m", "0700", folder], "making a folder in memory");
    await this.mustScript("waiting for cloud-init", untilCloudInitIsDone, long);
    this.record = await readRecord(guest, this.mark);
    const wanted = allFiles(inputs);
    await this.removeFiles(wanted);
    await this.installPackages(inputs.packages ?? []);
    await this.writeFiles(wanted);
    for (const script of inputs.scripts ?? []) await this.runOnce(script);
    for (const { name, content } of inputs.compose ?? []) await this.start(name, sha256(content));
    await guest.mustRun(["rm", "-rf", "--", folder], "removing the folder in memory");
  }

  /** Takes away what this resource has written and nobody has changed. */
  async remove(): Promise<void> {
    this.record = await readRecord(this.guest, this.mark);
    await this.removeFiles([]);
    await removeRecord(this.guest, this.mark);
  }

  private async removeFiles(wanted: readonly GuestFile[]): Promise<void> {
    const gone = Object.keys(this.record.files).filter((path) => !wanted.some((file) => file.path === path));
    for (const path of gone) {
      const there = (await this.guest.at([path, ...foldersAbove(path)])) as ReadonlyMap<string, { kind: string }>;
      const kind = there.get(path)?.kind;
      // The look directly before: this very content, in a file and below folders, not links.
      const same =
        kind === "file" &&
        foldersAbove(path).every((above) => there.get(above)?.kind === "directory") &&
        (await this.guest.sums([path])).get(path) === this.record.files[path];
      if (same) {
        await this.call.safePoint();
        await this.guest.mustRun(["rm", "-f", "--", path], `removing ${path}`);
      } else if (kind !== undefined) this.call.report.warn(`${path} stays in the guest: somebody has changed it`);
      const { [path]: _, ...files } = this.record.files;
      await this.remember({ files });
    }
  }

  private async installPackages(names: readonly string[]): Promise<void> {
    const installed = await this.guest.installed(names);
    const missing = names.filter((name) => !installed.has(name));
    if (missing.length === 0) return;
    this.call.report.progress(`installing ${missing.join(", ")}`);
    const quietly = ["DEBIAN_FRONTEND=noninteractive"];
    await this.guest.mustRun(["apt-get", "update", "-qq"], "reading the lists of packages", long, quietly);
    const options = ["-y", "-qq", "--no-remove", "--no-upgrade", "-o", "DPkg::Lock::Timeout=300"];
    const install = ["apt-get", "install", ...options, "--", ...missing];
    await this.guest.mustRun(install, `installing ${missing.join(", ")}`, long, quietly);
    const now = await this.guest.installed(missing);
    const still = missing.filter((name) => !now.has(name));
    if (still.length > 0) throw new Error(`${still.join(", ")} not installed, although apt-get reported no error`);
  }

  private async writeFiles(files: readonly GuestFile[]): Promise<void> {
    const there = await this.guest.at(files.map(({ path }) => path));
    const sums = await this.guest.sums([...there].filter(([, { kind }]) => kind === "file").map(([path]) => path));
    for (const file of files) {
      const { path } = file;
      const found = there.get(path);
      const content = file.content;
      const sum = sha256(content);
      const known = this.record.files[path] !== undefined;
      if (found && found.kind !== "file") throw new Error(`${path} of the guest is no file, and stays as it is`);
      if (found && !known && sums.get(path) !== sum && file.overwrite !== true)
        throw new Error(
          `${path} is in the guest already with another content; write overwrite: true beside it if it may give way`,
        );
      const { owner, group } = ownerOf(file);
      const same =
        sums.get(path) === sum && found?.mode === modeOf(file) && found.owner === owner && found.group === group;
      if (same && this.record.files[path] === sum) continue;
      // What was there as it is wanted, and is not in the record, is somebody else's: it stays when the resource goes.
      if (same && !known) continue;
      if (!same) await this.assertFolders(path);
      await this.remember({ files: { ...this.record.files, [path]: sum } });
      if (!same) await this.put(file, content);
    }
  }

  /** Root writes where only root decides what is there: nobody turns a folder into a link meanwhile. */
  private async assertFolders(path: string): Promise<void> {
    for (const [above, { kind, owner, mode }] of await this.guest.at(foldersAbove(path))) {
      if (kind !== "directory")
        throw new Error(`${above} above ${path} is a link or no folder; write the path that it leads to`);
      if (owner !== "root" || (mode & 0o022) !== 0)
        throw new Error(`${above} above ${path} can be changed by others than root; write another path`);
    }
  }

  private async put(file: GuestFile, content: string): Promise<void> {
    const { path } = file;
    const { owner, group } = ownerOf(file);
    const [copy, beside] = [`${this.folder}/file`, `${path}.${this.mark}`];
    await this.guest.agent.write(copy, Buffer.from(content));
    const mode = modeOf(file).toString(8).padStart(4, "0");
    await this.guest.mustRun(
      ["install", "-D", "-o", owner, "-g", group, "-m", mode, "--", copy, beside],
      `writing ${path}`,
    );
    await this.guest.mustRun(["mv", "-T", "--", beside, path], `writing ${path}`);
    this.call.report.progress(`wrote ${path}`);
  }

  private async runOnce(script: ConfigScript): Promise<void> {
    const { name, run, check, environment, timeout = "10m" } = script;
    const sum = sha256(run);
    const needed =
      check === undefined ? this.record.scripts[name] !== sum : !(await isDone(this.guest, this.folder, script));
    if (!needed) return;
    this.call.report.progress(`${name}: ${firstLine(run)}`);
    await this.mustScript(name, run, milliseconds(timeout), environment);
    if (check !== undefined && !(await isDone(this.guest, this.folder, script)))
      throw new Error(`${name} has run, and its check still fails`);
    await this.remember({ scripts: { ...this.record.scripts, [name]: sum } });
  }

  private async start(name: string, sum: string): Promise<void> {
    if (this.record.projects[name] === sum) return;
    this.call.report.progress(`starting ${name}`);
    const command = ["docker", "compose", "--project-name", name, "--file", projectFile(name), "up", "--detach"];
    await this.guest.mustRun(command, `docker compose up of ${name}`, long);
    await this.remember({ projects: { ...this.record.projects, [name]: sum } });
  }

  private async mustScript(what: string, text: string, longestMs: number, environment?: Record<string, string>) {
    await this.call.safePoint();
    const ended = await runScript(this.guest.agent, { folder: this.folder, what, text, environment, longestMs });
    if (ended.exitcode !== 0) throw new Error(failureOf(what, ended));
  }

  private async remember(part: Partial<GuestRecord>): Promise<void> {
    await this.call.safePoint();
    this.record = { ...this.record, ...part };
    await writeRecord(this.guest, this.mark, this.record);
  }
}

/** Whether a script's check says that there is nothing to do. */
export async function isDone(
  guest: GuestFiles,
  folder: string,
  { name, check = "false" }: ConfigScript,
): Promise<boolean> {
  const script = { folder, what: `the check of ${name}`, text: check, longestMs: long };
  return (await runScript(guest.agent, script)).exitcode === 0;
}

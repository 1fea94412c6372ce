import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { sudoersDirectory, visudo } from "../access/linux/account-commands";
import type { Call } from "../kernel/call/call";
import { sha256 } from "../kernel/state/sha256";
import { foldersAbove, folderProblem, type GuestFiles } from "./guest-files";
import { kept, removeRecord, readRecord, writeRecord, type GuestRecord, type RecordOwner } from "./guest-record";
import { both, grantedIn, withGranted, type Granted } from "./granted";
import { untilCloudInitIsDone } from "./guest-script";
import { GuestUsers, sudoFirst } from "./guest-users";
import { ScriptRoom } from "./script-room";
import {
  allFiles,
  modeOf,
  ownerOf,
  projectFile,
  type ConfigScript,
  type GuestConfigInputs,
  type GuestFile,
  type GuestUser,
} from "./guest-config.model";

const long = 15 * 60_000;

/** What `docker compose ls` tells of a project. */
const projectsSchema = z.array(z.object({ Name: z.string(), ConfigFiles: z.string() }));

/** A resource's record in a guest, and the creation of the resource that may go by it. */
interface ChangeOwner extends RecordOwner {
  /** Undefined for a state of before creations were told apart. */
  readonly made: string | undefined;
  readonly vmid: number;
  /** Over SSH: as whom. */
  readonly signsIn: string | undefined;
}

/** Brings a guest to what is written of it: packages, files, scripts, projects. */
export class GuestChange {
  private record: GuestRecord = { files: {}, scripts: {}, projects: {} };
  private readonly room: ScriptRoom;
  private readonly users: GuestUsers;

  constructor(
    private readonly guest: GuestFiles,
    private readonly call: Call,
    private readonly owner: ChangeOwner,
  ) {
    this.room = new ScriptRoom(guest, owner.mark);
    this.users = new GuestUsers(guest, owner.vmid, call, owner, owner.signsIn);
  }

  /** `was`: what was written before. */
  async converge(inputs: GuestConfigInputs, was: Partial<GuestConfigInputs>): Promise<void> {
    const { guest, room } = this;
    await room.open();
    await this.call.safePoint();
    await room.wait("waiting for cloud-init", untilCloudInitIsDone);
    this.record = await readRecord(guest, this.owner);
    const { scripts = [], compose = [] } = inputs;
    await this.forget(scripts, compose);
    const wanted = allFiles(inputs);
    await this.removeFiles(wanted);
    await this.removeUsers(inputs.users ?? [], was.users ?? []);
    await this.installPackages(inputs.packages ?? []);
    await this.users.assertPossible(inputs.users ?? []);
    for (const user of inputs.users ?? []) await this.settle(user, was.users ?? []);
    await this.writeFiles(wanted);
    for (const script of scripts) await this.runOnce(script);
    for (const { name, content } of compose) await this.start(name, sha256(content));
    await room.close();
  }

  /** Takes away what this resource has written and nobody has changed. */
  async remove(settings: Partial<GuestConfigInputs>): Promise<void> {
    this.record = await readRecord(this.guest, this.owner);
    const { made } = this.record;
    if (made !== undefined && made !== this.owner.made)
      return this.call.report.warn("what this resource has set up in the guest stays: another one goes on with it");
    // Nothing goes beside what an earlier run has left working, and what it has left in memory goes too.
    await this.room.open();
    // Accounts first: while processes of one run nothing goes.
    await this.removeUsers([], settings.users ?? []);
    await this.tellUnknown(allFiles(settings));
    await this.removeFiles([]);
    await removeRecord(this.guest, this.owner.mark);
    await this.room.close();
  }

  /** Of a record that was lost nothing says whose a file is. */
  private async tellUnknown(files: readonly GuestFile[]): Promise<void> {
    const known = { ...this.record.seen, ...this.record.files };
    const unknown = files.map(({ path }) => path).filter((path) => !Object.hasOwn(known, path));
    for (const path of (await this.guest.at(unknown)).keys())
      this.call.report.warn(`${path} stays in the guest: the resource's record there does not have it`);
  }

  /** What is no longer described is as new when it is described again. From here on the record is this creation's. */
  private async forget(scripts: readonly { name: string }[], projects: readonly { name: string }[]): Promise<void> {
    const { made } = this.owner;
    const part = {
      ...(made === undefined ? {} : { made }),
      scripts: named(this.record.scripts, scripts),
      projects: named(this.record.projects, projects),
    };
    if (JSON.stringify({ ...this.record, ...part }) !== JSON.stringify(this.record)) await this.remember(part);
  }

  /** From here on it may be there, and goes with the resource. */
  private async settle(user: GuestUser, was: readonly GuestUser[]): Promise<void> {
    const { name } = user;
    const { accounts = [] } = this.record;
    const before = this.before(name, was);
    const grants = (granted: Granted) => ({
      accounts: accounts.includes(name) ? accounts : [...accounts, name],
      granted: { ...this.record.granted, [name]: granted },
    });
    // What is about to be granted stands beside what was, until the account is as it is written.
    await this.rememberNew(grants(both(grantedIn(before), grantedIn(user))));
    await this.users.converge(user, before);
    await this.rememberNew(grants(grantedIn(user)));
  }

  /** What the resource has given to an account, by its state and by the record: a run that failed has told no state. */
  private before(name: string, was: readonly GuestUser[]): GuestUser {
    const known = was.find((user) => user.name === name);
    return withGranted(known ?? { name }, kept(this.record.granted, name));
  }

  /** Names of the record and of the state: either may be lost. Whose an account is says its mark. */
  private async removeUsers(wanted: readonly GuestUser[], was: readonly GuestUser[]): Promise<void> {
    const { accounts = [], granted = {} } = this.record;
    const isGone = (one: string): boolean => !wanted.some(({ name }) => name === one);
    const gone = [...new Set([...accounts, ...was.map(({ name }) => name)])].filter(isGone);
    if (gone.length === 0) return;
    await this.users.remove(gone.map((name) => this.before(name, was)));
    const left = Object.fromEntries(Object.entries(granted).filter(([name]) => !isGone(name)));
    if (accounts.some(isGone)) await this.remember({ accounts: accounts.filter((one) => !isGone(one)), granted: left });
  }

  private async removeFiles(wanted: readonly GuestFile[]): Promise<void> {
    const unwanted = (path: string) => !wanted.some((file) => file.path === path);
    for (const path of Object.keys(this.record.files).filter(unwanted)) {
      const why = await this.reasonToStay(path);
      if (why === undefined) {
        await this.call.safePoint();
        await this.guest.mustRun(["rm", "-f", "--", path], `removing ${path}`);
      } else if (why !== "") this.call.report.warn(`${path} stays in the guest: ${why}`);
      const { [path]: _, ...files } = this.record.files;
      await this.remember({ files, tookOver: this.record.tookOver?.filter((one) => one !== path) });
    }
    const seen = Object.entries(this.record.seen ?? {});
    if (seen.some(([path]) => unwanted(path)))
      await this.remember({ seen: Object.fromEntries(seen.filter(([path]) => !unwanted(path))) });
  }

  /** The look directly before a file goes; empty when it is not there any more. */
  private async reasonToStay(path: string): Promise<string | undefined> {
    const there = await this.guest.at([path, ...foldersAbove(path)]);
    const found = there.get(path);
    if (!found) return "";
    if (this.record.tookOver?.includes(path) === true)
      return "another file was there before, which cannot be put back; remove it by hand when nothing needs it";
    for (const above of foldersAbove(path)) {
      const problem = folderProblem(there.get(above));
      if (problem !== undefined) return `${above} above it ${problem}`;
    }
    const same = found.kind === "file" && (await this.guest.sums([path])).get(path) === this.record.files[path];
    return same ? undefined : "somebody has changed it";
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
      const { path, content } = file;
      const found = there.get(path);
      const [sum, is, was] = [sha256(content), sums.get(path), this.record.files[path]];
      if (found && found.kind !== "file") throw new Error(`${path} of the guest is no file, and stays as it is`);
      const { owner, group } = ownerOf(file);
      const same = is === sum && found?.mode === modeOf(file) && found.owner === owner && found.group === group;
      if (same && was === sum) continue;
      // What was there as it is wanted, and is not in the record, is somebody else's: it stays when the resource goes.
      if (same && was === undefined) {
        if (this.record.seen?.[path] !== sum) await this.remember({ seen: { ...this.record.seen, [path]: sum } });
        continue;
      }
      if (found && was === undefined && file.overwrite !== true)
        throw new Error(
          `${path} is in the guest already with another content, mode or owner; write overwrite: true beside it if it may give way`,
        );
      if (found && was !== undefined && is !== was && is !== sum)
        this.call.report.warn(`${path} held something else than this resource had written; it is written again`);
      if (!same) await this.assertFolders(path);
      if (!same && isOfSudo(path)) await this.assertRules(path, content);
      const { [path]: _, ...seen } = this.record.seen ?? {};
      const tookOver = found && was === undefined ? [...(this.record.tookOver ?? []), path] : this.record.tookOver;
      await this.remember({ files: { ...this.record.files, [path]: sum }, seen, tookOver });
      if (!same) await this.put(file, content);
    }
  }

  /** Root writes where only root decides what is there: nobody turns a folder into a link meanwhile. */
  private async assertFolders(path: string): Promise<void> {
    for (const [above, found] of await this.guest.at(foldersAbove(path))) {
      const problem = folderProblem(found);
      if (problem !== undefined) throw new Error(`${above} above ${path} ${problem}; write another path`);
    }
  }

  /** One file that sudo cannot read may shut out everybody who works by it, and this program with them. */
  private async assertRules(path: string, content: string): Promise<void> {
    const copy = `${this.room.folder}/rules`;
    await this.guest.shell.write(copy, Buffer.from(content));
    const { exitcode, output } = await this.guest.run([visudo, "-c", "-f", copy], 60_000, "visudo ends");
    if (exitcode === 127) throw new Error(`${path} cannot be proved without visudo; ${sudoFirst}`);
    if (exitcode !== 0) throw new Error(`visudo refuses ${path}, and it was not put in place: ${output}`);
  }

  private async put(file: GuestFile, content: string): Promise<void> {
    const { path } = file;
    const { owner, group } = ownerOf(file);
    const [copy, beside] = [`${this.room.folder}/file`, `${path}.${this.owner.mark}`];
    await this.guest.shell.write(copy, Buffer.from(content));
    const mode = modeOf(file).toString(8).padStart(4, "0");
    await this.guest.mustRun(
      ["install", "-D", "-o", owner, "-g", group, "-m", mode, "--", copy, beside],
      `writing ${path}`,
    );
    await this.guest.mustRun(["mv", "-T", "--", beside, path], `writing ${path}`);
    this.call.report.progress(`wrote ${path}`);
  }

  private async runOnce(script: ConfigScript): Promise<void> {
    const { name, check } = script;
    const sum = sha256(script.run);
    const needed = check === undefined ? kept(this.record.scripts, name) !== sum : !(await this.room.isDone(script));
    if (!needed) return;
    this.call.report.progress(`running ${name}`);
    await this.call.safePoint();
    await this.room.run(script);
    if (check !== undefined && !(await this.room.isDone(script)))
      throw new Error(`${name} has run, and its check still fails`);
    await this.remember({ scripts: { ...this.record.scripts, [name]: sum } });
  }

  private async start(name: string, sum: string): Promise<void> {
    const was = kept(this.record.projects, name);
    if (was === sum) return;
    if (was === undefined) await this.assertOwnProject(name);
    this.call.report.progress(`starting ${name}`);
    const command = ["docker", "compose", "--project-name", name, "--file", projectFile(name), "up", "--detach"];
    await this.room.alone(command, `docker compose up of ${name}`, long);
    await this.remember({ projects: { ...this.record.projects, [name]: sum } });
  }

  /** Compose knows projects by their names alone: the containers of another one of this name would be made anew. */
  private async assertOwnProject(name: string): Promise<void> {
    for (const { Name, ConfigFiles } of await this.projects())
      if (Name === name && ConfigFiles !== projectFile(name))
        throw new Error(
          `there is a project ${name} of Docker Compose in the guest already, of ${ConfigFiles}; it stays as it is: write another name`,
        );
  }

  private async projects(): Promise<z.infer<typeof projectsSchema>> {
    const command = ["docker", "compose", "ls", "--all", "--format", "json"];
    const { exitcode, output, out } = await this.guest.run(command, 60_000, "docker compose ls ends");
    if (exitcode !== 0) throw new Error(`docker compose ls failed with exit code ${exitcode}: ${output}`);
    try {
      return projectsSchema.parse(JSON.parse(out));
    } catch (error) {
      throw new Error("docker compose ls said something unexpected of the guest's projects", { cause: error });
    }
  }

  private async rememberNew(part: Partial<GuestRecord>): Promise<void> {
    if (!isDeepStrictEqual({ ...this.record, ...part }, this.record)) await this.remember(part);
  }

  private async remember(part: Partial<GuestRecord>): Promise<void> {
    await this.call.safePoint();
    this.record = { ...this.record, ...part };
    await writeRecord(this.guest, this.owner.mark, this.record);
  }
}

const isOfSudo = (path: string): boolean => path === "/etc/sudoers" || path.startsWith(`${sudoersDirectory}/`);

const named = (sums: Readonly<Record<string, string>>, wanted: readonly { name: string }[]): Record<string, string> =>
  Object.fromEntries(Object.entries(sums).filter(([name]) => wanted.some((one) => one.name === name)));

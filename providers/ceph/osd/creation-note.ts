import { createHash } from "node:crypto";
import { wire } from "../../../pve";
import { sshOf } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Pve } from "../../kernel/session/pve-session";
import { folder, stepMs } from "../../kernel/way-back/node-timer";

/**
 * What a node remembers of a creation of OSDs that was begun on a disk of its: written when the disk was seen free, directly
 * before the request, and removed when the OSDs are up. A run that is killed leaves it, and nothing else tells the next one
 * that what stands there comes from it.
 */
export interface CreationNote {
  readonly serial: string;
  /** Of the Ceph. */
  readonly fsid: string;
  /** The resource, and its mark, which no other stack has. */
  readonly urn: string;
  readonly mark: string;
  /** The disk's name in the kernel then, without /dev/: the task of the creation is called so. */
  readonly device: string;
  /** Tasks of creations that the node had then, by their UPIDs: the creation is none of these. */
  readonly tasks: readonly string[];
  /** The uuids that Ceph's map had then: whatever has one of these was there before. */
  readonly known: readonly string[];
  /** All volumes (`vg/lv`) that the node had then, where database or log go to another disk. */
  readonly volumes: readonly string[];
  /** The uuids of OSDs that Ceph itself has removed as ones that never ran. */
  readonly purged: readonly string[];
}

/** Serial numbers come from disks: they get into no path. */
const fileOf = (serial: string): string =>
  `${folder}/osds-${createHash("sha256").update(serial).digest("hex").slice(0, 32)}.json`;

/**
 * What ceph-volume says that is started over SSH, for the OSDs that are missing beside those of the creation: it is in no task's log,
 * and tells the next run what was begun. One of an earlier creation names OSDs that the note knows.
 */
export const batchLogOf = (serial: string): string => fileOf(serial).replace(/\.json$/, ".log");

const coming = (file: string): string => `${file}.next`;

const why = "the node remembers which creation was begun on a disk";
const bounds = (call: Call) => ({ signal: call.signal, timeoutMs: stepMs });
const limit = 4 * 2 ** 20;

/** Undefined where the node says that there is none; throws where it cannot be read, or is none of these. */
export async function readNote(pve: Pve, call: Call, node: string, serial: string): Promise<CreationNote | undefined> {
  const file = fileOf(serial);
  const ssh = sshOf(pve, "looking for a creation that was cut off", why);
  const content = await ssh.readFile(node, file, { ...bounds(call), limit });
  if (content === undefined) return undefined;
  const note = noteIn(content.toString("utf8"));
  if (note?.serial !== serial)
    throw new Error(
      `${file} on node ${node} does not say which creation of OSDs was begun on the disk with serial ${serial}; nothing was ` +
        "changed. See what is on the disk, and remove the file then",
    );
  return note;
}

function noteIn(text: string): CreationNote | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { serial, fsid, urn, mark, device, ...lists } = wire.object(value);
  const { tasks, known, volumes, purged } = lists;
  if (![serial, fsid, urn, mark, device].every((each) => typeof each === "string" && each !== "")) return undefined;
  const areTexts = (each: unknown): boolean => Array.isArray(each) && each.every((one) => typeof one === "string");
  if (![tasks, known, volumes, purged].every(areTexts)) return undefined;
  return { serial, fsid, urn, mark, device, tasks, known, volumes, purged } as CreationNote;
}

/**
 * Renamed into its place by a command, for not each server of SFTP replaces a file at once: whoever is killed here leaves the old
 * note or the new one. Its content is on the disk of the node before its name is, and both before anything is asked for that it is
 * to tell of.
 */
export async function writeNote(pve: Pve, call: Call, node: string, note: CreationNote): Promise<void> {
  const file = fileOf(note.serial);
  const ssh = sshOf(pve, "noting that a creation begins", why);
  await ssh.makeDirectory(node, folder, bounds(call));
  await ssh.writeFile(node, coming(file), `${JSON.stringify(note)}\n`, bounds(call));
  await ssh.run(node, ["sync", "--", coming(file)], bounds(call));
  await ssh.run(node, ["mv", "-T", "--", coming(file), file], bounds(call));
  await ssh.run(node, ["sync", "--", folder], bounds(call));
}

export async function removeNote(pve: Pve, call: Call, node: string, serial: string): Promise<void> {
  const file = fileOf(serial);
  const ssh = sshOf(pve, "noting that a creation is over", why);
  await ssh.run(node, ["rm", "-f", "--", coming(file), batchLogOf(serial), file], bounds(call));
}

/** The lines of what was made beside; none where nothing was. */
export async function readBatchLog(pve: Pve, call: Call, node: string, serial: string): Promise<string[]> {
  const ssh = sshOf(pve, "looking at what was made beside", why);
  const content = await ssh.readFile(node, batchLogOf(serial), { ...bounds(call), limit });
  return content === undefined ? [] : content.toString("utf8").split("\n");
}

/** Has this very resource written it? A preview does not know the stack's mark yet, and says so beside what it tells. */
export const isOwn = (note: CreationNote, call: Call): boolean =>
  note.urn === call.urn && (!isOwnerKnown(call) || note.mark === call.mark);

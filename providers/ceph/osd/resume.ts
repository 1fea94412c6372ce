import type { Call } from "../../kernel/call/call";
import type { CephOsdInputs } from "../ceph-osd.model";
import { batchLogOf, readBatchLog, removeNote, writeNote } from "./creation-note";
import type { DiskName, NodeDisk } from "./disk";
import * as commands from "./resume-commands";
import { lookForLeft, type LeftOnDisk } from "./look-for-left";
import { differences, lookAtDisk, pathOf, tooFew, untilDisksRest, untilUp, whyUsedRaw, type Access } from "./make-osds";
import { assertThisCeph, isSame, readDisks, readMap, type OsdMap, type OsdVolume } from "./osd-map";
import { hasNeverRun } from "./unfinished";

interface Step {
  readonly what: string;
  /** False where it was not done, because something has changed since the look. */
  readonly run: () => Promise<boolean>;
}

/** What becomes of an OSD whose file system is whole: it is started where it is as described, and stays as it is where its resource goes. */
type Whole = { readonly starts: Partial<CephOsdInputs> } | "stays";

/**
 * Starts what a creation has left that was cut off, or removes it, and says how far it had come; undefined where none was begun. One thing at a
 * time: before each nothing changes disks any more, and all of it is looked at again. A step takes the lock at once or not at all;
 * what neither Ceph nor LVM would refuse by itself is looked at once more while it is held.
 */
export async function removeLeft(
  access: Access,
  call: Call,
  node: string,
  name: DiskName,
  whole: Whole,
): Promise<LeftOnDisk | undefined> {
  let last: string | undefined;
  for (let rested = false; ;) {
    const seen = await lookForLeft(access, call, node, name);
    const step = seen && nextStep(access, call, node, seen, whole);
    if (!step) return seen;
    if (!rested) {
      await untilDisksRest(access.pve, call, node);
      // What a run that was killed has begun by SSH may go on, and is no task.
      await untilDisksFree(access, call, node);
      rested = true;
      continue;
    }
    if (step.what === last) throw new Error(`${step.what}: nothing has changed, although no error was reported`);
    await call.safePoint();
    call.report.progress(`a creation was cut off: ${step.what}`);
    last = (await step.run()) ? step.what : undefined;
    rested = false;
  }
}

/** How the OSDs on a disk are not as described, or more than are wanted: what is started takes data. */
export function whyNotStarted(inputs: Partial<CephOsdInputs>, blocks: readonly OsdVolume[]): string[] {
  const osdsPerDevice = Math.min(blocks.length, inputs.osdsPerDevice ?? 1);
  return differences({ ...inputs, osdsPerDevice }, blocks);
}

function nextStep({ pve }: Access, call: Call, node: string, seen: LeftOnDisk, whole: Whole): Step | undefined {
  const { disk, note, judged } = seen;
  if ("why" in judged) return undefined;
  const { osds, emptyGroup } = judged.unfinished;
  const [started] = judged.unfinished.whole;
  if (started && whole === "stays") return undefined;
  if (started && whole !== "stays")
    return {
      what: `starting osd.${started.id} (${started.uuid}), whose file system is whole`,
      run: async () => {
        const { blocks } = await lookAtDisk(pve, call, node, { serial: disk.serial });
        const other = whyNotStarted(whole.starts, blocks);
        if (!blocks.some(({ uuid }) => uuid === started.uuid) || other.length > 0)
          throw new Error(
            `osd.${started.id} (${started.uuid}) on the disk with serial ${disk.serial} of node ${node} was not started: the OSDs there are ` +
              `other ones than described: ${other.join("; ")}. Describe it as it is, run up, and change it then`,
          );
        const map = await readMap(pve, call, node);
        assertThisCeph(map, { fsid: note.fsid, node });
        const entry = map.osds.find((osd) => osd.id === started.id);
        if (entry?.uuid !== started.uuid || !hasNeverRun(entry)) return false;
        return commands.activateOsd(pve, call, node, started);
      },
    };
  for (const { id, uuid } of osds) {
    if (id === undefined) continue;
    return {
      what: `removing osd.${id} (${uuid}), which has never run, from Ceph`,
      run: async () => {
        const map = await readMap(pve, call, node);
        assertThisCeph(map, { fsid: note.fsid, node });
        const entry = map.osds.find((osd) => osd.id === id);
        if (entry?.uuid !== uuid || !hasNeverRun(entry)) return false;
        // Ceph looks itself whether it has run, and does not let it start any more. Only that it has done so is noted.
        if (!(await commands.purgeNewOsd(pve, call, node, id))) return false;
        await writeNote(pve, call, node, { ...note, purged: [...note.purged, uuid] });
        return true;
      },
    };
  }
  for (const { uuid, volume, half } of osds)
    if (volume !== undefined)
      return {
        what:
          `removing volume ${volume} of the disk with serial ${disk.serial}, ` +
          (half ? "whose file system was only begun" : "to which nothing was ever written"),
        run: () =>
          half
            ? commands.removeHalfVolume(pve, call, node, volume, uuid)
            : commands.removeBlankVolume(pve, call, node, volume),
      };
  if (emptyGroup !== undefined)
    return {
      what: `removing the empty volume group ${emptyGroup}, and freeing ${disk.devpath} from LVM`,
      run: () => commands.removeGroup(pve, call, node, emptyGroup, disk.devpath),
    };
  return undefined;
}

const untilDisksFree = ({ pve }: Access, call: Call, node: string): Promise<true> =>
  pve.until(
    `the end of what changes disks of node ${node}`,
    async () =>
      (await commands.areDisksFree(pve, call, node))
        ? { done: true as const }
        : { pending: "the lock of Proxmox's changes of disks is held" },
    call.remainingMs(),
  );

interface Removed {
  readonly node: string;
  readonly diskSerial: string;
  readonly osds: readonly { readonly id: number; readonly uuid: string }[];
}

const hasDisk = async ({ pve }: Access, { node, diskSerial }: Removed): Promise<boolean> =>
  (await readDisks(pve, node)).some((disk) => disk.serial === diskSerial);

/**
 * Before the OSDs of a resource are drained: of its creation none may run that it does not know, for nobody would ever drain that.
 * What was begun comes to its end first.
 */
export async function refuseUnrecorded(access: Access, call: Call, removed: Removed): Promise<void> {
  const { node, diskSerial, osds } = removed;
  await untilDisksRest(access.pve, call, node);
  if (!(await hasDisk(access, removed))) return;
  const left = await lookForLeft(access, call, node, { serial: diskSerial });
  if (!left?.isOwn) return;
  const { map, note, judged } = left;
  // What will be removed with the resource never runs. Where nothing is removed, whatever is there may run from the next boot on.
  const stays = ({ uuid }: OsdVolume): boolean =>
    "why" in judged ||
    judged.unfinished.made.includes(uuid) ||
    judged.unfinished.whole.some((each) => each.uuid === uuid);
  const { blocks } = await lookAtDisk(access.pve, call, node, { serial: diskSerial });
  const unknown = blocks
    .filter(({ uuid }) => !osds.some((osd) => osd.uuid === uuid) && !note.known.includes(uuid))
    .filter(
      (block) =>
        stays(block) || map.osds.some((osd) => osd.id === block.id && osd.uuid === block.uuid && !hasNeverRun(osd)),
    )
    .filter((block) => isSame(map, block))
    .map(({ id, uuid }) => `osd.${id}, ${uuid}`);
  if (unknown.length > 0)
    throw new Error(
      `on the disk with serial ${diskSerial} of node ${node} are OSDs of this resource's creation that its state does not know ` +
        `(${unknown.join("; ")}): it was cut off. Nothing was removed. Run up once, which takes over what runs, and remove the resource then` +
        ("why" in judged ? `; what never ran is removed by hand before: ${judged.why}` : ""),
    );
}

/** With the resource goes also what its creation has left that was cut off; of a disk that is not there nothing can. */
export async function removeRest(access: Access, call: Call, removed: Removed): Promise<void> {
  const { node, diskSerial } = removed;
  if (!(await hasDisk(access, removed))) return;
  const left = await removeLeft(access, call, node, { serial: diskSerial }, "stays");
  if (!left?.isOwn) return;
  const { judged } = left;
  if ("why" in judged)
    return call.report.warn(
      `the creation of OSDs on the disk with serial ${diskSerial} of node ${node} was cut off once, and what stands there is not removed: ${judged.why}`,
    );
  const [kept] = judged.unfinished.whole;
  if (kept)
    return call.report.warn(
      `osd.${kept.id} (${kept.uuid}) on the disk with serial ${diskSerial} of node ${node} has its file system and was never started; it is ` +
        "not removed with the resource",
    );
  if (judged.unfinished.made.length > 0)
    throw new Error(
      `on the disk with serial ${diskSerial} of node ${node} OSDs are left that have run (${judged.unfinished.made.join(", ")})`,
    );
  await removeNote(access.pve, call, node, diskSerial);
}

/** Of several OSDs of a disk some were made: the others are made beside them, for Proxmox's request takes no disk in use. */
export async function addMissing(
  access: Access,
  call: Call,
  inputs: CephOsdInputs,
  { note }: LeftOnDisk,
  found: (disk: NodeDisk, blocks: readonly OsdVolume[]) => void,
): Promise<{ disk: NodeDisk; blocks: OsdVolume[] }> {
  const { pve } = access;
  const { node, osdsPerDevice: count = 1, deviceClass, encrypted = false } = inputs;
  for (;;) {
    await untilDisksRest(pve, call, node);
    await untilDisksFree(access, call, node);
    const map = await readMap(pve, call, node);
    assertThisCeph(map, { fsid: note.fsid, node });
    const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: note.serial });
    const strange = blocks.filter((block) => !isSame(map, block) || note.known.includes(block.uuid));
    const other = differences({ ...inputs, osdsPerDevice: blocks.length }, blocks);
    if (blocks.length === 0 || blocks.length >= count || strange.length > 0 || other.length > 0)
      throw new Error(
        `the OSDs on the disk with serial ${disk.serial} have changed while they were looked at: ${other.join("; ")}`,
      );
    if (!(await doRun(access, call, node, disk, map, blocks))) continue;
    const raw = await whyUsedRaw(access, call, node, disk);
    if (raw !== undefined) throw new Error(raw);
    found(disk, blocks);
    await call.safePoint();
    call.report.progress(
      `making the ${count - blocks.length} of ${count} OSDs that are missing on the disk with serial ${disk.serial}`,
    );
    const missing = { log: batchLogOf(note.serial), device: pathOf(disk), perDevice: count, deviceClass, encrypted };
    try {
      if (!(await commands.addMissingOsds(pve, call, node, missing))) continue;
    } catch (error) {
      if (call.signal.aborted) throw error;
      throw new Error(await whyNotAdded(access, call, node, note.serial, error), { cause: error });
    }
    const after = await lookAtDisk(pve, call, node, { serial: note.serial });
    if (after.blocks.length !== count) throw new Error(tooFew(after.disk, after.blocks, count));
    return after;
  }
}

/** What ceph-volume has said itself, where that can be read. */
async function whyNotAdded({ pve }: Access, call: Call, node: string, serial: string, error: unknown): Promise<string> {
  let said: readonly string[] = [];
  try {
    said = (await readBatchLog(pve, call, node, serial)).filter((line) => /^-->/.test(line)).slice(-2);
  } catch {
    // The node that went away in its midst does not tell.
  }
  return (
    `the OSDs that are missing on the disk with serial ${serial} of node ${node} were not all made: ` +
    `${said.join("; ") || (error instanceof Error ? error.message : String(error))}. Run up again, which goes on from what is there ` +
    `(${batchLogOf(serial)} on the node has more)`
  );
}

/**
 * Do the OSDs run beside which others are to be made? Those that boot are waited for, and then all is looked at again (false); beside one
 * that does not run nothing is made, for nothing holds its volumes open.
 */
async function doRun(
  { pve }: Access,
  call: Call,
  node: string,
  disk: NodeDisk,
  map: OsdMap,
  blocks: readonly OsdVolume[],
): Promise<boolean> {
  const down = blocks.filter(({ id, uuid }) => !map.osds.some((osd) => osd.id === id && osd.uuid === uuid && osd.up));
  for (const { id, uuid } of down)
    if (!(await commands.isDaemonActive(pve, call, node, id, uuid)))
      throw new Error(
        `no OSDs were made beside osd.${id} (${uuid}) on the disk with serial ${disk.serial} of node ${node}, which does not run: see there ` +
          `why (systemctl status ceph-osd@${id}), start it, and run up again`,
      );
  if (down.length > 0) await untilUp(pve, call, node, down);
  return down.length === 0;
}

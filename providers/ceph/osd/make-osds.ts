import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { CephOsdInputs } from "../ceph-osd.model";
import { removeNote, writeNote, type CreationNote } from "./creation-note";
import { creationsSince, creationUpids } from "./creation-tasks";
import { findDisk, whyInUse, whyNoJournal, type NodeDisk, type DiskName } from "./disk";
import { blocksOn, isSame, readDisks, readMap, readVolumes, type OsdVolume } from "./osd-map";
import { rawUsers } from "./raw-use";
import { hasNeverRun, namesIn } from "./unfinished";
import { isDaemonActive, segmentsOn } from "./resume-commands";

/** Both are the same Proxmox: `root` may make OSDs. */
export interface Access {
  readonly pve: Pve;
  readonly root: Pve;
}

export function diskOf(disks: readonly NodeDisk[], name: DiskName, node: string): NodeDisk {
  const found = findDisk(disks, name, node);
  if ("problem" in found) throw new Error(`${found.field}: ${found.problem}`);
  return found.disk;
}

/** What is on the disk that is meant, as it is now. */
export async function lookAtDisk(
  pve: Pve,
  call: Call,
  node: string,
  name: DiskName,
): Promise<{ disk: NodeDisk; blocks: OsdVolume[] }> {
  const disk = diskOf(await readDisks(pve, node), name, node);
  return { disk, blocks: blocksOn(disk, await readVolumes(pve, call, node)) };
}

/** How the OSDs that are on the disk are other ones than described; none when they may be taken over. */
export function differences(inputs: Partial<CephOsdInputs>, blocks: readonly OsdVolume[]): string[] {
  const wanted = inputs.osdsPerDevice ?? 1;
  const named = blocks.map(({ id }) => `osd.${id}`).join(", ");
  return [
    ...(blocks.length === wanted ? [] : [`there are ${blocks.length} (${named}), not ${wanted}`]),
    ...blocks.flatMap(({ id, encrypted, separateDb, separateWal }) => [
      ...(encrypted === (inputs.encrypted ?? false) ? [] : [`osd.${id} is ${encrypted ? "" : "not "}encrypted`]),
      ...(separateDb === (inputs.dbDevice !== undefined)
        ? []
        : [`osd.${id} has ${separateDb ? "a" : "no"} database on another disk`]),
      ...(separateWal === (inputs.walDevice !== undefined)
        ? []
        : [`osd.${id} has ${separateWal ? "a" : "no"} log on another disk`]),
    ]),
  ];
}

/** OSDs that are on the disk are taken over only when they are this cluster's, and as described. */
export async function refuseForeign(
  pve: Pve,
  call: Call,
  inputs: Partial<CephOsdInputs>,
  node: string,
  disk: NodeDisk,
  blocks: readonly OsdVolume[],
): Promise<void> {
  const map = await readMap(pve, call, node);
  const where = `the disk with serial ${disk.serial} (${disk.devpath}) on node ${node}`;
  const strangers = blocks.filter((block) => block.fsid !== map.fsid || !isSame(map, block));
  if (strangers.length > 0)
    throw new Error(
      `${where} holds OSDs that this Ceph does not know: ` +
        `${strangers.map(({ id, uuid }) => `osd.${id} (${uuid})`).join(", ")}. They may be another cluster's, or what is left ` +
        "of a removed one, and may have run; nothing was touched. If nothing of it is needed any more, " +
        (strangers.every(({ fsid }) => fsid === map.fsid)
          ? `write wipe: { serial: ${JSON.stringify(disk.serial)} } in a new resource, or wipe the disk by hand`
          : "wipe the disk by hand"),
    );
  const other = differences(inputs, blocks);
  if (other.length > 0)
    throw new Error(
      `the OSDs on ${where} are other ones than described: ${other.join("; ")}. Describe them as they are`,
    );
}

/** Makes the OSDs of an unused disk; returns what is on it then. Throws with nothing on it, or tells of part of it. */
export async function createOsds(
  { pve, root }: Access,
  call: Call,
  inputs: CephOsdInputs,
  found: (disk: NodeDisk, blocks: readonly OsdVolume[]) => void,
): Promise<void> {
  const { node } = inputs;
  const count = inputs.osdsPerDevice ?? 1;
  let note: CreationNote | undefined;
  const dispatch = async (): Promise<unknown> => {
    // Directly before the write: kernel names go to other disks, and a free disk is taken by somebody else.
    const disks = await readDisks(pve, node);
    const disk = diskOf(disks, inputs, node);
    const used = whyInUse(disk, node);
    if (used !== undefined) throw new Error(used);
    const journals = [inputs.dbDevice, inputs.walDevice].flatMap((name) => (name ? [diskOf(disks, name, node)] : []));
    for (const each of [disk, ...journals]) {
      const raw = await whyUsedRaw({ pve, root }, call, node, each);
      if (raw !== undefined) throw new Error(raw);
    }
    // The disk is free now: whatever OSD that Ceph does not know yet stands there later comes from what is asked for here.
    const map = await readMap(pve, call, node);
    const known = map.osds.map(({ uuid }) => uuid);
    const { fsid } = map;
    const { urn, mark } = call;
    const volumes = journals.length > 0 ? namesIn(await segmentsOn(pve, call, node)) : [];
    const device = disk.devpath.replace(/^\/dev\//, "");
    const tasks = await creationUpids(pve, node);
    const next = { serial: disk.serial, fsid, urn, mark, device, tasks, known, volumes, purged: [] };
    await writeNote(pve, call, node, next);
    note = next;
    return root.api.nodes.$(node).ceph.osd.$post({
      dev: pathOf(disk),
      ...(count > 1 ? { "osds-per-device": count } : {}),
      ...(inputs.deviceClass === undefined ? {} : { "crush-device-class": inputs.deviceClass }),
      ...(inputs.encrypted ? { encrypted: true } : {}),
      ...journal("db", disks, inputs.dbDevice, node),
      ...journal("wal", disks, inputs.walDevice, node),
    });
  };
  let failure: unknown;
  try {
    await root.task(call, `making ${count === 1 ? "an OSD" : `${count} OSDs`} on node ${node}`, dispatch);
  } catch (error) {
    failure = error;
    if (isProxmoxError(error, "unavailable")) await untilDisksRest(pve, call, node);
  }
  // What is there then has been made by somebody else meanwhile.
  if (!note) throw failure instanceof Error ? failure : new Error("nothing was asked of Proxmox");
  if (isRefused(failure) && (await creationsSince(pve, node, note)).length === 0)
    await removeNote(pve, call, node, note.serial);
  // Neither an exit code nor the end of a task tells how many there are.
  const { disk, blocks } = await lookAtDisk(pve, call, node, { serial: inputs.serial, byId: inputs.byId });
  if (failure instanceof Error) {
    const left = await neverStarted(pve, call, node, blocks);
    const made = blocks.filter((block) => !left.includes(block));
    if (left.length > 0) {
      if (made.length > 0) found(disk, made);
      throw new Error(
        `${failure.message}; what is left on the disk with serial ${disk.serial} has never run ` +
          `(${left.map(({ id, uuid }) => `osd.${id}, ${uuid}`).join("; ")}): run up again, which starts it where its file system is whole, removes it and makes it anew ` +
          "where none was made, and says else how to go on",
        { cause: failure },
      );
    }
  }
  // Somebody else may have been first: what is not as described is not this resource's.
  if (blocks.length === count) await refuseForeign(pve, call, inputs, node, disk, blocks);
  if (blocks.length > 0) found(disk, blocks);
  if (blocks.length === count) return;
  if (blocks.length === 0 && failure instanceof Error) throw failure;
  if (blocks.length === 0)
    throw new Error(`the task ended well, and there is no OSD on the disk with serial ${disk.serial}`);
  const why = failure instanceof Error ? `: ${failure.message}` : "";
  throw new Error(tooFew(disk, blocks, count) + why);
}

export const tooFew = (disk: NodeDisk, blocks: readonly OsdVolume[], count: number): string =>
  `of ${count} OSDs on the disk with serial ${disk.serial} ${blocks.length === 1 ? "one was" : `${blocks.length} were`} made ` +
  `(${blocks.map(({ id }) => `osd.${id}`).join(", ")}). Where this resource has begun that, run up again, which makes the rest. ` +
  "Else Proxmox adds none to a disk in use: remove this resource (pulumi destroy --target), which drains what was made, and run up again";

/** Proxmox has answered, and begun nothing. */
const isRefused = (failure: unknown): boolean =>
  isProxmoxError(failure) && failure.upid === undefined && (failure.status ?? 0) >= 400 && (failure.status ?? 0) <= 500;

/** Those that Ceph knows as never having been in, and that nothing is about to start. */
export async function neverStarted(
  pve: Pve,
  call: Call,
  node: string,
  blocks: readonly OsdVolume[],
): Promise<OsdVolume[]> {
  const map = await readMap(pve, call, node);
  const found: OsdVolume[] = [];
  for (const block of blocks) {
    const entry = map.osds.find(({ id, uuid }) => id === block.id && uuid === block.uuid);
    if (entry && hasNeverRun(entry) && !(await isDaemonActive(pve, call, node, block.id, block.uuid)))
      found.push(block);
  }
  return found;
}

/** A guest that was given the whole disk may have written nothing there that Proxmox recognises. */
export async function whyUsedRaw(
  access: Access,
  call: Call,
  node: string,
  disk: NodeDisk,
): Promise<string | undefined> {
  const { users, unclear } = await rawUsers(access, call, node, disk);
  const unsure = unclear.filter((each) =>
    /^(?:\/dev\/(?:disk|block|bsg|mapper|raw|sd|nvme|sg|ng)|PCI|USB)/i.test(each),
  );
  if (users.length === 0 && unsure.length > 0)
    return `a disk in use is never touched: on node ${node} ${unsure.join(", ")} may lead to any disk; take it out of the guest first`;
  if (users.length === 0) return undefined;
  return `a disk in use is never touched: on node ${node} ${users.join(", ")} has the disk with serial ${disk.serial} (${disk.devpath})`;
}

/** A link that is made of model and serial number cannot be another disk's. */
export const pathOf = (disk: NodeDisk): string => disk.link ?? disk.devpath;

function journal(
  kind: "db" | "wal",
  disks: readonly NodeDisk[],
  wanted: CephOsdInputs["dbDevice"],
  node: string,
): Record<string, string | number> {
  if (!wanted) return {};
  const disk = diskOf(disks, wanted, node);
  const why = whyNoJournal(disk, node);
  if (why !== undefined) throw new Error(`${kind}Device: ${why}`);
  return {
    [`${kind}_dev`]: pathOf(disk),
    ...(wanted.sizeGiB === undefined ? {} : { [`${kind}_dev_size`]: wanted.sizeGiB }),
  };
}

/** What a lost answer or a run that was killed has begun may be under way: OSDs are made, or a disk is wiped. */
export const untilDisksRest = (pve: Pve, call: Call, node: string): Promise<true> =>
  pve.until(
    `the end of what was begun on node ${node}`,
    async () => {
      const running = wire
        .list(await pve.api.nodes.$(node).tasks.$get({ source: "active" }))
        .filter(({ endtime }) => endtime === undefined || endtime === null)
        .filter(({ type }) => type === "cephcreateosd" || type === "wipedisk" || type === "cephdestroyosd")
        .map(({ type, id }) => `${wire.string(type)} ${wire.string(id) ?? ""}`);
      return running.length === 0 ? { done: true as const } : { pending: `${running.join(", ")} is running` };
    },
    call.remainingMs(),
  );

/** They are done when they serve: up, and in the tree with their class. */
export const untilUp = (
  pve: Pve,
  call: Call,
  node: string,
  osds: readonly { readonly id: number; readonly uuid: string }[],
): Promise<true> =>
  pve.until(
    `${osds.map(({ id }) => `osd.${id}`).join(", ")} to be up`,
    async () => {
      const map = await readMap(pve, call, node);
      const down = osds.filter((osd) => !map.osds.some(({ id, uuid, up }) => up && id === osd.id && uuid === osd.uuid));
      return down.length === 0
        ? { done: true as const }
        : { pending: `${down.map(({ id }) => `osd.${id}`).join(", ")} down` };
    },
    call.remainingMs(),
    "ceph osd",
  );

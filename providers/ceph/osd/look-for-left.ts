import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import { isOwn, readNote, type CreationNote } from "./creation-note";
import { begunSince } from "./creation-tasks";
import { describeDisk, type DiskName, type NodeDisk } from "./disk";
import type { BluestoreLabel } from "./bluestore-label";
import { isBlank, isDaemonActive, readLabel, segmentsOn } from "./resume-commands";
import { diskOf, whyUsedRaw, type Access } from "./make-osds";
import { readDisks, readMap, readVolumes, type OsdMap } from "./osd-map";
import { begunVolumes, hasNeverRun, judgeLeft, type JudgedLeft } from "./unfinished";

/** A creation that was begun on a disk, and what has become of it. */
export interface LeftOnDisk {
  readonly disk: NodeDisk;
  readonly map: OsdMap;
  readonly note: CreationNote;
  /** This very resource has begun it. */
  readonly isOwn: boolean;
  readonly judged: JudgedLeft;
}

/** Undefined where no creation was begun on the disk that has not come to its end. Only reads. */
export async function lookForLeft(
  access: Access,
  call: Call,
  node: string,
  name: DiskName,
): Promise<LeftOnDisk | undefined> {
  const { pve } = access;
  const disks = await readDisks(pve, node);
  const disk = diskOf(disks, name, node);
  const note = await readNote(pve, call, node, disk.serial);
  if (!note) return undefined;
  if (!isOwn(note, call)) {
    const why = `the creation was begun by ${note.urn}, which is another resource or another stack`;
    return { disk, map: await readMap(pve, call, node), note, isOwn: false, judged: { why } };
  }
  const { begun, asked, purged, prepared, problem } = await begunSince(pve, call, node, note);
  const segments = await segmentsOn(pve, call, node);
  const blank = new Set<string>();
  const labels = new Map<string, BluestoreLabel>();
  for (const volume of begunVolumes({ disk, segments, begun })) {
    if (await isBlank(pve, call, node, volume)) blank.add(volume);
    const label = blank.has(volume) ? undefined : await readLabel(pve, call, node, volume);
    if (label) labels.set(volume, label);
  }
  const volumes = await readVolumes(pve, call, node);
  // Whether they have run is what is asked last.
  const map = await readMap(pve, call, node);
  const active = new Set<number>();
  for (const osd of map.osds)
    if (hasNeverRun(osd) && begun.has(osd.uuid) && (await isDaemonActive(pve, call, node, osd.id, osd.uuid)))
      active.add(osd.id);
  const known = { ...note, purged: [...note.purged, ...purged] };
  const all = { disk, map, volumes, segments, note: known, begun, asked, prepared, active, blank, labels };
  const judged = judgeLeft(all);
  const found = { disk, map, note, isOwn: true };
  if ("why" in judged)
    return { ...found, judged: problem === undefined ? judged : { why: `${judged.why} (${problem})` } };
  if (!isSomethingLeft(judged.unfinished)) return { ...found, judged };
  // A guest writes what neither LVM nor Ceph sees.
  const raw = await whyUsedRaw(access, call, node, disk);
  return { ...found, judged: raw === undefined ? judged : { why: raw } };
}

type Unfinished = Extract<JudgedLeft, { unfinished: unknown }>["unfinished"];

/** Is there anything to remove, or to start? */
const isSomethingLeft = ({ osds, whole, emptyGroup }: Unfinished): boolean =>
  osds.length > 0 || whole.length > 0 || emptyGroup !== undefined;

/** What will be done about it, in words; undefined where there is nothing to do. */
export function describeLeft(call: Call, { disk, judged }: LeftOnDisk, wanted: number): string | undefined {
  if ("why" in judged) return undefined;
  const { osds, whole, emptyGroup } = judged.unfinished;
  const made = [...judged.unfinished.made, ...whole];
  const named = osds.map(({ id, uuid }) => `${id === undefined ? "an OSD" : `osd.${id}`} (${uuid})`);
  const one = named.length === 1;
  const anew = made.length < wanted ? " and made anew" : "";
  const parts = [
    ...whole.map(({ id, uuid }) => `osd.${id} (${uuid}) has its file system and was never started; it is started`),
    ...(named.length === 0
      ? []
      : [`${named.join(", ")} ${one ? "has" : "have"} never run; ${one ? "it is" : "they are"} removed${anew}`]),
    ...(emptyGroup === undefined
      ? []
      : [`volume group ${emptyGroup} is empty, and is removed; ${disk.devpath} is free then`]),
    ...(made.length > 0 && made.length < wanted
      ? [`${made.length} of ${wanted} OSDs were made, the rest is made beside`]
      : []),
  ];
  if (parts.length === 0) return undefined;
  const unsure = isOwnerKnown(call) ? "" : " (where another stack has begun it, nothing of it is touched)";
  return `${describeDisk(disk)}: a creation was cut off: ${parts.join("; ")}${unsure}`;
}

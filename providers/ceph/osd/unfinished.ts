import { wire } from "../../../pve";
import type { BluestoreLabel } from "./bluestore-label";
import { pathsOf, type NodeDisk } from "./disk";
import type { CreationNote } from "./creation-note";
import type { OsdMap, OsdVolume } from "./osd-map";

/** A part of a physical volume, as LVM lists it; without a name it is free. */
export interface Segment {
  readonly device: string;
  readonly vg: string;
  readonly lv: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a creation has left of an OSD that has never run. */
interface LeftOsd {
  readonly uuid: string;
  /** Its id, where Ceph's map has it. */
  readonly id: number | undefined;
  /** Its volume on the disk, as `vg/lv`. */
  readonly volume: string | undefined;
  /** Its file system was begun: the label tells its uuid, and not what an OSD needs to start. */
  readonly half: boolean;
}

/** An OSD whose file system is whole, and that was never started. */
interface WholeOsd {
  readonly uuid: string;
  readonly id: number;
  readonly volume: string;
  /** Its label is within LUKS: the log of the creation says that the file system was made. */
  readonly encrypted: boolean;
}

/** All that a creation which was cut off has left, and that is removed before it is begun again. */
interface Unfinished {
  readonly osds: readonly LeftOsd[];
  /** What only has to be started. */
  readonly whole: readonly WholeOsd[];
  /** The group on the disk, where nothing is in it. */
  readonly emptyGroup: string | undefined;
  /** OSDs of this creation on the disk that have run, or are starting. */
  readonly made: readonly string[];
}

export type JudgedLeft = { readonly unfinished: Unfinished } | { readonly why: string };

interface Looked {
  readonly disk: NodeDisk;
  readonly map: Pick<OsdMap, "fsid" | "osds">;
  /** What ceph-volume lists on the node. */
  readonly volumes: readonly OsdVolume[];
  /** What LVM lists on the node. */
  readonly segments: readonly Segment[];
  readonly note: CreationNote;
  /** By the log of this very creation, which has ended: uuids for which it has got an id, its group, and its volumes for database or log. */
  readonly begun: ReadonlySet<string>;
  /** All uuids for which it has asked Ceph for an id. */
  readonly asked: ReadonlySet<string>;
  /** Those of which it says that they are prepared: their file systems are whole. */
  readonly prepared: ReadonlySet<string>;
  /** Ids of OSDs that systemd runs, or is about to. */
  readonly active: ReadonlySet<number>;
  /** Volumes, as `vg/lv`, that were found to hold nothing at all. */
  readonly blank: ReadonlySet<string>;
  /** Labels of volumes to which something was written, by `vg/lv`. */
  readonly labels: ReadonlyMap<string, BluestoreLabel>;
}

const uuidForm = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const blockName = new RegExp(`^osd-block-(${uuidForm})$`);
const journalName = new RegExp(`^osd-(?:db|wal)-${uuidForm}$`, "i");
const groupName = new RegExp(`^ceph-${uuidForm}$`, "i");

/** Throws where the answer is not what LVM prints: what it does not tell is not free. */
export function segmentsIn(answer: unknown): Segment[] {
  const reports = wire.object(answer)["report"];
  const lists = Array.isArray(reports) ? reports.flatMap((report) => Object.values(wire.object(report))) : [];
  if (lists.length === 0 || !lists.every(Array.isArray))
    throw new Error("the answer of pvs is no report of physical volumes; nothing was changed");
  return lists.flatMap((rows) =>
    wire.list(rows).map((row) => {
      const [device, vg, lv, tags] = ["pv_name", "vg_name", "lv_name", "lv_tags"].map((key) => wire.string(row[key]));
      if (device === undefined || vg === undefined || lv === undefined || tags === undefined)
        throw new Error("the answer of pvs does not tell of each part whose it is; nothing was changed");
      return { device, vg, lv, tags: tagsIn(tags) };
    }),
  );
}

const tagsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(",")
      .filter((tag) => tag !== "")
      .map((tag) => {
        const at = tag.indexOf("=");
        return at < 0 ? [tag, ""] : [tag.slice(0, at), tag.slice(at + 1)];
      }),
  );

const nameOf = ({ vg, lv }: Segment): string => `${vg}/${lv}`;

/** All volumes, as `vg/lv`. */
export const namesIn = (segments: readonly Segment[]): string[] => [
  ...new Set(segments.filter(({ lv }) => lv !== "").map(nameOf)),
];

interface Begun {
  /** Uuids for which it asked Ceph for an id and which it did not start, the group that it made, and volumes for database or log. */
  readonly begun: ReadonlySet<string>;
  /** All uuids for which it asked for one. */
  readonly asked: ReadonlySet<string>;
  /** Uuids that Ceph has removed for it as ones that never ran, when it failed. */
  readonly purged: readonly string[];
  /** Uuids whose file systems it has made. */
  readonly prepared: ReadonlySet<string>;
}

/** What the log of a creation names. */
export function begunIn(lines: readonly string[]): Begun {
  const asked = new RegExp(`^Running command: \\S*ceph .*\\bosd new (${uuidForm})(?: \\d+)?$`);
  const group = new RegExp(`^Running command: (?:\\S*/)?vgcreate --force --yes (ceph-${uuidForm}) /dev/\\S+$`, "i");
  // What lvcreate says itself, in the same moment.
  const journal = new RegExp(`^Logical volume "(osd-(?:db|wal)-${uuidForm})" created\\.?$`, "i");
  const begun = new Set<string>();
  const asks = new Set<string>();
  const prepared = new Set<string>();
  const purged: string[] = [];
  let last: string | undefined;
  for (const each of lines) {
    const line = each.trim();
    const uuid = asked.exec(line)?.[1];
    if (uuid !== undefined) asks.add((last = uuid));
    const found = uuid ?? group.exec(line)?.[1] ?? journal.exec(line)?.[1];
    if (found !== undefined) begun.add(found);
    if (last === undefined) continue;
    if (/^--> ceph-volume lvm activate successful for osd ID: /.test(line)) begun.delete(last);
    if (/^--> ceph-volume lvm prepare successful for: /.test(line)) prepared.add(last);
    if (/^stderr: purged osd\.\d+$/.test(line)) purged.push(last);
  }
  return { begun, asked: asks, purged, prepared };
}

/** Ceph says itself that no data has ever been placed on it, and that it has never been up. */
export const hasNeverRun = ({ isNew, hasBooted, up, in: isIn }: OsdMap["osds"][number]): boolean =>
  isNew && !hasBooted && !up && !isIn;

/** Volumes on the disk that are named as those of OSDs which this creation has begun: whether they hold anything has to be looked at. */
export const begunVolumes = ({ disk, segments, begun }: Pick<Looked, "disk" | "segments" | "begun">): string[] => [
  ...new Set(
    segments
      .filter(({ device, vg }) => device === disk.devpath && groupName.test(vg))
      .filter(({ lv }) => begun.has(blockName.exec(lv)?.[1] ?? ""))
      .map(nameOf),
  ),
];

/**
 * What a creation that was cut off has left. Each part has to show by itself that it has never held data: nothing was ever written to
 * its volume, the log of this very creation names it, the map says of its very uuid that it never ran, and it is younger than the
 * note, which was written when the disk was free. Anything else on the disk makes the whole untouchable.
 */
export function judgeLeft(looked: Looked): JudgedLeft {
  const { disk, map, segments, note, begun } = looked;
  if (note.serial !== disk.serial) return { why: "the creation was begun on another disk" };
  if (note.fsid !== map.fsid) return { why: `the creation was begun for another Ceph (${note.fsid})` };
  const paths = pathsOf(disk);
  const [whole, ...partitions] = paths;
  if (partitions.length > 0 || segments.some(({ device }) => partitions.includes(device)))
    return { why: "there are partitions on the disk" };
  if (disk.mounted || disk.journals > 0 || (disk.used !== undefined && disk.used !== "LVM"))
    return { why: "something else has come on the disk since" };
  const here = segments.filter(({ device }) => device === whole);
  if (disk.used === "LVM" && here.length === 0) return { why: "LVM does not list what Proxmox sees on the disk" };
  if (disk.used === undefined && here.length > 0) return { why: "LVM lists what Proxmox does not see on the disk" };
  const [vg, ...others] = [...new Set(here.map((segment) => segment.vg))];
  if (others.length > 0) return { why: "there are several volume groups on the disk" };
  if (vg !== undefined && vg !== "") {
    if (!groupName.test(vg)) return { why: `volume group ${vg} on the disk is not one that a creation of OSDs makes` };
    if (segments.some((segment) => segment.vg === vg && segment.device !== whole))
      return { why: `volume group ${vg} is on other disks as well` };
  }
  if (vg === "") return { why: "LVM has a physical volume there that is in no group" };
  const volumes = new Map(here.filter(({ lv }) => lv !== "").map((segment) => [segment.lv, segment]));
  const osds: LeftOsd[] = [];
  const finished: WholeOsd[] = [];
  const made: string[] = [];
  for (const segment of volumes.values()) {
    const judged = judgeVolume(looked, segment);
    if ("why" in judged) return judged;
    if ("left" in judged) osds.push(judged.left);
    else if ("whole" in judged) finished.push(judged.whole);
    else made.push(judged.made);
  }
  const isEmpty = vg !== undefined && volumes.size === 0;
  if ((isEmpty || osds.length > 0) && !begun.has(vg ?? ""))
    return { why: `the log of the creation does not name volume group ${vg} on the disk` };
  osds.push(...withoutVolume(looked));
  // Nothing on it tells whose it is: any creation on the node has volumes like that for a moment.
  const stray = segments.find((each) => isStray(note, each) && begun.has(each.lv));
  if (stray)
    return {
      why: `volume ${nameOf(stray)} for database or log has come to no OSD, and nothing on it tells whose it is`,
    };
  const emptyGroup = isEmpty ? vg : undefined;
  return { unfinished: { osds, whole: finished, emptyGroup, made } };
}

/** For database or log, without an identity, and younger than the note. */
const isStray = (note: CreationNote, segment: Segment): boolean =>
  journalName.test(segment.lv) && Object.keys(segment.tags).length === 0 && !note.volumes.includes(nameOf(segment));

function judgeVolume(
  looked: Looked,
  segment: Segment,
): { readonly left: LeftOsd } | { readonly whole: WholeOsd } | { readonly made: string } | { readonly why: string } {
  const { disk, map, volumes, segments, note, begun, asked, active, blank } = looked;
  const { vg, lv, tags } = segment;
  const uuid = blockName.exec(lv)?.[1];
  if (uuid === undefined) return { why: `volume ${vg}/${lv} on the disk is not that of an OSD` };
  const entry = map.osds.find((osd) => osd.uuid === uuid);
  const listed = volumes.filter((volume) => volume.uuid === uuid);
  const [id, fsid] = [tags["ceph.osd_id"], tags["ceph.cluster_fsid"]];
  const named = entry ? `osd.${entry.id} (${uuid})` : id === undefined ? uuid : `osd.${id} (${uuid})`;
  const hasTag = (name: string): boolean => tags[`ceph.${name}`] !== undefined;
  if (!["osd_id", "osd_fsid", "cluster_fsid"].some(hasTag)) {
    const foreign = Object.keys(tags).find((tag) => tag !== "ceph.type" && tag !== "ceph.block_device");
    if (foreign !== undefined) return { why: `volume ${vg}/${lv} has a tag that no creation leaves alone: ${foreign}` };
    if (listed.some(({ type }) => type === "block"))
      return { why: `ceph-volume and LVM do not agree on the volumes of ${uuid}` };
    if (entry && (!hasNeverRun(entry) || active.has(entry.id))) return { why: `${named} has run, or is starting` };
  } else {
    if (tags["ceph.osd_fsid"] !== uuid)
      return { why: `volume ${vg}/${lv} is of an OSD with another uuid than its name` };
    if (fsid !== map.fsid) return { why: `osd.${id} (${uuid}) is of another Ceph (${fsid})` };
    if (entry && String(entry.id) !== id)
      return { why: `${uuid} is osd.${id} on the disk, and osd.${entry.id} in Ceph's map` };
    if (entry && (!hasNeverRun(entry) || active.has(entry.id)))
      return asked.has(uuid)
        ? { made: uuid }
        : { why: `${named} was not made by this creation, as far as its log tells` };
    const [block, ...more] = listed.filter(({ type }) => type === "block");
    const whole = block?.vg === vg && block.lv === lv && block.devices.join() === disk.devpath;
    if (more.length > 0 || !whole || listed.some((each) => String(each.id) !== id || each.fsid !== map.fsid))
      return { why: `ceph-volume and LVM do not agree on the volumes of ${named}` };
  }
  if (note.known.includes(uuid)) return { why: `${named} was there before the creation` };
  if (!begun.has(uuid))
    return { why: `no log of a creation on this node names ${uuid} as begun by this resource, and not started` };
  if (volumes.some((each) => each.uuid !== uuid && String(each.id) === (id ?? String(entry?.id))))
    return { why: `another OSD on this node has the id of ${named}` };
  const written = blank.has(nameOf(segment)) ? undefined : judgeWritten(looked, segment, uuid);
  if (written !== undefined && !("half" in written)) return written;
  const elsewhere = segments.find(
    (other) => nameOf(other) !== nameOf(segment) && (other.lv.includes(uuid) || other.tags["ceph.osd_fsid"] === uuid),
  );
  if (elsewhere) return { why: `volume ${nameOf(elsewhere)} is ${named}'s as well` };
  if (listed.some(({ type }) => type !== "block")) return { why: `${named} has volumes on other disks as well` };
  // Ceph forgets with an OSD also whether it has run.
  if (!entry && !note.purged.includes(uuid))
    return { why: `${named} is not in Ceph's map any more, so that it may have run` };
  return { left: { uuid, id: entry?.id, volume: nameOf(segment), half: written !== undefined } };
}

/**
 * What was written to the volume of an OSD: its whole file system, the beginning of one that never came to its end, or something of
 * which nothing is known.
 */
function judgeWritten(
  { map, segments, volumes, prepared, labels }: Looked,
  segment: Segment,
  uuid: string,
): { readonly whole: WholeOsd } | { readonly half: true } | { readonly why: string } {
  const { tags } = segment;
  const volume = nameOf(segment);
  const because = (what: string) => ({
    why: `volume ${volume} of ${uuid} does not begin with zeroes, so that something was written to it, and ${what}`,
  });
  const entry = map.osds.find((osd) => osd.uuid === uuid);
  const id = tags["ceph.osd_id"];
  if (id === undefined) return because("it has no identity");
  const encrypted = tags["ceph.encrypted"] === "1";
  const label = labels.get(volume);
  if (encrypted && !prepared.has(uuid)) return because("what is within LUKS is not known");
  if (!encrypted && label === undefined) return because("it has no label of BlueStore that can be read");
  if (!encrypted && label?.uuid !== uuid) return because(`its label is that of another OSD (${label?.uuid})`);
  if (!encrypted && label && !label.ready)
    return label.id === undefined && label.fsid === undefined
      ? { half: true }
      : because("its label is neither whole nor only begun");
  if (entry === undefined) return because("its OSD is not in Ceph's map");
  if (!encrypted && (label?.id !== String(entry.id) || label.fsid !== map.fsid))
    return because(`its label is that of osd.${label?.id} of Ceph ${label?.fsid}`);
  // For database or log: what belongs to it has to say the same, and everything of it has to be there.
  const own = segments.filter((other) => nameOf(other) !== volume && other.tags["ceph.osd_fsid"] === uuid);
  const strange = own.find(
    (other) =>
      !journalName.test(other.lv) || other.tags["ceph.osd_id"] !== id || other.tags["ceph.cluster_fsid"] !== map.fsid,
  );
  if (strange) return because(`volume ${nameOf(strange)} does not say the same of it`);
  for (const kind of ["db", "wal"]) {
    const named = tags[`ceph.${kind}_device`];
    const listed = volumes.filter((each) => each.uuid === uuid && each.type === kind);
    const there = own.filter((other) => other.tags["ceph.type"] === kind && `/dev/${nameOf(other)}` === named);
    if (named === undefined ? listed.length > 0 : listed.length !== 1 || there.length !== 1)
      return because(`its volume for ${kind === "db" ? "the database" : "the log"} is not the one that it names`);
  }
  return { whole: { uuid, id: entry.id, volume, encrypted } };
}

/** Ids that this creation has got, and has made nothing of: no volume of the node has such a uuid. */
function withoutVolume({ map, volumes, segments, note, begun, active }: Looked): LeftOsd[] {
  return map.osds
    .filter((osd) => hasNeverRun(osd) && !active.has(osd.id) && !note.known.includes(osd.uuid) && begun.has(osd.uuid))
    .filter(({ id, uuid }) => !volumes.some((volume) => volume.uuid === uuid || volume.id === id))
    .filter(({ uuid }) => !segments.some(({ lv, tags }) => lv.includes(uuid) || tags["ceph.osd_fsid"] === uuid))
    .map(({ id, uuid }) => ({ id, uuid, volume: undefined, half: false }));
}

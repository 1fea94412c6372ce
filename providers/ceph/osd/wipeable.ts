import { wire } from "../../../pve";
import { describeDisk, pathsOf, type NodeDisk } from "./disk";
import type { OsdMap, OsdVolume } from "./osd-map";

/**
 * What a disk or a partition may hold that is wiped: file systems of one device, that show where they are mounted. A list of
 * what is forbidden would forget something: members of arrays, pools and clusters, swap, and file systems that are mounted
 * by another one of their devices, look like nothing that is in use.
 */
const harmless = /^(?:ext[234]|xfs|jfs|reiserfs|f2fs|ntfs|vfat|exfat|udf|iso9660|crypto_LUKS)$/;

/** Volumes that this Ceph has made and whose OSDs it does not know any more, with everything of theirs on this disk. */
export function leftoversOn(
  disk: NodeDisk,
  map: Pick<OsdMap, "fsid" | "osds">,
  volumes: readonly OsdVolume[],
): readonly OsdVolume[] {
  const on = volumes.filter(({ devices }) => devices.some((path) => pathsOf(disk).includes(path)));
  const dead = on.every(
    ({ id, type, uuid, fsid, separateDb, separateWal, devices }) =>
      type === "block" &&
      uuid !== "" &&
      fsid === map.fsid &&
      !separateDb &&
      !separateWal &&
      devices.every((path) => pathsOf(disk).includes(path)) &&
      // With an id that is another one's by now the clean-up would unmount that one's directory.
      !map.osds.some((osd) => osd.uuid === uuid || osd.id === id) &&
      volumes.filter((other) => other.id === id).length === 1 &&
      volumes.filter((other) => other.uuid === uuid).length === 1,
  );
  const listed = disk.osdIds.every((id) => on.some((volume) => volume.id === id));
  return dead && listed ? on : [];
}

/** Why the disk is not wiped, whatever names it; undefined where nothing that Proxmox lists forbids it. */
export function whyNeverWiped(disk: NodeDisk, leftovers: readonly OsdVolume[]): string | undefined {
  const uses = [disk.used, ...disk.partitions.map(({ used }) => used)].filter((used) => used !== undefined);
  if (disk.mounted) return "a file system on it is mounted";
  if (disk.journals > 0) return "databases or logs of OSDs are on it";
  if (disk.ofCeph && leftovers.length === 0)
    return "OSDs are on it, and none of any Ceph is wiped but what this one has made and does not know any more";
  const bad = uses.filter(
    (used) => used !== "partitions" && !harmless.test(used) && !(used === "LVM" && leftovers.length > 0),
  );
  return bad.length === 0 ? undefined : `${[...new Set(bad)].join(", ")} on it is never wiped`;
}

/** `wipe` has named another disk than the one that is meant. */
export const whyNotNamed = (disk: NodeDisk, wipe: { readonly serial: string } | undefined): string | undefined =>
  wipe === undefined || wipe.serial === disk.serial
    ? undefined
    : `wipe.serial names ${wipe.serial}, and this is ${describeDisk(disk)}`;

/** How device-mapper calls a volume: a dash of a name is doubled. */
const mapped = ({ vg, lv }: OsdVolume): string =>
  `/dev/mapper/${[vg, lv].map((name) => name.replaceAll("-", "--")).join("-")}`;

/** What holds the disk or a partition of it, by the answer of lsblk: mounts, and devices that are made of it. */
export function holdersIn(answer: unknown, disk: NodeDisk, leftovers: readonly OsdVolume[]): string[] {
  const tops = wire.list(wire.object(answer)["blockdevices"]);
  const [top, ...more] = tops;
  if (!top || more.length > 0 || top["name"] !== disk.devpath || top["type"] !== "disk")
    return ["lsblk does not tell what stands on it"];
  const allowed = leftovers.map(mapped);
  const holders: string[] = [];
  const visit = (row: wire.WireObject): void => {
    const name = wire.string(row["name"]) ?? "?";
    const points = Array.isArray(row["mountpoints"]) ? row["mountpoints"] : [row["mountpoint"]];
    const mounts = points.flatMap((point) =>
      point === null || point === undefined ? [] : [wire.string(point) ?? "?"],
    );
    if (mounts.length > 0) holders.push(`${name} is in use at ${mounts.join(", ")}`);
    if (row !== top && row["type"] !== "part" && !(row["type"] === "lvm" && allowed.includes(name)))
      holders.push(`${name} (${wire.string(row["type"]) ?? "of unknown kind"}) is made of it`);
    for (const child of wire.list(row["children"])) visit(child);
  };
  visit(top);
  return holders;
}

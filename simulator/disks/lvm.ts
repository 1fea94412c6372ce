import type { Holding } from "../world/disk.js";
import type { VolumeGroup } from "../world/storage.js";
import type { NodeState } from "../world/world.js";
import { holdingOf, liveDisks, partitionPath, type BlockDevice } from "./block-devices.js";

const extent = 4 * 2 ** 20;
/** Extents are handed out whole. */
export const wholeExtents = (size: number): number => Math.floor(size / extent) * extent;

export function volumeGroups(node: NodeState): Record<string, VolumeGroup> {
  node.hardware.storage ??= {};
  return (node.hardware.storage.volumeGroups ??= {});
}

/** The physical volumes of a group. */
export function physicalVolumes(node: NodeState, vg: string): BlockDevice[] {
  return liveDisks(node)
    .flatMap((disk): BlockDevice[] => [
      { disk, path: disk.devpath },
      ...(disk.partitions ?? []).map((partition) => ({ disk, partition, path: partitionPath(disk, partition) })),
    ])
    .filter((device) => {
      const holding = holdingOf(device);
      return holding?.kind === "lvm" && holding.vg === vg;
    });
}

/** `vgcreate` on one device; the first megabyte is LVM's own. */
export function createGroup(node: NodeState, device: BlockDevice, vg: string): VolumeGroup {
  const target = device.partition ?? device.disk;
  target.holds = { kind: "lvm", vg };
  return (volumeGroups(node)[vg] = { size: wholeExtents(target.size - 2 ** 20) });
}

export function freeIn({ size, thinPools = {}, volumes = {} }: VolumeGroup): number {
  const pools = Object.values(thinPools).reduce((sum, pool) => sum + pool, 0);
  return Math.max(0, size - pools - Object.values(volumes).reduce((sum, volume) => sum + volume.size, 0));
}

export const volumeCount = ({ thinPools = {}, volumes = {} }: VolumeGroup): number =>
  Object.keys(thinPools).length + Object.keys(volumes).length;

/** `vgremove -y` and `pvremove`: all volumes go with the group, and its devices are free. */
export function destroyGroup(node: NodeState, vg: string): void {
  for (const { disk, partition } of physicalVolumes(node, vg)) delete (partition ?? disk).holds;
  delete volumeGroups(node)[vg];
}

/** What ceph-volume made on a physical volume, as `get_ceph_volume_infos` (PVE/Diskmanage.pm) sees it. */
export interface OsdsOn {
  ids: string[];
  encrypted: boolean;
  db: number;
  wal: number;
}

/** A volume's first device speaks for all. */
export function osdsOn(node: NodeState, holding: Holding | undefined): OsdsOn {
  const found: OsdsOn = { ids: [], encrypted: false, db: 0, wal: 0 };
  const vg = holding?.kind === "lvm" ? holding.vg : undefined;
  const group = vg === undefined ? undefined : node.hardware.storage?.volumeGroups?.[vg];
  for (const [name, { tags = {} }] of Object.entries(group?.volumes ?? {})) {
    const kind = /^osd-([^-]+)-/.exec(name)?.[1];
    const id = tags["ceph.osd_id"];
    if (kind === "block" && id !== undefined) found.ids.push(id);
    if (kind === "block" && tags["ceph.encrypted"] === "1") found.encrypted = true;
    if (kind === "db") found.db++;
    if (kind === "wal") found.wal++;
  }
  return found;
}

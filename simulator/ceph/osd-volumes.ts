import type { BlockDevice } from "../disks/block-devices.js";
import { createGroup, freeIn, physicalVolumes, volumeGroups, wholeExtents } from "../disks/lvm.js";
import { randomUuid, type RandomState } from "../random.js";
import type { LogicalVolume } from "../world/disk.js";
import type { NodeState } from "../world/world.js";

/** A logical volume that ceph-volume made, and where it is. */
export interface OsdVolume {
  readonly vg: string;
  readonly lv: string;
  readonly volume: LogicalVolume;
  readonly device: BlockDevice | undefined;
}

/** All volumes of OSDs on a machine. */
export function osdVolumes(node: NodeState): OsdVolume[] {
  return Object.entries(node.hardware.storage?.volumeGroups ?? {}).flatMap(([vg, { volumes = {} }]) =>
    Object.entries(volumes)
      .filter(([, volume]) => volume.tags?.["ceph.osd_id"] !== undefined)
      .map(([lv, volume]) => ({ vg, lv, volume, device: physicalVolumes(node, vg)[0] ?? deadDevice(node, vg) })),
  );
}

/** The disk of a group that answers no more. */
function deadDevice(node: NodeState, vg: string): BlockDevice | undefined {
  const disk = node.hardware.disks.find(({ dead, holds }) => dead && holds?.kind === "lvm" && holds.vg === vg);
  return disk && { disk, path: disk.devpath };
}

/** The device with the data of an OSD. */
export function deviceOfOsd(node: NodeState, uuid: string): BlockDevice | undefined {
  return osdVolumes(node).find(
    ({ lv, volume }) => lv.startsWith("osd-block-") && volume.tags?.["ceph.osd_fsid"] === uuid,
  )?.device;
}

/** A new group on an unused device (`ceph-<uuid>`, recording 70). */
export function groupOn(node: NodeState, random: RandomState, device: BlockDevice): string {
  const vg = `ceph-${randomUuid(random)}`;
  createGroup(node, device, vg);
  return vg;
}

/** A volume in a group; without a size it takes what is free. */
export function addVolume(node: NodeState, vg: string, lv: string, size?: number): LogicalVolume {
  const group = volumeGroups(node)[vg];
  if (!group) throw new Error(`no volume group ${vg}`);
  const volume: LogicalVolume = {
    size: size === undefined ? freeIn(group) : Math.min(wholeExtents(size), freeIn(group)),
  };
  group.volumes = { ...group.volumes, [lv]: volume };
  return volume;
}

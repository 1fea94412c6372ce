import type { Disk } from "../world/disk.js";
import type { NodeState } from "../world/world.js";
import { holdingOf, partitionPath, type BlockDevice } from "./block-devices.js";
import { physicalVolumes, volumeGroups } from "./lvm.js";

/** Every volume group whose last physical volume is gone is gone too. */
function forgetLostGroups(node: NodeState, names: readonly string[]): void {
  for (const vg of names) if (physicalVolumes(node, vg).length === 0) delete volumeGroups(node)[vg];
}

const groupOf = (device: BlockDevice): string[] => {
  const holding = holdingOf(device);
  return holding?.kind === "lvm" && holding.vg !== undefined ? [holding.vg] : [];
};

const parts = (disk: Disk): BlockDevice[] =>
  (disk.partitions ?? []).map((partition) => ({ disk, partition, path: partitionPath(disk, partition) }));

/** `wipe_blockdev`: signatures and the first 200 MiB; returns what it prints. The disk remembers who did it. */
export function wipe(node: NodeState, device: BlockDevice, by: string, time: number): string[] {
  const { disk, partition, path } = device;
  const children = partition ? [] : parts(disk);
  const groups = [device, ...children].flatMap(groupOf);
  if (partition) {
    delete partition.holds;
    delete partition.kind;
  } else {
    delete disk.holds;
    delete disk.used;
    delete disk.partitions;
    disk.gpt = 0;
  }
  (disk.erased ??= []).push({ time, by });
  forgetLostGroups(node, groups);
  const names = children.map((child) => child.path).join(", ");
  return [...(names === "" ? [] : [`found child partitions to wipe: ${names}`]), `wiping block device ${path}`];
}

/** The kernel numbers disks as it finds them: at this boot each gets the name of its neighbour. */
export function renumber(node: NodeState): void {
  const disks = node.hardware.disks.filter(({ dead }) => !dead);
  const names = disks.map(({ devpath }) => devpath);
  disks.forEach((disk, index) => (disk.devpath = names[(index + 1) % names.length] ?? disk.devpath));
}

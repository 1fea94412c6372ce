import { die } from "../errors.js";
import { fail } from "../fail.js";
import type { Disk, Holding, Partition } from "../world/disk.js";
import type { NodeState } from "../world/world.js";

/** A disk, or a partition of it. */
export interface BlockDevice {
  readonly disk: Disk;
  readonly partition?: Partition;
  /** `/dev/nvme0n1p2` */
  readonly path: string;
}

/** `p` between name and number when the name ends in a digit. */
export function partitionPath({ devpath }: Disk, { number }: Partition): string {
  return `${devpath}${/\d$/.test(devpath) ? "p" : ""}${number}`;
}

/** The disks that the kernel sees, in the order of their names. */
export function liveDisks(node: NodeState): Disk[] {
  return node.hardware.disks.filter(({ dead }) => !dead).sort((a, b) => (a.devpath < b.devpath ? -1 : 1));
}

/** The link below /dev/disk/by-id that udev makes of model and serial number. */
export function byIdLink({ type, model, serial }: Disk): string {
  const bus = type === "nvme" ? "nvme" : "ata";
  return `/dev/disk/by-id/${bus}-${`${model}_${serial}`.replace(/[^\w.+-]+/g, "_")}`;
}

function devices(node: NodeState): BlockDevice[] {
  return liveDisks(node).flatMap((disk) => [
    { disk, path: disk.devpath },
    ...(disk.partitions ?? []).map((partition) => ({ disk, partition, path: partitionPath(disk, partition) })),
  ]);
}

/** The device of that name or link below by-id; undefined for anything else. */
export function deviceAt(node: NodeState, path: string): BlockDevice | undefined {
  const [, link = path, part] = /^(\/dev\/disk\/by-id\/.*?)(?:-part(\d+))?$/.exec(path) ?? [];
  const wwn = /^\/dev\/disk\/by-id\/(?:nvme-|wwn-)(.+)$/.exec(link)?.[1];
  return devices(node).find((device) => {
    if (device.path === path) return true;
    const isDisk = byIdLink(device.disk) === link || (wwn !== undefined && device.disk.wwn === wwn);
    return isDisk && device.partition?.number === (part === undefined ? undefined : Number(part));
  });
}

/** `verify_blockdev_path` (PVE/Diskmanage.pm): links are followed. */
export function blockDevice(node: NodeState, path: string): BlockDevice {
  const device = deviceAt(node, path);
  if (device) return device;
  // abs_path gives a path whose last part is missing, but none through a missing directory
  if (!/^\/dev\/(?:[^/]+|disk\/by-id\/[^/]+)$/.test(path) && path.startsWith("/dev/"))
    throw die(`failed to get absolute path to ${path}`);
  if (!path.startsWith("/dev/")) throw die(`got unusual device path '${path}'`);
  return fail("not a valid block device");
}

export const holdingOf = ({ disk, partition }: BlockDevice): Holding | undefined => (partition ?? disk).holds;

/** Volume groups and devices of ZFS are held by the kernel; a group without active volumes is not. */
function isHeld(node: NodeState, holding: Holding | undefined): boolean {
  if (holding?.kind !== "lvm" || holding.vg === undefined) return false;
  const group = node.hardware.storage?.volumeGroups?.[holding.vg];
  return group !== undefined && Object.keys({ ...group.thinPools, ...group.volumes }).length > 0;
}

const partsOf = (device: BlockDevice): BlockDevice[] =>
  device.partition
    ? [device]
    : [
        device,
        ...(device.disk.partitions ?? []).map((partition) => ({
          disk: device.disk,
          partition,
          path: partitionPath(device.disk, partition),
        })),
      ];

/** `has_holder`: the device or its last partition with something on it. */
export function holderOf(node: NodeState, device: BlockDevice): string | undefined {
  const held = partsOf(device).filter((part) => isHeld(node, holdingOf(part)));
  return (held.find(({ path }) => path === device.path) ?? held.at(-1))?.path;
}

/** `is_mounted`. */
export function mountedPart(device: BlockDevice): string | undefined {
  const mounted = partsOf(device).filter((part) => {
    const holding = holdingOf(part);
    return holding?.kind === "filesystem" && holding.mounted !== undefined;
  });
  return (mounted.find(({ path }) => path === device.path) ?? mounted.at(-1))?.path;
}

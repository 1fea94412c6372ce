import { holdingOf, type BlockDevice } from "../disks/block-devices.js";
import { destroyGroup, freeIn, volumeGroups } from "../disks/lvm.js";
import { diskUsage } from "../disks/usage.js";
import type { NodeState } from "../world/world.js";
import type { Ceph } from "./ceph.js";
import { osdVolumes, type OsdVolume } from "./osd-volumes.js";
import { batchUsage } from "./volume-report.js";

/** The group on a device whose name begins as those that ceph-volume makes (`get_device_vgs` of api/lvm.py). */
export function cephGroupOn(device: BlockDevice): string | undefined {
  const holding = holdingOf(device);
  return holding?.kind === "lvm" && holding.vg?.startsWith("ceph") ? holding.vg : undefined;
}

/** How many of so many equal parts of a device are free (`get_physical_osds` of devices/lvm/batch.py). */
export function freeSlots(node: NodeState, device: BlockDevice, count: number): number {
  const vg = cephGroupOn(device);
  const group = vg === undefined ? undefined : volumeGroups(node)[vg];
  return group ? Math.min(count, Math.floor(freeIn(group) / Math.floor(group.size / count))) : count;
}

/** Why ceph-volume does not take a device: an error with its exit code, or silence with exit 0 (FACT 25). */
export function refusalOf(
  node: NodeState,
  device: BlockDevice,
  count: number,
): { code: number; text: string } | undefined {
  const { disk, path } = device;
  // a group with room for more is taken as it is (`_check_lvm_reject_reasons` of util/device.py)
  if (cephGroupOn(device) !== undefined && freeSlots(node, device, count) > 0) return undefined;
  const hasOsds = osdVolumes(node).some(({ device: on }) => on?.disk === disk);
  if (hasOsds) return { code: 0, text: "--> All data devices are unavailable" };
  if ((disk.partitions ?? []).length > 0) return { code: 1, text: `--> RuntimeError: Device ${path} has partitions.` };
  if (disk.gpt === 1)
    return {
      code: 2,
      text: `${batchUsage}ceph-volume lvm batch: error: GPT headers found, they must be removed on: ${path}`,
    };
  if (disk.holds?.kind === "filesystem" || disk.holds?.kind === "signature")
    return { code: 1, text: `--> RuntimeError: Device ${path} has a filesystem.` };
  return diskUsage(disk) === undefined ? undefined : { code: 0, text: "--> All data devices are unavailable" };
}

/** A volume as `lvm list` shows it. */
interface ListedVolume {
  readonly type: string;
  readonly path: string;
  readonly devices: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly lv_name: string;
  readonly lv_path: string;
  readonly lv_size: string;
  readonly lv_uuid: string;
  readonly vg_name: string;
  readonly [key: string]: unknown;
}

/** `lvm list --format json`: by OSD id, block first (recording 70). */
export function lvmList(node: NodeState, id?: string): Record<string, ListedVolume[]> {
  const listed: Record<string, ListedVolume[]> = {};
  for (const { vg, lv, volume, device } of osdVolumes(node)) {
    // LVM reads what there is from the disks themselves
    if (device?.disk.dead) continue;
    const tags = volume.tags ?? {};
    const osd = tags["ceph.osd_id"] ?? "";
    if (id !== undefined && osd !== id) continue;
    const type = tags["ceph.type"] ?? "block";
    const path = `/dev/${vg}/${lv}`;
    const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
    const uuid = volume.uuid ?? tags[`ceph.${type}_uuid`] ?? "";
    (listed[osd] ??= []).push({
      ...{ devices: device ? [device.path] : [], lv_name: lv, lv_path: path, lv_size: String(volume.size) },
      lv_tags: Object.entries(sorted)
        .map((pair) => pair.join("="))
        .join(","),
      ...{ lv_uuid: uuid, name: lv, path, tags: sorted, type, vg_name: vg },
    });
  }
  return listed;
}

/** Removes the volumes of an OSD; the last one of a group takes group and physical volume along (FACT 7). */
export function zap(ceph: Ceph, node: NodeState, found: readonly OsdVolume[], destroy: boolean): string[] {
  const said: string[] = [];
  for (const { vg, lv, volume, device } of found) {
    const group = volumeGroups(node)[vg];
    if (!group) continue;
    said.push(`--> Zapping: /dev/${vg}/${lv}`);
    (device?.disk.erased ?? (device ? (device.disk.erased = []) : [])).push({
      time: ceph.now,
      by: `zap osd.${volume.tags?.["ceph.osd_id"]}`,
    });
    delete ceph.cluster.stores[volume.tags?.["ceph.osd_fsid"] ?? ""];
    if (!destroy) {
      delete volume.tags;
      delete volume.written;
      delete volume.label;
      continue;
    }
    const volumes = group.volumes ?? {};
    if (Object.keys(volumes).length + Object.keys(group.thinPools ?? {}).length === 1) {
      said.push(`--> Only 1 LV left in VG, will proceed to destroy volume group ${vg}`);
      destroyGroup(node, vg);
    } else {
      said.push("--> More than 1 LV left in VG, will proceed to destroy LV only");
      said.push(`--> Removing LV because --destroy was given: /dev/${vg}/${lv}`);
      delete volumes[lv];
    }
  }
  return said;
}

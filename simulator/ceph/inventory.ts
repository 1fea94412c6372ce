import { deviceAt, holdingOf, liveDisks, partitionPath, type BlockDevice } from "../disks/block-devices.js";
import { freeIn, volumeGroups } from "../disks/lvm.js";
import type { Disk } from "../world/disk.js";
import type { NodeState } from "../world/world.js";
import { humanSize } from "./volume-report.js";

const sector = 512;
const extent = 4 * 2 ** 20;

/** The groups whose physical volumes are on a disk. */
function groupsOn(disk: Disk): string[] {
  return [disk, ...(disk.partitions ?? [])].flatMap(({ holds }) =>
    holds?.kind === "lvm" && holds.vg !== undefined ? [holds.vg] : [],
  );
}

/** Why ceph-volume counts a disk as not available, in the order of their text (recording 70, n 13). */
function reasonsAgainst(node: NodeState, disk: Disk): string[] {
  const groups = groupsOn(disk);
  const full = groups.every((vg) => {
    const group = volumeGroups(node)[vg];
    return group === undefined || freeIn(group) / extent <= 10;
  });
  return [
    ...(disk.holds === undefined ? [] : ["Has a FileSystem"]),
    ...(disk.gpt === 1 ? ["Has GPT headers"] : []),
    ...((disk.partitions ?? []).length > 0 ? ["Has partitions"] : []),
    ...(disk.size < 5 * 2 ** 30 ? ["Insufficient space (<5GB)"] : []),
    ...(groups.length > 0 && full ? ["Insufficient space (<10 extents) on vgs"] : []),
    ...(groups.length > 0 ? ["LVM detected"] : []),
    ...(disk.usb === true ? ["id_bus"] : []),
  ].sort();
}

function partitionsOf(disk: Disk): Record<string, unknown> {
  let next = 34;
  return Object.fromEntries(
    (disk.partitions ?? []).map((partition) => {
      const start = next;
      const sectors = Math.floor(partition.size / sector);
      next += sectors;
      const name = partitionPath(disk, partition).replace("/dev/", "");
      const size = sectors * sector;
      return [
        name,
        {
          ...{ start: String(start), sectors: String(sectors), sectorsize: String(sector), size },
          ...{ human_readable_size: humanSize(size), holders: [] },
        },
      ];
    }),
  );
}

/** Volumes on a disk: what the tags of those of OSDs tell, of others their name alone. */
function volumesOn(node: NodeState, disk: Disk): Record<string, string>[] {
  return groupsOn(disk).flatMap((vg) =>
    Object.entries(volumeGroups(node)[vg]?.volumes ?? {}).map(([name, { tags = {} }]) => {
      if (tags["ceph.osd_id"] === undefined) return { name, comment: "not used by ceph" };
      const type = tags["ceph.type"] ?? "";
      return {
        ...{
          name,
          osd_id: tags["ceph.osd_id"] ?? "",
          cluster_name: tags["ceph.cluster_name"] ?? "",
          type,
          osd_fsid: tags["ceph.osd_fsid"] ?? "",
        },
        ...{ cluster_fsid: tags["ceph.cluster_fsid"] ?? "", osdspec_affinity: tags["ceph.osdspec_affinity"] ?? "" },
        [`${type}_uuid`]: tags[`ceph.${type}_uuid`] ?? "",
      };
    }),
  );
}

function rowOf(node: NodeState, disk: Disk) {
  const nvme = disk.type === "nvme";
  const vendor = nvme ? "" : (disk.vendor ?? "ATA").trim();
  const name = disk.devpath.replace("/dev/", "");
  const reasons = reasonsAgainst(node, disk);
  const lvs = volumesOn(node, disk);
  return {
    path: disk.devpath,
    sys_api: {
      ...{ removable: disk.usb === true ? "1" : "0", ro: "0", vendor, model: disk.model.trim(), rev: "" },
      ...{ sas_address: "", sas_device_handle: "", support_discard: disk.type === "hdd" ? "0" : "512" },
      ...{ rotational: disk.type === "hdd" ? "1" : "0", nr_requests: "1023", partitions: partitionsOf(disk) },
      ...{ device_nodes: [name], actuators: null, scheduler_mode: disk.type === "hdd" ? "mq-deadline" : "none" },
      ...{ sectors: 0, sectorsize: String(sector), size: disk.size, human_readable_size: humanSize(disk.size) },
      ...{ path: disk.devpath, devname: name, type: "disk", parent: disk.devpath },
      id_bus: disk.usb === true ? "usb" : "",
    },
    ...{ ceph_device_lvm: lvs.some(({ osd_id: id }) => id !== undefined), being_replaced: false, lsm_data: {} },
    ...{ available: reasons.length === 0, rejected_reasons: reasons },
    device_id: [vendor, disk.model.trim(), disk.serial]
      .filter((part) => part !== "")
      .join("_")
      .replace(/[ _]+/g, "_"),
    lvs,
  };
}

type InventoryRow = ReturnType<typeof rowOf>;

/** What holds a partition is not in the model. */
const isUnknown = (node: NodeState, disk: Disk): boolean =>
  (disk.partitions ?? []).some((partition) => {
    const holding = holdingOf({ disk, partition, path: "" } satisfies BlockDevice);
    return holding?.kind === "zfs" || (holding?.kind === "lvm" && volumeGroups(node)[holding.vg ?? ""] !== undefined);
  });

/** `ceph-volume inventory`: the disks that are available come first; undefined where the model does not know what it would say. */
export function inventory(node: NodeState, path?: string): InventoryRow[] | undefined {
  const one = path === undefined ? undefined : deviceAt(node, path);
  if (path !== undefined && (!one || one.partition)) return undefined;
  const disks = one ? [one.disk] : liveDisks(node);
  if (disks.some((disk) => isUnknown(node, disk))) return undefined;
  const rows = disks.map((disk) => rowOf(node, disk));
  return [...rows.filter(({ available }) => available), ...rows.filter(({ available }) => !available)];
}

/** The same as a table. */
export function inventoryText(rows: readonly InventoryRow[]): string {
  const truth = (value: boolean): string => (value ? "True" : "False");
  const line = (...[path, size, nodes, rotates, available, model]: readonly string[]): string =>
    `\n${(path ?? "").padEnd(25)} ${(size ?? "").padEnd(12)} ${(nodes ?? "").padEnd(15)} ${(rotates ?? "").padEnd(7)} ` +
    `${(available ?? "").padEnd(9)} ${model ?? ""}`;
  return [
    line("Device Path", "Size", "Device nodes", "rotates", "available", "Model name"),
    ...rows.map(({ path, sys_api: { human_readable_size: size, device_nodes: nodes, rotational, model }, available }) =>
      line(path, size, nodes.join(), truth(rotational === "1"), truth(available), model),
    ),
    "\n",
  ].join("");
}

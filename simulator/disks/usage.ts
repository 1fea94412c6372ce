import { die } from "../errors.js";
import type { Disk, Holding, Partition } from "../world/disk.js";
import type { NodeState } from "../world/world.js";
import { byIdLink, liveDisks, partitionPath, type BlockDevice } from "./block-devices.js";
import { osdsOn, type OsdsOn } from "./lvm.js";

/** A row of `GET /nodes/{node}/disks/list`. */
export type DiskRow = Record<string, string | number | null | string[]> & { devpath: string };

function usageOf(holding: Holding | undefined, kind?: string): string | undefined {
  if (holding?.kind === "lvm") return "LVM";
  if (holding?.kind === "zfs") return "ZFS";
  return kind ?? holding?.type;
}

/** What uses the disk, `get_disks` (PVE/Diskmanage.pm): the first used partition speaks for it unless those are listed. */
export function diskUsage(disk: Disk, withPartitions = false): string | undefined {
  const parts = disk.partitions ?? [];
  const own = usageOf(disk.holds) ?? disk.used;
  if (withPartitions && parts.length > 0) return "partitions";
  // sorted by name as Perl does: p10 comes before p2
  const sorted = [...parts].sort((a, b) => (partitionPath(disk, a) < partitionPath(disk, b) ? -1 : 1));
  const first = sorted.map((part) => usageOf(part.holds, part.kind)).find((used) => used !== undefined);
  return own ?? first ?? (parts.length > 0 ? "partitions" : undefined);
}

/** `assert_disk_unused`: a partition is asked about itself. */
export function assertUnused({ disk, partition, path }: BlockDevice): void {
  const used = partition ? usageOf(partition.holds, partition.kind) : diskUsage(disk, true);
  if (used !== undefined) throw die(`device '${path}' is already in use`);
}

const isMounted = (holding: Holding | undefined): boolean =>
  holding?.kind === "filesystem" && holding.mounted !== undefined;

function cephColumns({ ids, encrypted, db, wal }: OsdsOn): Partial<DiskRow> {
  const last = ids.at(-1);
  return {
    osdid: last ?? -1,
    "osdid-list": last === undefined ? null : ids,
    ...(last === undefined ? {} : { bluestore: 1, osdencrypted: encrypted ? 1 : 0 }),
    ...(db > 0 ? { db } : {}),
    ...(wal > 0 ? { wal } : {}),
  };
}

function partitionRow(node: NodeState, disk: Disk, partition: Partition): DiskRow {
  const used = usageOf(partition.holds, partition.kind);
  const { osdencrypted: encrypted, ...ceph } = cephColumns(osdsOn(node, partition.holds));
  return {
    ...ceph,
    ...(encrypted === 1 ? { encrypted } : {}),
    devpath: partitionPath(disk, partition),
    parent: disk.devpath,
    gpt: disk.gpt,
    type: "partition",
    size: partition.size,
    used: used ?? null,
    ...(isMounted(partition.holds) ? { mounted: 1 } : {}),
  };
}

function diskRow(node: NodeState, disk: Disk, withPartitions: boolean, smart: boolean): DiskRow {
  const used = diskUsage(disk, withPartitions);
  const on = [disk.holds, ...(disk.partitions ?? []).map(({ holds }) => holds)].map((holding) => osdsOn(node, holding));
  const ceph: OsdsOn = {
    ids: on.flatMap(({ ids }) => ids),
    encrypted: on.some(({ encrypted }) => encrypted),
    db: on.reduce((sum, { db }) => sum + db, 0),
    wal: on.reduce((sum, { wal }) => sum + wal, 0),
  };
  return {
    vendor: disk.vendor ?? "ATA     ",
    model: disk.model,
    size: disk.size,
    serial: disk.serial,
    gpt: disk.gpt,
    rpm: disk.type === "hdd" ? 7200 : 0,
    type: disk.type,
    wwn: disk.wwn ?? "unknown",
    health: smart ? (disk.health ?? "PASSED") : "UNKNOWN",
    devpath: disk.devpath,
    wearout: smart && disk.type !== "hdd" ? (disk.wearout ?? 100) : "N/A",
    by_id_link: byIdLink(disk),
    ...(isMounted(disk.holds) ? { mounted: 1 } : {}),
    ...(used === undefined ? {} : { used }),
    ...cephColumns(ceph),
  };
}

/** All rows in the order of the kernel's names. */
export function diskRows(node: NodeState, withPartitions: boolean, smart: boolean): DiskRow[] {
  return liveDisks(node)
    .flatMap((disk) => [
      diskRow(node, disk, withPartitions, smart),
      ...(withPartitions ? (disk.partitions ?? []).map((partition) => partitionRow(node, disk, partition)) : []),
    ])
    .sort((a, b) => (a.devpath < b.devpath ? -1 : 1));
}

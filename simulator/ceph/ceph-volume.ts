import { destroyGroup, volumeGroups } from "../disks/lvm.js";
import { diskUsage } from "../disks/usage.js";
import type { BlockDevice } from "../disks/block-devices.js";
import { randomHex, randomUuid } from "../random.js";
import type { NodeState } from "../world/world.js";
import { cephOn, type Ceph } from "./ceph.js";
import { newOsd } from "./commands/osd-state.js";
import { grant } from "./keys.js";
import { settle } from "./settle.js";
import { addVolume, groupOn, osdVolumes, type OsdVolume } from "./osd-volumes.js";

/** A new OSD on a device or a part of its group. */
export interface OsdWish {
  readonly deviceClass?: string;
  readonly encrypted?: boolean;
  /** `vg/lv` with the database or the log. */
  readonly db?: { vg: string; lv: string };
  readonly wal?: { vg: string; lv: string };
  /** Bytes of its volume; what is free without it. */
  readonly size?: number;
  /** The id of a destroyed OSD that it takes over. */
  readonly id?: number;
}

/** An identifier as LVM makes them. */
function lvmUuid(ceph: Ceph): string {
  const digits = randomHex(ceph.simulation.world, 32);
  return [6, 4, 4, 4, 4, 4, 6]
    .reduce<{ at: number; parts: string[] }>(
      ({ at, parts }, length) => ({ at: at + length, parts: [...parts, digits.slice(at, at + length)] }),
      { at: 0, parts: [] },
    )
    .parts.join("-");
}

/** One OSD in a group: id and key, volume with its tags, mkfs, start. Returns its id. */
export function createOsd(ceph: Ceph, node: NodeState, vg: string, wish: OsdWish): number {
  const uuid = randomUuid(ceph.simulation.world);
  const lv = `osd-block-${uuid}`;
  const volume = addVolume(node, vg, lv, wish.size);
  const made = newOsd(ceph, {
    ...{ uuid, node: node.name, size: volume.size },
    ...(wish.deviceClass === undefined ? {} : { deviceClass: wish.deviceClass }),
    ...(wish.id === undefined ? {} : { id: wish.id }),
  });
  const { osdid: id } = made.json as { osdid: number };
  const path = `/dev/${vg}/${lv}`;
  const { world } = ceph.simulation;
  grant(ceph.cluster, world, `osd.${id}`, { mgr: "allow profile osd", mon: "allow profile osd", osd: "allow *" });
  const common = {
    "ceph.block_device": path,
    "ceph.block_uuid": lvmUuid(ceph),
    "ceph.cephx_lockbox_secret": wish.encrypted ? "lockbox" : "",
    "ceph.cluster_fsid": ceph.cluster.fsid,
    "ceph.cluster_name": "ceph",
    "ceph.crush_device_class": wish.deviceClass ?? "",
    "ceph.encrypted": wish.encrypted ? "1" : "0",
    "ceph.objectstore": "bluestore",
    "ceph.osd_fsid": uuid,
    "ceph.osd_id": String(id),
    "ceph.osdspec_affinity": "",
    "ceph.vdo": "0",
    "ceph.with_tpm": "0",
    ...(wish.db ? { "ceph.db_device": `/dev/${wish.db.vg}/${wish.db.lv}`, "ceph.db_uuid": lvmUuid(ceph) } : {}),
    ...(wish.wal ? { "ceph.wal_device": `/dev/${wish.wal.vg}/${wish.wal.lv}`, "ceph.wal_uuid": lvmUuid(ceph) } : {}),
  };
  volume.tags = { ...common, "ceph.type": "block" };
  for (const [type, place] of [
    ["db", wish.db],
    ["wal", wish.wal],
  ] as const) {
    const other = place && volumeGroups(node)[place.vg]?.volumes?.[place.lv];
    if (other) other.tags = { ...common, "ceph.type": type };
  }
  const store = ceph.cluster.stores[uuid];
  if (store) store.onVolume = true;
  cephOn(node).osds[id] = { running: true, enabled: true, since: ceph.now };
  settle(ceph);
  return id;
}

/** What `lvm batch` makes of a device for several OSDs: one group, volumes of equal size. */
export function* batch(
  ceph: Ceph,
  node: NodeState,
  device: BlockDevice,
  count: number,
  wish: OsdWish,
): Generator<number, number[], void> {
  const vg = groupOn(node, ceph.simulation.world, device);
  const size = Math.floor((volumeGroups(node)[vg]?.size ?? 0) / count);
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    yield 2000;
    ids.push(createOsd(ceph, node, vg, { ...wish, size }));
  }
  return ids;
}

/** Why ceph-volume does not take a device: an error with its exit code, or silence with exit 0 (FACT 25). */
export function refusalOf(node: NodeState, { disk, path }: BlockDevice): { code: number; text: string } | undefined {
  const hasOsds = osdVolumes(node).some(({ device }) => device?.disk === disk);
  if (hasOsds) return { code: 0, text: "--> All data devices are unavailable" };
  if ((disk.partitions ?? []).length > 0) return { code: 1, text: `--> RuntimeError: Device ${path} has partitions.` };
  if (disk.gpt === 1)
    return { code: 2, text: `ceph-volume lvm batch: error: GPT headers found, they must be removed on: ${path}` };
  if (disk.holds?.kind === "filesystem" || disk.holds?.kind === "signature")
    return { code: 1, text: `--> RuntimeError: Device ${path} has a filesystem.` };
  return diskUsage(disk) === undefined ? undefined : { code: 0, text: "--> All data devices are unavailable" };
}

/** `lvm list --format json`: by OSD id, block first (recording 70). */
export function lvmList(node: NodeState, id?: string): Record<string, unknown[]> {
  const listed: Record<string, unknown[]> = {};
  for (const { vg, lv, volume, device } of osdVolumes(node)) {
    // LVM reads what there is from the disks themselves
    if (device?.disk.dead) continue;
    const tags = volume.tags ?? {};
    const osd = tags["ceph.osd_id"] ?? "";
    if (id !== undefined && osd !== id) continue;
    const type = tags["ceph.type"] ?? "block";
    const path = `/dev/${vg}/${lv}`;
    const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
    const uuid = tags[`ceph.${type}_uuid`] ?? "";
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

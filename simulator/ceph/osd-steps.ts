import type { BlockDevice } from "../disks/block-devices.js";
import { volumeGroups } from "../disks/lvm.js";
import { die } from "../errors.js";
import { randomHex, randomUuid } from "../random.js";
import type { LogicalVolume } from "../world/disk.js";
import type { NodeState } from "../world/world.js";
import { cephOn, type Ceph } from "./ceph.js";
import { cephGroupOn, freeSlots, zap } from "./ceph-volume.js";
import { newOsd, purgeNew } from "./commands/osd-state.js";
import { grant } from "./keys.js";
import { addVolume, groupOn, osdVolumes } from "./osd-volumes.js";
import { settle } from "./settle.js";

/** A new OSD on a device or a part of its group. */
export interface OsdWish {
  readonly deviceClass?: string;
  readonly encrypted?: boolean;
  /** `vg/lv` with the database or the log. */
  readonly db?: { vg: string; lv: string };
  readonly wal?: { vg: string; lv: string };
  /** Into how many equal parts the group is divided, of which it takes one. */
  readonly slots?: number;
  /** The id of a destroyed OSD that it takes over. */
  readonly id?: number;
}

/** Where the lines go that it prints. */
type Print = (line: string) => void;

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

const bootstrap = [
  "/usr/bin/ceph --cluster ceph --name client.bootstrap-osd",
  "--keyring /var/lib/ceph/bootstrap-osd/ceph.keyring",
].join(" ");

/**
 * `ceph-volume lvm create` of one device, step by step, and what it does when one of them fails. The order is that of
 * `pre_prepare` and `prepare` in objectstore/lvmbluestore.py, then `create` in devices/lvm/create.py: the monitors give the
 * id first; the volume has the uuid in its name, and has the id and the uuid in its tags only when those for database and
 * log have theirs; the file system is made after that. Each `yield` is a moment at which the machine may be gone.
 */
export function* createOsd(
  ceph: Ceph,
  node: NodeState,
  device: BlockDevice,
  wish: OsdWish,
  print: Print,
): Generator<number, number, void> {
  const uuid = randomUuid(ceph.simulation.world);
  let id: number | undefined;
  try {
    print("Running command: /usr/bin/ceph-authtool --gen-print-key");
    print(`Running command: ${bootstrap} -i - osd new ${uuid}`);
    id = identify(ceph, node, uuid, wish);
    yield 200;
    yield* prepare(ceph, node, device, { uuid, id, wish }, print);
    print(`--> ceph-volume lvm prepare successful for: ${device.path}`);
    print(`Running command: /usr/bin/systemctl enable ceph-volume@lvm-${id}-${uuid}`);
    cephOn(node).osds[id] = { running: false, enabled: true, since: ceph.now };
    yield 200;
    print(`Running command: /usr/bin/systemctl start ceph-osd@${id}`);
    cephOn(node).osds[id] = { running: true, enabled: true, since: ceph.now };
    settle(ceph);
    print(`--> ceph-volume lvm activate successful for osd ID: ${id}`);
    yield 100;
    return id;
  } catch (error) {
    if (id !== undefined) rollBack(ceph, node, id, print);
    throw error;
  }
}

/** `osd new`, with the keys that come along. */
function identify(ceph: Ceph, node: NodeState, uuid: string, wish: OsdWish): number {
  const { cluster, simulation } = ceph;
  const { json } = newOsd(ceph, {
    ...{ uuid, node: node.name, size: 0 },
    ...(wish.deviceClass === undefined ? {} : { deviceClass: wish.deviceClass }),
    ...(wish.id === undefined ? {} : { id: wish.id }),
  });
  const { osdid: id } = json as { osdid: number };
  const caps = { mgr: "allow profile osd", mon: "allow profile osd", osd: "allow *" };
  grant(cluster, simulation.world, `osd.${id}`, caps);
  if (!wish.encrypted) return id;
  const lockbox = { mon: `allow command "config-key get" with key="dm-crypt/osd/${uuid}/luks"` };
  grant(cluster, simulation.world, `client.osd-lockbox.${uuid}`, lockbox);
  cluster.configKeys[`dm-crypt/osd/${uuid}/luks`] = randomHex(simulation.world, 32);
  return id;
}

interface Named {
  readonly uuid: string;
  readonly id: number;
  readonly wish: OsdWish;
}

function* prepare(
  ceph: Ceph,
  node: NodeState,
  device: BlockDevice,
  { uuid, id, wish }: Named,
  print: Print,
): Generator<number, void, void> {
  const { cluster, simulation } = ceph;
  let vg = cephGroupOn(device);
  if (vg === undefined) {
    vg = groupOn(node, simulation.world, device);
    print(`Running command: vgcreate --force --yes ${vg} ${device.path}`);
    yield 200;
  }
  const lv = `osd-block-${uuid}`;
  const size = wish.slots === undefined ? undefined : Math.floor((volumeGroups(node)[vg]?.size ?? 0) / wish.slots);
  const volume = addVolume(node, vg, lv, size);
  print(`Running command: lvcreate --yes -l ${Math.floor(volume.size / 2 ** 22)} -n ${lv} ${vg}`);
  yield 200;
  const path = `/dev/${vg}/${lv}`;
  volume.tags = { "ceph.type": "block", "ceph.block_device": path };
  yield 200;
  const tags: Record<string, string> = {
    "ceph.block_device": path,
    "ceph.block_uuid": lvmUuid(ceph),
    "ceph.cephx_lockbox_secret": wish.encrypted ? "lockbox" : "",
    "ceph.cluster_fsid": cluster.fsid,
    "ceph.cluster_name": "ceph",
    "ceph.crush_device_class": wish.deviceClass ?? "",
    "ceph.encrypted": wish.encrypted ? "1" : "0",
    "ceph.objectstore": "bluestore",
    "ceph.osd_fsid": uuid,
    "ceph.osd_id": String(id),
    "ceph.osdspec_affinity": "",
    "ceph.vdo": "0",
    "ceph.with_tpm": "0",
  };
  for (const type of ["wal", "db"] as const) {
    const place = wish[type];
    if (!place) continue;
    Object.assign(tags, {
      [`ceph.${type}_device`]: `/dev/${place.vg}/${place.lv}`,
      [`ceph.${type}_uuid`]: lvmUuid(ceph),
    });
    const other = volumeGroups(node)[place.vg]?.volumes?.[place.lv];
    if (!other) throw die(`-->  RuntimeError: no volume ${place.vg}/${place.lv}`);
    other.tags = { ...tags, "ceph.type": type };
    yield 200;
  }
  volume.tags = { ...tags, "ceph.type": "block" };
  yield 200;
  if (wish.encrypted) {
    print(`Running command: /usr/sbin/cryptsetup --batch-mode --key-size 512 --key-file - luksFormat ${path}`);
    volume.written = true;
    yield 500;
  }
  print(
    `Running command: /usr/bin/ceph-osd --cluster ceph --osd-objectstore bluestore --mkfs -i ${id} --monmap ` +
      `/var/lib/ceph/osd/ceph-${id}/activate.monmap --keyfile - --osd-data /var/lib/ceph/osd/ceph-${id}/ --osd-uuid ${uuid}`,
  );
  yield 100;
  yield* makeStore(ceph, volume, uuid, id);
}

/**
 * `OSD::mkfs` (osd/OSD.cc): `BlueStore::mkfs` writes the label when it opens the device, and `mkfs_done` at its end; then the OSD
 * writes its superblock, and `write_meta` puts into the label who it is, `ready` last.
 */
function* makeStore(ceph: Ceph, volume: LogicalVolume, uuid: string, id: number): Generator<number, void, void> {
  const { cluster, simulation } = ceph;
  volume.written = true;
  const label: Record<string, string> = { osd_uuid: uuid, description: "main" };
  volume.label = label;
  yield 300;
  Object.assign(label, { bluefs: "1", kv_backend: "rocksdb", mkfs_done: "yes" });
  yield 300;
  const key = randomHex(simulation.world, 16);
  Object.assign(label, { magic: "ceph osd volume v026", whoami: String(id), ceph_fsid: cluster.fsid, osd_key: key });
  label["ready"] = "ready";
  const osd = cluster.osdmap.osds[id];
  if (osd) osd.size = volume.size;
  const store = cluster.stores[uuid];
  if (store) store.onVolume = true;
  yield 100;
}

/** `rollback_osd` (devices/lvm/common.py): what fails in it ends it, and leaves the rest as it is. */
function rollBack(ceph: Ceph, node: NodeState, id: number, print: Print): void {
  print("--> Was unable to complete a new OSD, will rollback changes");
  print(`Running command: ${bootstrap} osd purge-new osd.${id} --yes-i-really-mean-it`);
  const purged = purgeNew(ceph, id, true);
  if (purged.rc !== 0) throw die(`-->  RuntimeError: command returned non-zero exit status: ${purged.status}`);
  print(` stderr: purged osd.${id}`);
  const found = osdVolumes(node).filter(({ volume }) => volume.tags?.["ceph.osd_id"] === String(id));
  if (found.length === 0) throw die(`-->  RuntimeError: Unable to find any LV for zapping OSD: ${id}`);
  if (cephOn(node).osds[id]?.running)
    throw die(`-->  RuntimeError: Unable to zap devices associated with OSD ID: ${id}`);
  for (const line of zap(ceph, node, found, true)) print(line);
  settle(ceph);
}

/** What `lvm batch` makes of a device for several OSDs: one group, volumes of equal size; of those that are there already the rest. */
export function* batch(
  ceph: Ceph,
  node: NodeState,
  device: BlockDevice,
  count: number,
  wish: OsdWish,
  print: Print,
): Generator<number, void, void> {
  for (let left = freeSlots(node, device, count); left > 0; left--) {
    yield 1000;
    yield* createOsd(ceph, node, device, { ...wish, slots: count }, print);
    print(`--> ceph-volume lvm create successful for: ${device.path}`);
  }
}

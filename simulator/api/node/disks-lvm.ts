import type { Call, Json, Routes } from "../../call.js";
import { blockDevice } from "../../disks/block-devices.js";
import { createGroup, destroyGroup, freeIn, physicalVolumes, volumeCount, volumeGroups } from "../../disks/lvm.js";
import { addNodeStorage, checkNodeStorage, cleanUpStorages } from "../../disks/node-storage.js";
import { assertUnused } from "../../disks/usage.js";
import { wipe } from "../../disks/wipe.js";
import { die } from "../../errors.js";
import type { StorageParameters } from "../../storage/storage-cfg.js";

/** The lock under which disks are changed. */
export const diskLock = "/run/lock/pve-diskmanage.lck";

const GiB = 2 ** 30;
const MiB = 2 ** 20;

/** `/nodes/{node}/disks/lvm` and `/lvmthin` (PVE/API2/Disks/LVM.pm, LVMThin.pm). */
export const lvmRoutes: Routes = {
  "GET /nodes/{node}/disks/lvm": (call) => ({ leaf: 0, children: groupRows(call) }),

  "POST /nodes/{node}/disks/lvm": (call) => {
    const name = call.text("name");
    const storage = { storage: name, type: "lvm", vgname: name, content: "rootdir,images", shared: 0 };
    return create(call, "lvmcreate", storage, ["vgname"], () => undefined);
  },

  "DELETE /nodes/{node}/disks/lvm/{name}": (call) => {
    const name = call.text("name");
    return call.task("lvmremove", name, function* (task) {
      yield* task.lock(diskLock);
      yield 500;
      if (!volumeGroups(call.node)[name]) throw die(`no such volume group '${name}'`);
      const devices = physicalVolumes(call.node, name);
      destroyGroup(call.node, name);
      if (call.flag("cleanup-config")) cleanUpStorages(call, ({ type, vgname }) => type === "lvm" && vgname === name);
      if (!call.flag("cleanup-disks")) return;
      for (const device of devices)
        for (const line of wipe(call.node, device, "lvmremove", call.clock.now())) task.log(line);
    });
  },

  "GET /nodes/{node}/disks/lvmthin": (call) =>
    Object.entries(volumeGroups(call.node)).flatMap(([vg, { thinPools = {} }]) =>
      Object.entries(thinPools).map(([lv, size]) => ({
        ...{ lv, vg, lv_size: size, used: 0, metadata_size: Math.max(2 ** 30, size / 100), metadata_used: 0 },
      })),
    ),

  "POST /nodes/{node}/disks/lvmthin": (call) => {
    const name = call.text("name");
    const storage = { storage: name, type: "lvmthin", vgname: name, thinpool: name, content: "rootdir,images" };
    return create(call, "lvmthincreate", storage, ["vgname", "thinpool"], () => {
      const group = volumeGroups(call.node)[name];
      if (!group) return;
      const data = group.size - 128 * MiB;
      const metadata = Math.min(16 * GiB, Math.max(GiB, data / 100));
      group.thinPools = { [name]: Math.floor(data - 2 * metadata) };
    });
  },

  "DELETE /nodes/{node}/disks/lvmthin/{name}": (call) => {
    const lv = call.text("name");
    const vg = call.text("volume-group");
    return call.task("lvmthinremove", `${vg}-${lv}`, function* (task) {
      yield* task.lock(diskLock);
      yield 500;
      const group = volumeGroups(call.node)[vg];
      if (!group || group.thinPools?.[lv] === undefined) throw die(`no such thin pool ${vg}/${lv}`);
      delete group.thinPools[lv];
      if (call.flag("cleanup-config"))
        cleanUpStorages(
          call,
          (section) => section.type === "lvmthin" && section["vgname"] === vg && section["thinpool"] === lv,
        );
      if (!call.flag("cleanup-disks")) return;
      if (volumeCount(group) > 0) throw die(`volume group '${vg}' still in use`);
      for (const device of physicalVolumes(call.node, vg))
        for (const line of wipe(call.node, device, "lvmthinremove", call.clock.now())) task.log(line);
    });
  },
};

function groupRows(call: Call): Json[] {
  return Object.entries(volumeGroups(call.node))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => ({
      name,
      size: group.size,
      free: freeIn(group),
      lvcount: volumeCount(group),
      leaf: 0,
      children: physicalVolumes(call.node, name).map(({ path, disk, partition }) => ({
        ...{ name: path, size: (partition ?? disk).size, free: freeIn(group), leaf: 1 },
      })),
    }));
}

/** A group on an unused device, and the storage on it when that was asked for. */
function create(
  call: Call,
  type: string,
  storage: StorageParameters,
  verify: readonly string[],
  finish: () => void,
): string {
  const name = call.text("name");
  const device = blockDevice(call.node, call.text("device"));
  assertUnused(device);
  const withStorage = call.flag("add_storage");
  if (withStorage) {
    call.rights.check("/storage", "Datastore.Allocate");
    checkNodeStorage(call, storage, verify);
  }
  return call.task(type, name, function* (task) {
    yield* task.lock(diskLock);
    assertUnused(device);
    if (volumeGroups(call.node)[name])
      throw die(`volume group with name '${name}' already exists on node '${call.node.name}'`);
    yield 1000;
    createGroup(call.node, device, name);
    finish();
    if (withStorage) addNodeStorage(call, storage, (line) => task.log(line));
  });
}

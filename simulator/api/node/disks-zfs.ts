import type { Call, Json, Routes } from "../../call.js";
import { blockDevice, liveDisks } from "../../disks/block-devices.js";
import { addNodeStorage, checkNodeStorage, cleanUpStorages } from "../../disks/node-storage.js";
import { assertUnused } from "../../disks/usage.js";
import { wipe } from "../../disks/wipe.js";
import { die } from "../../errors.js";
import { diskLock } from "./disks-lvm.js";

const least: Readonly<Record<string, number>> = {
  ...{ single: 1, mirror: 2, raid10: 4, raidz: 3, raidz2: 4, raidz3: 5, draid: 3, draid2: 4, draid3: 5 },
};

/** `/nodes/{node}/disks/zfs` (PVE/API2/Disks/ZFS.pm). */
export const zfsRoutes: Routes = {
  "GET /nodes/{node}/disks/zfs": (call) => Object.entries(zfsPools(call)).map(([name, size]) => zpool(name, size)),

  "GET /nodes/{node}/disks/zfs/{name}": (call) => {
    const name = call.text("name");
    if (zfsPools(call)[name] === undefined) {
      throw die(`command '/sbin/zpool status -P ${name}' failed: exit code 1`);
    }
    return { name, state: "ONLINE", errors: "No known data errors", leaf: 0, children: [] };
  },

  "POST /nodes/{node}/disks/zfs": (call) => {
    const name = call.text("name");
    const level = call.text("raidlevel");
    if (call.has("draid-config") && !level.startsWith("draid")) throw die("draid-config set without using dRAID level");
    const devices = call.list("devices").map((path) => {
      const device = blockDevice(call.node, path);
      assertUnused(device);
      return device;
    });
    const storage = { storage: name, type: "zfspool", pool: name, content: "rootdir,images" };
    if (call.flag("add_storage")) {
      call.rights.check("/storage", "Datastore.Allocate");
      checkNodeStorage(call, storage, ["pool"]);
    }
    const pools = zfsPools(call);
    if (pools[name] !== undefined) throw die(`pool '${name}' already exists on node '${call.node.name}'`);
    const count = devices.length;
    if (level === "raid10" && count % 2 !== 0) throw die("raid10 needs an even number of disks");
    if (level === "single" && count > 1) throw die("please give only one disk for single disk mode");
    if (count < (least[level] ?? 1)) throw die(`${level} needs at least ${least[level]} disks`);
    return call.task("zfscreate", name, function* (task) {
      yield* task.lock(diskLock);
      for (const device of devices) assertUnused(device);
      yield 2000;
      // `zpool list` counts the space of parity, but that of mirrors once
      const smallest = Math.min(...devices.map(({ disk, partition }) => (partition ?? disk).size));
      const mirrors = level === "mirror" ? count : level === "raid10" ? 2 : 1;
      pools[name] = (smallest * count) / mirrors;
      for (const { disk, partition } of devices) (partition ?? disk).holds = { kind: "zfs", pool: name };
      if (call.flag("add_storage")) addNodeStorage(call, storage, (line) => task.log(line));
    });
  },

  "DELETE /nodes/{node}/disks/zfs/{name}": (call) => {
    const name = call.text("name");
    return call.task("zfsremove", name, function* (task) {
      yield* task.lock(diskLock);
      yield 500;
      const pools = zfsPools(call);
      if (pools[name] === undefined) throw die(`command '/sbin/zpool destroy ${name}' failed: exit code 1`);
      delete pools[name];
      const disks = liveDisks(call.node).filter(({ holds }) => holds?.kind === "zfs" && holds.pool === name);
      if (call.flag("cleanup-config"))
        cleanUpStorages(call, (section) => section.type === "zfspool" && section["pool"]?.split("/")[0] === name);
      if (!call.flag("cleanup-disks")) return;
      for (const disk of disks)
        for (const line of wipe(call.node, { disk, path: disk.devpath }, "zfsremove", call.clock.now())) task.log(line);
    });
  },
};

function zfsPools(call: Call): Record<string, number> {
  const pools = call.node.hardware.storage?.zfsPools;
  if (!pools) throw die("zfsutils-linux not installed");
  return pools;
}

function zpool(name: string, size: number): Json {
  return { name, size, alloc: 0, free: size, frag: 0, dedup: 1, health: "ONLINE" };
}

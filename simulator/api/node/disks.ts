import type { Call, Json, Routes } from "../../call.js";
import { die } from "../../errors.js";
import type { Disk } from "../../world/world.js";

/** `/nodes/{node}/disks`. */
export const diskRoutes: Routes = {
  "GET /nodes/{node}/disks": () =>
    ["list", "initgpt", "smart", "lvm", "lvmthin", "directory", "wipedisk", "zfs"].map((name) => ({ name })),

  "GET /nodes/{node}/disks/list": (call) =>
    call.node.hardware.disks
      .filter(({ used }) => call.params["type"] !== "unused" || used === undefined)
      .map((disk) => listEntry(disk)),

  "GET /nodes/{node}/disks/smart": (call) => {
    const disk = existing(call);
    return { health: "PASSED", type: disk.type === "nvme" ? "text" : "ata", ...(call.flag("healthonly") ? {} : smart) };
  },

  "POST /nodes/{node}/disks/initgpt": (call) => {
    const disk = existing(call);
    if (disk.used !== undefined) throw die(`disk ${disk.devpath} already in use`);
    return call.task("diskinit", disk.devpath.replace(/^.*\//, ""), function* () {
      yield 500;
      disk.gpt = 1;
    });
  },

  "PUT /nodes/{node}/disks/wipedisk": (call) => {
    const disk = existing(call);
    if (disk.used === "mounted") throw die(`disk/partition '${disk.devpath}' is mounted`);
    if (disk.used === "LVM" || disk.used === "ZFS") throw die(`disk/partition '${disk.devpath}' has a holder`);
    return call.task("wipedisk", disk.devpath.replace(/^.*\//, ""), function* (task) {
      task.log(`wiping block device ${disk.devpath}`);
      yield 1000;
      delete disk.used;
      disk.gpt = 0;
    });
  },

  "GET /nodes/{node}/disks/lvm": (call) => ({
    leaf: 0,
    children: Object.entries(groups(call)).map(([name, { size, thinPools = {} }]) => {
      const allocated = Object.values(thinPools).reduce((sum, pool) => sum + pool, 0);
      const lvcount = Object.keys(thinPools).length;
      return { name, size, free: size - allocated, lvcount, leaf: 0, children: [] };
    }),
  }),

  "GET /nodes/{node}/disks/lvmthin": (call) =>
    Object.entries(groups(call)).flatMap(([vg, { thinPools = {} }]) =>
      Object.entries(thinPools).map(([lv, size]) => ({
        ...{ lv, vg, lv_size: size, used: 0, metadata_size: Math.max(2 ** 30, size / 100), metadata_used: 0 },
      })),
    ),

  "GET /nodes/{node}/disks/zfs": (call) => Object.entries(zfsPools(call)).map(([name, size]) => zpool(name, size)),

  "GET /nodes/{node}/disks/zfs/{name}": (call) => {
    const name = call.text("name");
    if (zfsPools(call)[name] === undefined) {
      throw die(`command '/sbin/zpool status -P ${name}' failed: exit code 1`);
    }
    return { name, state: "ONLINE", errors: "No known data errors", leaf: 0, children: [] };
  },

  "GET /nodes/{node}/disks/directory": (call) =>
    (call.node.hardware.storage?.mounts ?? [])
      .filter((path) => path.startsWith("/mnt/pve/"))
      .map((path) => ({
        ...{ path, device: "", type: "ext4", options: "defaults" },
        unitfile: `/etc/systemd/system/${path.slice(1).replaceAll("/", "-")}.mount`,
      })),
};

const smart = { attributes: [] };

function existing(call: Call): Disk {
  const disk = call.node.hardware.disks.find(({ devpath }) => devpath === call.text("disk"));
  if (!disk) throw die("not a valid block device");
  return disk;
}

function listEntry({ wwn, used, type, ...disk }: Disk): Json {
  return {
    ...disk,
    type,
    vendor: disk.vendor ?? "ATA     ",
    wwn: wwn ?? "unknown",
    rpm: type === "hdd" ? 7200 : 0,
    health: "PASSED",
    wearout: type === "hdd" ? "N/A" : 100,
    osdid: -1,
    ...(used === undefined ? {} : { used }),
  };
}

function groups(call: Call) {
  return call.node.hardware.storage?.volumeGroups ?? {};
}

function zfsPools(call: Call): Readonly<Record<string, number>> {
  const pools = call.node.hardware.storage?.zfsPools;
  if (!pools) throw die("zfsutils-linux not installed");
  return pools;
}

function zpool(name: string, size: number): Json {
  return { name, size, alloc: 0, free: size, frag: 0, dedup: 1, health: "ONLINE" };
}

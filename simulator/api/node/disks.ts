import type { Call, Json, Routes } from "../../call.js";
import { blockDevice, holderOf, mountedPart } from "../../disks/block-devices.js";
import { diskRows, diskUsage, type DiskRow } from "../../disks/usage.js";
import { wipe } from "../../disks/wipe.js";
import { die } from "../../errors.js";
import { directoryRoutes } from "./disks-directory.js";
import { lvmRoutes } from "./disks-lvm.js";
import { zfsRoutes } from "./disks-zfs.js";

/** `/nodes/{node}/disks` (PVE/API2/Disks.pm). */
export const diskRoutes: Routes = {
  "GET /nodes/{node}/disks": () =>
    ["list", "initgpt", "smart", "lvm", "lvmthin", "directory", "wipedisk", "zfs"].map((name) => ({ name })),

  "GET /nodes/{node}/disks/list": (call) =>
    diskRows(call.node, call.flag("include-partitions"), !call.flag("skipsmart")).filter((row) => isWanted(call, row)),

  "GET /nodes/{node}/disks/smart": (call): Json => {
    const { disk } = blockDevice(call.node, call.text("disk"));
    const health = disk.health ?? "PASSED";
    if (call.flag("healthonly")) return { health };
    if (disk.type === "hdd") return { health, type: "ata", attributes: [] };
    const used = 100 - (disk.wearout ?? 100);
    return { health, type: "text", text: `Percentage Used: ${used}%\n`, wearout: disk.wearout ?? 100 };
  },

  "POST /nodes/{node}/disks/initgpt": (call) => {
    const { disk, partition, path } = blockDevice(call.node, call.text("disk"));
    if (partition) throw die(`${path} is a partition`);
    if (diskUsage(disk, true) !== undefined) throw die(`disk ${path} already in use`);
    return call.task("diskinit", path.replace(/^.*\//, ""), function* () {
      if (diskUsage(disk, true) !== undefined) throw die(`disk ${path} is already in use`);
      yield 500;
      disk.gpt = 1;
    });
  },

  "PUT /nodes/{node}/disks/wipedisk": (call) => {
    const device = blockDevice(call.node, call.text("disk"));
    const mounted = mountedPart(device);
    if (mounted !== undefined) throw die(`disk/partition '${mounted}' is mounted`);
    const held = holderOf(call.node, device);
    if (held !== undefined) throw die(`disk/partition '${held}' has a holder`);
    return call.task("wipedisk", device.path.replace(/^.*\//, ""), function* (task) {
      yield 1000;
      for (const line of wipe(call.node, device, "wipedisk", call.clock.now())) task.log(line);
    });
  },

  ...lvmRoutes,
  ...zfsRoutes,
  ...directoryRoutes,
};

function isWanted(call: Call, { used, gpt, osdid }: DiskRow): boolean {
  switch (call.params["type"]) {
    case "unused":
      return used === undefined || used === null;
    case "journal_disks":
      return Number(osdid) < 0 && (used === undefined || (used === "partitions" && gpt === 1) || used === "LVM");
    default:
      return true;
  }
}

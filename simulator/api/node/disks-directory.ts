import type { Call, Json, Routes } from "../../call.js";
import { blockDevice, liveDisks, partitionPath, type BlockDevice } from "../../disks/block-devices.js";
import { addNodeStorage, checkNodeStorage, cleanUpStorages } from "../../disks/node-storage.js";
import { assertUnused } from "../../disks/usage.js";
import { wipe } from "../../disks/wipe.js";
import { die } from "../../errors.js";
import { randomUuid } from "../../random.js";
import { diskLock } from "./disks-lvm.js";

const unitOf = (path: string): string => `${path.slice(1).replaceAll("-", "\\x2d").replaceAll("/", "-")}.mount`;

/** `/nodes/{node}/disks/directory` (PVE/API2/Disks/Directory.pm). */
export const directoryRoutes: Routes = {
  "GET /nodes/{node}/disks/directory": (call) => mounts(call).map((path) => row(call, path)),

  "POST /nodes/{node}/disks/directory": (call) => {
    const name = call.text("name");
    const path = `/mnt/pve/${name}`;
    const type = call.params["filesystem"] ?? "ext4";
    const device = blockDevice(call.node, call.text("device"));
    assertUnused(device);
    const content = "rootdir,images,iso,backup,vztmpl,snippets";
    const storage = { storage: name, type: "dir", path, content, is_mountpoint: "1" };
    if (call.flag("add_storage")) {
      call.rights.check("/storage", "Datastore.Allocate");
      checkNodeStorage(call, storage, ["path"]);
    }
    if (mounts(call).includes(path)) {
      const source = mountedAt(call, path)?.path ?? "";
      throw die(`the path for '${name}' is already mounted: ${path} (${source})`);
    }
    return call.task("dircreate", name, function* (task) {
      yield* task.lock(diskLock);
      assertUnused(device);
      const { disk } = device;
      const uuid = randomUuid(call.world);
      const partition = device.partition ?? { number: 1, size: disk.size - 2 * 2 ** 20 };
      if (!device.partition) {
        task.log(`# /sbin/sgdisk -n1 -t1:8300 ${disk.devpath}`);
        disk.gpt = 1;
        disk.partitions = [partition];
      }
      const part = partitionPath(disk, partition);
      task.log(`# /sbin/mkfs -t ${type} ${part}`);
      yield 3000;
      task.log(`# /sbin/blkid ${part} -o export`);
      partition.holds = { kind: "filesystem", type, uuid, mounted: path };
      (call.node.hardware.storage ??= {}).mounts = [...mounts(call), path];
      if (call.flag("add_storage")) addNodeStorage(call, storage, (line) => task.log(line));
    });
  },

  "DELETE /nodes/{node}/disks/directory/{name}": (call) => {
    const name = call.text("name");
    const path = `/mnt/pve/${name}`;
    return call.task("dirremove", name, function* (task) {
      yield* task.lock(diskLock);
      yield 500;
      const device = mountedAt(call, path);
      if (!mounts(call).includes(path)) throw die(`command 'systemctl stop ${unitOf(path)}' failed: exit code 5`);
      (call.node.hardware.storage ??= {}).mounts = mounts(call).filter((other) => other !== path);
      const holding = device?.partition?.holds ?? device?.disk.holds;
      if (holding?.kind === "filesystem") delete holding.mounted;
      if (call.flag("cleanup-config"))
        cleanUpStorages(call, (section) => section.type === "dir" && section["path"] === path);
      if (!call.flag("cleanup-disks") || !device) return;
      // the whole disk when this is its only partition
      const whole = device.disk.partitions?.length === 1 ? { disk: device.disk, path: device.disk.devpath } : device;
      for (const line of wipe(call.node, whole, "dirremove", call.clock.now())) task.log(line);
    });
  },
};

function mounts(call: Call): string[] {
  return (call.node.hardware.storage?.mounts ?? []).filter((path) => path.startsWith("/mnt/pve/"));
}

function mountedAt(call: Call, path: string): BlockDevice | undefined {
  return liveDisks(call.node)
    .flatMap((disk): BlockDevice[] => [
      { disk, path: disk.devpath },
      ...(disk.partitions ?? []).map((partition) => ({ disk, partition, path: partitionPath(disk, partition) })),
    ])
    .find(({ disk, partition }) => {
      const holding = (partition ?? disk).holds;
      return holding?.kind === "filesystem" && holding.mounted === path;
    });
}

function row(call: Call, path: string): Json {
  const device = mountedAt(call, path);
  const holding = (device?.partition ?? device?.disk)?.holds;
  const known = holding?.kind === "filesystem" ? holding : undefined;
  return {
    ...{ path, device: known ? `/dev/disk/by-uuid/${known.uuid}` : "", type: known?.type ?? "ext4" },
    ...{ options: "defaults", unitfile: `/etc/systemd/system/${unitOf(path)}` },
  };
}

import type { Call } from "../../call.js";
import { batch, createOsd, type OsdWish } from "../../ceph/osd-steps.js";
import { filesOf, cephOn } from "../../ceph/ceph.js";
import { addressesIn } from "../../ceph/networks.js";
import { checkInited, checkInstalled, connect, longTimeout, waiting } from "../../ceph/rados.js";
import { addVolume, groupOn } from "../../ceph/osd-volumes.js";
import { blockDevice, holdingOf, type BlockDevice } from "../../disks/block-devices.js";
import { volumeGroups } from "../../disks/lvm.js";
import { diskUsage } from "../../disks/usage.js";
import { wipe } from "../../disks/wipe.js";
import { die, paramError } from "../../errors.js";
import { randomUuid } from "../../random.js";
import type { TaskRun } from "../../tasks.js";
import { diskLock } from "../node/disks-lvm.js";

const GiB = 2 ** 30;

interface Devices {
  dev: BlockDevice;
  db?: BlockDevice;
  wal?: BlockDevice;
}

/** `POST /nodes/{node}/ceph/osd`: the checks in Proxmox's order, then ceph-volume. */
export function createOsds(call: Call): string {
  checkInited(call);
  checkInstalled(call.node, "/usr/bin/ceph-osd");
  checkInstalled(call.node, "/usr/sbin/ceph-volume");
  const perDevice = call.int("osds-per-device");
  for (const other of ["db_dev", "wal_dev"]) {
    if (perDevice !== undefined && call.has(other))
      throw paramError({ [other]: `cannot use 'osds-per-device' parameter with '${other}'` });
  }
  checkNetwork(call);
  const devices = resolved(call);
  checkUnused(devices);
  connect(call);
  cephOn(call.node).bootstrapKey = true;
  return call.task(
    "cephcreateosd",
    devices.dev.path.replace(/^\/dev\//, ""),
    waiting(function* (task) {
      const release = yield* task.lock(diskLock);
      try {
        checkUnused(devices);
        yield* create(call, task, devices, perDevice);
      } finally {
        release();
      }
    }),
  );
}

function checkNetwork(call: Call): void {
  const { cluster_network: cluster, public_network: open } = filesOf(call.cluster).conf?.["global"] ?? {};
  const network = cluster ?? open;
  if (network === undefined || addressesIn(call.node, network).length > 0) return;
  throw die(
    `No address from ceph cluster network (${network}) found on node '${call.node.name}'. Check your network config.`,
  );
}

/** Links are followed; the same device may not serve twice. */
function resolved(call: Call): Devices {
  const dev = blockDevice(call.node, call.text("dev"));
  const seen = [dev.path];
  const other = (name: "db_dev" | "wal_dev"): BlockDevice | undefined => {
    const path = call.params[name];
    if (path === undefined) return undefined;
    const device = blockDevice(call.node, path);
    if (seen.includes(device.path))
      throw paramError({ [name]: `cannot chose '${device.path}' for more than one type.` });
    seen.push(device.path);
    return device;
  };
  const db = other("db_dev");
  const wal = other("wal_dev");
  return { dev, ...(db ? { db } : {}), ...(wal ? { wal } : {}) };
}

function checkUnused({ dev, db, wal }: Devices): void {
  if (
    dev.partition ? holdingOf(dev) !== undefined || dev.partition.kind !== undefined : diskUsage(dev.disk) !== undefined
  )
    throw die(`device '${dev.path}' is already in use`);
  for (const other of [db, wal]) {
    if (!other) continue;
    const used = diskUsage(other.disk);
    if (used === undefined || used === "LVM") continue;
    if (used === "partitions" && other.disk.gpt !== 1) throw die(`device '${other.path}' is not GPT partitioned`);
    if (used !== "partitions") throw die(`device '${other.path}' is already in use and has no LVM on it`);
  }
}

function* create(call: Call, task: TaskRun, devices: Devices, perDevice: number | undefined) {
  const { dev } = devices;
  const { ceph } = connect(call, longTimeout);
  task.log(`create OSD on ${dev.path} (bluestore)`);
  const deviceClass = call.params["crush-device-class"];
  const wish: OsdWish = {
    encrypted: call.flag("encrypted"),
    ...(deviceClass === undefined ? {} : { deviceClass }),
  };
  const print = (line: string): void => task.log(line);
  const db = yield* separate(call, task, "db", devices.db, call.params["db_dev_size"], dev.disk.size / 10);
  const wal = yield* separate(call, task, "wal", devices.wal, call.params["wal_dev_size"], dev.disk.size / 100);
  for (const line of wipe(call.node, dev, "cephcreateosd", call.clock.now())) task.log(line);
  yield 1000;
  if (perDevice !== undefined) {
    yield* batch(ceph, call.node, dev, perDevice, wish, print);
    return;
  }
  yield* createOsd(ceph, call.node, dev, { ...wish, ...(db ? { db } : {}), ...(wal ? { wal } : {}) }, print);
  task.log(`--> ceph-volume lvm create successful for: ${dev.path}`);
}

/** A volume for database or log on another disk: in its group, or in a new one when it is empty. */
function* separate(
  call: Call,
  task: TaskRun,
  kind: "db" | "wal",
  device: BlockDevice | undefined,
  given: string | undefined,
  fallback: number,
): Generator<number, { vg: string; lv: string } | undefined, void> {
  if (!device) return undefined;
  task.log(`creating block.${kind} on '${device.path}'`);
  const size = given === undefined ? fallback : Number(given) * GiB;
  const holding = holdingOf(device);
  const known = holding?.kind === "lvm" ? holding.vg : undefined;
  const vg = known ?? groupOn(call.node, call.world, device);
  if (known === undefined) yield 200;
  const lv = `osd-${kind}-${randomUuid(call.world)}`;
  if (!volumeGroups(call.node)[vg]) throw die(`no volume group on '${device.path}'`);
  addVolume(call.node, vg, lv, size);
  task.log(`  Logical volume "${lv}" created.`);
  yield 200;
  task.log(`using '${vg}/${lv}' for block.${kind}`);
  return { vg, lv };
}

import type { Call, Json, Routes } from "../../call.js";
import { die } from "../../errors.js";
import { configDigest, shownSection, writeConfig } from "../../qemu/config-file.js";
import { assertWritable, checkLock, loadVm } from "../../qemu/context.js";
import { START_TIME, startVm } from "../../qemu/power.js";
import { createSnapshot, deleteSnapshot, hasDiskFeature, rollback } from "../../qemu/snapshots.js";
import { drivesOf } from "../../qemu/drive.js";
import { splitVolid } from "../../qemu/drive-params.js";
import { snapshotSection } from "./config.js";
import { vmContext, vmidOf, whileLocked } from "./vm-call.js";

const ONE = "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}";

export const snapshotRoutes: Routes = {
  "GET /nodes/{node}/qemu/{vmid}/snapshot": (call) => listSnapshots(call),
  "POST /nodes/{node}/qemu/{vmid}/snapshot": (call) => {
    const name = call.text("snapname");
    if (name === "current" || name.toLowerCase() === "pending") {
      throw die(`unable to use snapshot name '${name === "current" ? name : "pending"}' (reserved name)`);
    }
    const context = vmContext(call);
    const { vmid } = loadVm(context, vmidOf(call));
    const { description } = call.params;
    const options = { state: call.flag("vmstate"), ...(description ? { description } : {}) };
    return call.task("qmsnapshot", String(vmid), (task) => createSnapshot(context, vmid, name, options, task));
  },
  [`GET ${ONE}`]: () => [{ cmd: "rollback" }, { cmd: "config" }],
  [`DELETE ${ONE}`]: (call) => {
    const vmid = vmidOf(call);
    return call.task("qmdelsnapshot", String(vmid), (task) =>
      deleteSnapshot(vmContext(call), vmid, call.text("snapname"), call.flag("force"), task),
    );
  },
  [`GET ${ONE}/config`]: (call) =>
    shownSection(snapshotSection(loadVm(vmContext(call), vmidOf(call)), call.text("snapname"))),
  [`PUT ${ONE}/config`]: (call) => describe(call),
  [`POST ${ONE}/rollback`]: (call) => {
    const vmid = vmidOf(call);
    if (call.flag("start")) call.rights.check(`/vms/${vmid}`, "VM.PowerMgmt");
    return call.task("qmrollback", String(vmid), function* (task) {
      const context = vmContext(call);
      yield* rollback(context, vmid, call.text("snapname"), task);
      if (!call.flag("start") || loadVm(context, vmid).running) return;
      call.simulation.startTask(call.node, "qmstart", String(vmid), call.user, (start) =>
        startVm(context, vmid, start),
      );
      yield START_TIME + 200;
    });
  },
  "GET /nodes/{node}/qemu/{vmid}/feature": (call) => feature(call),
};

function listSnapshots(call: Call): Json {
  const vm = loadVm(vmContext(call), vmidOf(call));
  const taken = Object.entries(vm.snapshots).map(([name, { snaptime, vmstate, description, parent }]) => ({
    name,
    snaptime,
    vmstate: vmstate ? 1 : 0,
    description: description ?? "",
    ...(parent ? { parent } : {}),
  }));
  const now = {
    name: "current",
    digest: configDigest(vm),
    running: vm.running ? 1 : 0,
    description: "You are here!",
    ...(vm.config.parent ? { parent: vm.config.parent } : {}),
  };
  return [...taken, now];
}

async function describe(call: Call): Promise<void> {
  const context = vmContext(call);
  const vmid = vmidOf(call);
  await whileLocked(call, vmid, function* () {
    const vm = loadVm(context, vmid);
    checkLock(vm.config);
    const name = call.text("snapname");
    const snapshot = vm.snapshots[name];
    if (!snapshot) throw die(`snapshot '${name}' does not exist`);
    assertWritable(context, vmid);
    if (call.has("description")) snapshot.description = call.text("description");
    writeConfig(vm);
    yield 0;
  });
}

function feature(call: Call): Json {
  const context = vmContext(call);
  const vm = loadVm(context, vmidOf(call));
  const { snapname } = call.params;
  const section = snapname ? snapshotSection(vm, snapname) : vm.config;
  const has = hasDiskFeature(context, section, call.text("feature"), snapname);
  return { hasFeature: has ? 1 : 0, nodes: nodesWithStorages(call, section) };
}

/** The nodes that reach all storages of a configuration. */
function nodesWithStorages(call: Call, section: Readonly<Record<string, string>>): string[] {
  const context = vmContext(call);
  const members = Object.keys(call.world.nodes).filter((name) => call.world.nodes[name]?.cluster === call.node.cluster);
  const storages = drivesOf(section)
    .map(([, drive]) => splitVolid(drive.file)?.storage)
    .filter((id): id is string => id !== undefined);
  return members.filter((node) => storages.every((id) => node === call.node.name || context.disks.storage(id).shared));
}

import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { requestStart, requestStop } from "../../ha/guest-requests.js";
import { isHaManaged } from "../../ha/ha-resources.js";
import { assertVmOnNode, findVm, loadVm, lockFile, type Vm } from "../../qemu/context.js";
import { powerOn, rebootVm, resetVm, resumeVm, startVm, stopVm, suspendVm } from "../../qemu/power.js";
import { currentStatus, vmStatus } from "../../qemu/status.js";
import { stateStorage } from "../../qemu/vm-state.js";
import { assertQuorum, rootOnly, vmContext, vmidOf } from "./vm-call.js";

const COMMANDS = ["current", "start", "stop", "reset", "shutdown", "suspend", "reboot"];

export const statusRoutes: Routes = {
  "GET /nodes/{node}/qemu": (call) => listVms(call),
  "GET /nodes/{node}/qemu/{vmid}/status": () => COMMANDS.map((subdir) => ({ subdir })),
  "GET /nodes/{node}/qemu/{vmid}/status/current": (call) => {
    const context = vmContext(call);
    return currentStatus(context, loadVm(context, vmidOf(call))) as Json;
  },
  "POST /nodes/{node}/qemu/{vmid}/status/start": (call) => start(call),
  "POST /nodes/{node}/qemu/{vmid}/status/stop": (call) => stop(call),
  "POST /nodes/{node}/qemu/{vmid}/status/shutdown": (call) => shutdown(call),
  "POST /nodes/{node}/qemu/{vmid}/status/reboot": (call) => {
    if (findVm(vmContext(call), vmidOf(call))?.running?.paused) throw die("VM is paused - cannot shutdown");
    const vm = runningVm(call);
    const timeout = call.int("timeout");
    return call.task("qmreboot", String(vm.vmid), (task) => rebootVm(vmContext(call), vm.vmid, task, timeout));
  },
  "POST /nodes/{node}/qemu/{vmid}/status/reset": (call) => {
    rootOnly(call, "skiplock");
    const vm = runningVm(call);
    return call.task("qmreset", String(vm.vmid), (task) =>
      resetVm(vmContext(call), vm.vmid, task, call.flag("skiplock")),
    );
  },
  "POST /nodes/{node}/qemu/{vmid}/status/suspend": (call) => suspend(call),
  "POST /nodes/{node}/qemu/{vmid}/status/resume": (call) => resume(call),
};

function listVms(call: Call): Json {
  const context = vmContext(call);
  return Object.values(call.cluster.guests)
    .filter((guest) => guest.type === "qemu" && guest.node === call.node.name)
    .filter((guest) => call.rights.has(`/vms/${guest.vmid}`, "VM.Audit"))
    .map((guest) => vmStatus(context, guest, call.flag("full")) as Json);
}

/** The VM, which must run (`check_running` only looks for the file, then for the process). */
function runningVm(call: Call): Vm {
  const vm = assertVmOnNode(vmContext(call), vmidOf(call));
  if (!vm.running) throw die(`VM ${vm.vmid} not running`);
  return vm;
}

function start(call: Call): string {
  rootOnly(call, "stateuri", "skiplock", "migratedfrom", "migration_type", "migration_network", "machine", "force-cpu");
  assertQuorum(call);
  const vmid = vmidOf(call);
  if (isHaManaged(call.cluster, vmid) && !call.has("stateuri")) return requestStart(call, vmid);
  return call.task("qmstart", String(vmid), (task) => startVm(vmContext(call), vmid, task, call.flag("skiplock")));
}

function stop(call: Call): string {
  rootOnly(call, "skiplock", "keepActive", "migratedfrom");
  const vmid = vmidOf(call);
  const timeout = call.int("timeout");
  if (isHaManaged(call.cluster, vmid) && !call.has("migratedfrom")) {
    if (call.flag("overrule-shutdown")) throw paramError({ "overrule-shutdown": "Not applicable for HA resources." });
    return requestStop(call, vmid, 0);
  }
  return call.task("qmstop", String(vmid), function* (task) {
    if (call.flag("overrule-shutdown")) {
      const overruled = abortShutdowns(call, vmid);
      if (overruled.length > 0) task.log(`overruled qmshutdown tasks: ${overruled.join(", ")}`);
    }
    yield* stopVm(vmContext(call), vmid, task, {
      skipLock: call.flag("skiplock"),
      force: true,
      ...(timeout === undefined ? {} : { timeout }),
    });
  });
}

/** Stops the shutdown tasks of a VM that the caller may stop; returns their UPIDs. */
function abortShutdowns(call: Call, vmid: number): string[] {
  const mayStopAll = call.rights.has("/", "Sys.Modify");
  const upids = call.node.tasks
    .filter((task) => task.status === undefined && task.type === "qmshutdown" && task.id === String(vmid))
    .filter((task) => mayStopAll || task.user === call.user)
    .map((task) => task.upid);
  for (const upid of upids) call.tasks.stop(upid);
  return upids;
}

function shutdown(call: Call): string {
  rootOnly(call, "skiplock", "keepActive");
  const vmid = vmidOf(call);
  const paused = findVm(vmContext(call), vmid)?.running?.paused === true;
  const force = call.flag("forceStop");
  if (paused && !force) throw die("VM is paused - cannot shutdown");
  const timeout = call.int("timeout");
  if (isHaManaged(call.cluster, vmid)) return requestStop(call, vmid, timeout ?? 60);
  return call.task("qmshutdown", String(vmid), (task) =>
    stopVm(vmContext(call), vmid, task, {
      skipLock: call.flag("skiplock"),
      shutdown: !paused,
      force,
      ...(timeout === undefined ? {} : { timeout }),
    }),
  );
}

function suspend(call: Call): string {
  rootOnly(call, "skiplock");
  const context = vmContext(call);
  const vm = runningVm(call);
  const toDisk = call.flag("todisk");
  if (toDisk && isHaManaged(call.cluster, vm.vmid)) throw die("Cannot suspend HA managed VM to disk");
  let storage = call.params.statestorage;
  if (toDisk) {
    call.rights.checkVm(vm.vmid, undefined, "VM.Config.Disk");
    if (Object.keys(vm.config).some((key) => /^hostpci\d+/.test(key))) {
      throw die(
        "cannot suspend VM to disk due to passed-through PCI device(s), which lack the possibility to save/restore " +
          "their internal state",
      );
    }
    storage ??= stateStorage(context, vm);
    call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
  }
  const options = { skipLock: call.flag("skiplock"), toDisk, ...(storage === undefined ? {} : { storage }) };
  return call.task(toDisk ? "qmsuspend" : "qmpause", String(vm.vmid), (task) =>
    suspendVm(context, vm.vmid, task, options),
  );
}

function resume(call: Call): string {
  rootOnly(call, "skiplock", "nocheck");
  const context = vmContext(call);
  const vmid = vmidOf(call);
  const suspended = findVm(context, vmid)?.config.lock === "suspended";
  if (!suspended) runningVm(call);
  return call.task("qmresume", String(vmid), function* (task) {
    if (!suspended) return yield* resumeVm(context, vmid, task, call.flag("skiplock"));
    yield* task.lock(lockFile(vmid));
    yield* powerOn(context, loadVm(context, vmid), (line) => task.log(line));
  });
}

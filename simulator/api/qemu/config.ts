import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { configDigest, shownSection, type Section } from "../../qemu/config-file.js";
import { loadVm, type Vm } from "../../qemu/context.js";
import { mergedSection, pendingEntries } from "../../qemu/pending.js";
import { checkUpdate, prepareUpdate, runUpdate } from "../../qemu/update.js";
import { vmContext, vmidOf, whileLocked } from "./vm-call.js";

export const configRoutes: Routes = {
  "GET /nodes/{node}/qemu/{vmid}/config": (call) => readConfig(call),
  "GET /nodes/{node}/qemu/{vmid}/pending": (call) => {
    const vm = loadVm(vmContext(call), vmidOf(call));
    return [...pendingEntries(vm), { key: "digest", value: configDigest(vm) }].map((entry) => ({ ...entry }));
  },
  "PUT /nodes/{node}/qemu/{vmid}/config": (call) => updateNow(call, call.params),
  "POST /nodes/{node}/qemu/{vmid}/config": (call) => updateInTask(call),
  "PUT /nodes/{node}/qemu/{vmid}/unlink": (call) => {
    const { idlist, ...params } = call.params;
    return updateNow(call, { ...params, delete: idlist ?? "" });
  },
};

function readConfig(call: Call): Json {
  const { snapshot, current } = call.params;
  if (snapshot && current === "1") {
    const text = "cannot use 'snapshot' parameter with 'current'";
    throw paramError({ snapshot: text, current: text });
  }
  const vm = loadVm(vmContext(call), vmidOf(call));
  const section = snapshot ? snapshotSection(vm, snapshot) : current === "1" ? { ...vm.config } : mergedSection(vm);
  if (section.cipassword && section.cipassword !== "0") section.cipassword = "**********";
  return { ...shownSection(section), digest: configDigest(vm) };
}

/** A snapshot's section as the file has it, bookkeeping included. */
export function snapshotSection(vm: Vm, name: string): Section {
  const snapshot = vm.snapshots[name];
  if (!snapshot) throw die(`snapshot '${name}' does not exist`);
  const { config, snaptime, ...rest } = snapshot;
  return { ...config, ...rest, snaptime: String(snaptime) };
}

async function updateNow(call: Call, params: Readonly<Section>): Promise<void> {
  const context = vmContext(call);
  const update = prepareUpdate(context, params);
  checkUpdate(context, update, false);
  await whileLocked(call, update.vmid, () => runUpdate(context, update, () => undefined));
}

async function updateInTask(call: Call): Promise<string | null> {
  const context = vmContext(call);
  const update = prepareUpdate(context, call.params);
  checkUpdate(context, update, false);
  const upid = call.task("qmconfig", String(update.vmid), function* (task) {
    yield* task.lock(`/var/lock/qemu-server/lock-${update.vmid}.conf`);
    yield* runUpdate(context, update, (line) => task.log(line), task.task.pid);
  });
  const delay = call.int("background_delay", 0);
  const end = call.clock.now() + delay * 1000;
  while (delay > 0 && call.clock.now() < end && call.tasks.isActive(upid)) await call.clock.sleep(100);
  if (delay === 0 || call.tasks.isActive(upid)) return upid;
  const status = call.node.tasks.find((task) => task.upid === upid)?.status ?? "OK";
  if (status !== "OK" && !status.startsWith("WARNINGS")) throw die(`failed to update VM ${update.vmid}: ${status}`);
  return null;
}

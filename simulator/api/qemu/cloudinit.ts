import type { Call, Routes } from "../../call.js";
import { regenerateCloudinit } from "../../qemu/apply-pending.js";
import { cloudinitEntries, dumpCloudinit, type Resolver } from "../../qemu/cloudinit.js";
import { writeConfig } from "../../qemu/config-file.js";
import { assertWritable, checkLock, loadVm } from "../../qemu/context.js";
import { vmContext, vmidOf, whileLocked } from "./vm-call.js";

const PATH = "/nodes/{node}/qemu/{vmid}/cloudinit";

export const cloudinitRoutes: Routes = {
  [`GET ${PATH}`]: (call) => cloudinitEntries(loadVm(vmContext(call), vmidOf(call))).map((entry) => ({ ...entry })),
  [`PUT ${PATH}`]: (call) => regenerate(call),
  [`GET ${PATH}/dump`]: (call) => {
    const vm = loadVm(vmContext(call), vmidOf(call));
    const mask = !call.rights.has(`/vms/${vm.vmid}`, "VM.Config.Cloudinit");
    const type = call.text("type") as "user" | "network" | "meta";
    return dumpCloudinit(vm.config, vm.vmid, type, resolverOf(call), mask);
  },
};

function resolverOf(call: Call): Resolver {
  const { search, dns1, dns2, dns3 } = call.node.network.dns;
  const nameservers = [dns1, dns2, dns3].filter((server): server is string => server !== undefined && server !== "");
  return { ...(search ? { search } : {}), nameservers };
}

/** Makes the image anew, also for a running VM. */
async function regenerate(call: Call): Promise<void> {
  const context = vmContext(call);
  const vmid = vmidOf(call);
  await whileLocked(call, vmid, function* () {
    const vm = loadVm(context, vmid);
    checkLock(vm.config);
    yield 100;
    assertWritable(context, vmid);
    regenerateCloudinit(vm);
    writeConfig(vm);
  });
}

import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { requestMigration } from "../../ha/guest-requests.js";
import { isHaManaged } from "../../ha/ha-resources.js";
import { motionOf } from "../../ha/motion.js";
import { checkLock, loadVm, type Vm, type VmContext } from "../../qemu/context.js";
import { drivesOf } from "../../qemu/drive.js";
import { splitVolid } from "../../qemu/drive-params.js";
import { localDisks } from "../../qemu/local-disks.js";
import { localResources, migrateVm, unavailableStorages } from "../../qemu/migrate.js";
import { splitList } from "../../qemu/property-string.js";
import { assertQuorum, rootOnly, vmContext, vmidOf } from "./vm-call.js";

const PATH = "/nodes/{node}/qemu/{vmid}/migrate";

export const migrateRoutes: Routes = {
  [`GET ${PATH}`]: (call) => preconditions(call),
  [`POST ${PATH}`]: (call) => migrate(call),
};

function members(call: Call): string[] {
  return Object.keys(call.world.nodes).filter((name) => call.world.nodes[name]?.cluster === call.node.cluster);
}

function preconditions(call: Call): Json {
  const context = vmContext(call);
  assertQuorum(call);
  const vm = loadVm(context, vmidOf(call));
  checkLock(vm.config);
  const others = members(call).filter((node) => node !== call.node.name);
  const { dependent, blocking } = motionOf(call.cluster, `vm:${vm.vmid}`);
  const against = others.map((node) => {
    const storages = unavailableStorages(context, vm, node);
    const rivals = blocking[node];
    return [
      node,
      {
        ...(storages.length > 0 ? { unavailable_storages: storages } : {}),
        ...(rivals ? { "blocking-ha-resources": [...rivals] } : {}),
      },
    ] as const;
  });
  return {
    running: vm.running ? 1 : 0,
    ...(isHaManaged(call.cluster, vm.vmid) ? { "dependent-ha-resources": [...dependent] } : {}),
    allowed_nodes: against.filter(([, found]) => Object.keys(found).length === 0).map(([node]) => node),
    // allowed nodes are listed too, with nothing against them
    not_allowed_nodes: Object.fromEntries(against),
    local_disks: localDisks(context, vm) as unknown as Json,
    local_resources: localResources(vm.config),
    "mapped-resources": [],
    "mapped-resource-info": {},
    "has-dbus-vmstate": 1,
  };
}

function migrate(call: Call): string {
  const target = call.text("target");
  if (target === call.node.name) throw paramError({ target: "target is local node." });
  assertQuorum(call);
  if (!members(call).includes(target)) throw die(`no such cluster node '${target}'`);
  rootOnly(call, "force", "migration_type", "migration_network");
  const context = vmContext(call);
  const vm = loadVm(context, vmidOf(call));
  checkLock(vm.config);
  if (vm.running && !call.flag("online")) throw die("can't migrate running VM without --online");
  const storageFor = targetStorages(call, context, vm, target);
  if (isHaManaged(call.cluster, vm.vmid)) return requestMigration(call, vm.vmid, target);
  return call.task("qmigrate", String(vm.vmid), (task) =>
    migrateVm(
      context,
      {
        vmid: vm.vmid,
        target,
        online: vm.running !== undefined,
        withLocalDisks: call.flag("with-local-disks"),
        storageFor,
      },
      task,
    ),
  );
}

/** Where volumes of a local storage go: `1` keeps names, one id takes all, `a:b` pairs map. */
function targetStorages(call: Call, context: VmContext, vm: Vm, target: string): (storage: string) => string {
  const entries = splitList(call.params.targetstorage);
  const identity = entries.length === 0 || entries.includes("1");
  if (identity) assertStorages(context, vm, target);
  const map = new Map(
    entries.filter((entry) => entry.includes(":")).map((entry) => entry.split(":") as [string, string]),
  );
  const all = entries.find((entry) => !entry.includes(":") && entry !== "1");
  if (entries.length > 0 && !identity) call.rights.checkVm(vm.vmid, undefined, "VM.Config.Disk");
  for (const storage of [...map.values(), ...(all === undefined ? [] : [all])]) {
    const found = context.disks.usableStorage(storage, target);
    call.rights.check(`/storage/${storage}`, "Datastore.AllocateSpace");
    if (!found.content.has("images")) throw die(`storage '${storage}' does not support vm images`);
  }
  return (storage) => map.get(storage) ?? all ?? storage;
}

/** All storages of the VM must be usable on both nodes (`check_storage_availability`). */
function assertStorages(context: VmContext, vm: Vm, target: string): void {
  for (const [, drive] of drivesOf(vm.config)) {
    const storage = splitVolid(drive.file)?.storage;
    if (storage === undefined) continue;
    const { content } = context.disks.usableStorage(storage);
    context.disks.usableStorage(storage, target);
    const type = context.disks.parse(drive.file).content;
    if (!content.has(type)) {
      throw die(`${drive.file}: content type '${type}' is not available on storage '${storage}'`);
    }
  }
}

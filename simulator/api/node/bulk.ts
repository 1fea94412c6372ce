import { Call, type Routes } from "../../call.js";
import { denied, die, paramError, textOf } from "../../errors.js";
import type { FindRoute } from "../../router.js";
import type { TaskRun } from "../../tasks.js";
import type { Guest } from "../../world/guest.js";

/** All guests of a node at once: each is a task of its own, started by the one that is answered. */
export const bulkRoutes = (findRoute: FindRoute): Routes => ({
  "POST /nodes/{node}/startall": (call) => {
    checkGuests(call, "/, VM.PowerMgmt", "VM.PowerMgmt");
    return call.task("startall", "", function* (task) {
      const wanted = selected(call).filter(({ config }) => call.flag("force") || config["onboot"] === "1");
      for (const guest of wanted) {
        if (guest.running) continue;
        task.log(`Starting VM ${guest.vmid}`);
        const status = yield* forGuest(findRoute, call, task, guest, "status/start", {});
        if (status !== undefined) task.log(`Starting VM ${guest.vmid} failed: ${status}`);
      }
    });
  },

  "POST /nodes/{node}/stopall": (call) => {
    checkGuests(call, "/, VM.PowerMgmt", "VM.PowerMgmt");
    const options = { forceStop: call.flag("force-stop", true) ? "1" : "0", timeout: call.params["timeout"] ?? "180" };
    return call.task("stopall", "", function* (task) {
      for (const guest of selected(call).reverse()) {
        if (!guest.running) continue;
        task.log(`Stopping VM ${guest.vmid} (timeout = ${options.timeout} seconds)`);
        yield* forGuest(findRoute, call, task, guest, "status/shutdown", options);
      }
    });
  },

  "POST /nodes/{node}/suspendall": (call) => {
    checkGuests(call, "/, VM.PowerMgmt && VM.Config.Disk", "VM.PowerMgmt", "VM.Config.Disk");
    return call.task("suspendall", "", function* (task) {
      for (const guest of selected(call).reverse()) {
        if (!guest.running) continue;
        task.log(`Suspending VM ${guest.vmid}`);
        yield* forGuest(findRoute, call, task, guest, "status/suspend", { todisk: "1" });
      }
    });
  },

  "POST /nodes/{node}/migrateall": (call) => {
    checkGuests(call, "/, VM.Migrate", "VM.Migrate");
    const target = call.text("target");
    if (target === call.node.name) throw paramError({ target: "target is local node." });
    if (!call.cluster.corosync?.nodes[target]) throw die(`no such cluster node '${target}'`);
    const workers = call.params["max-workers"] ?? call.params["maxworkers"] ?? call.cluster.options["max_workers"];
    if (workers === undefined)
      throw die("either 'max-workers' parameter or max_workers in datacenter.cfg must be set!");
    return call.task("migrateall", "", function* (task) {
      const guests = selected(call);
      if (guests.length === 0) {
        task.log("no virtual guests matched, nothing to do..");
        return;
      }
      for (const guest of guests) {
        task.log(`Migrating VM ${guest.vmid}`);
        yield* forGuest(findRoute, call, task, guest, "migrate", { target, ...(guest.running ? { online: "1" } : {}) });
      }
      task.log(`All jobs finished, used ${guests.length} workers in total.`);
    });
  },
});

/** Either a right on everything, or on each of the guests that are named. */
function checkGuests(call: Call, missing: string, ...privileges: string[]): void {
  if (call.rights.has("/", ...privileges)) return;
  const vmids = call.list("vms");
  if (vmids.length === 0) throw denied(missing);
  for (const vmid of vmids) call.rights.check(`/vms/${vmid}`, privileges[0] ?? "");
}

/** The node's virtual machines that are meant, in the order in which they start; templates never are. */
function selected(call: Call): Guest[] {
  const vmids = call.list("vms").map(Number);
  const order = ({ config }: Guest) =>
    Number(/(?:^|,)(?:order=)?(\d+)(?:,|$)/.exec(config["startup"] ?? "")?.[1] ?? Infinity);
  return Object.values(call.cluster.guests)
    .filter((guest) => guest.node === call.node.name && guest.type === "qemu" && guest.config["template"] !== "1")
    .filter(({ vmid }) => vmids.length === 0 || vmids.includes(vmid))
    .sort((a, b) => (order(a) === order(b) ? a.vmid - b.vmid : order(a) < order(b) ? -1 : 1));
}

/** Calls an endpoint of a guest and waits for its task; returns the error, if it ends with one. */
function* forGuest(
  findRoute: FindRoute,
  call: Call,
  task: TaskRun,
  { vmid }: Guest,
  action: string,
  params: Readonly<Record<string, string>>,
): Generator<number, string | undefined, void> {
  const handler = findRoute("POST", `/nodes/${call.node.name}/qemu/${vmid}/${action}`)?.handler;
  if (!handler) return "not implemented";
  const values = { node: call.node.name, vmid: String(vmid), ...params };
  const inner = new Call(call.simulation, call.node, call.user, call.rights, values, {});
  let upid: unknown;
  try {
    upid = handler(inner);
  } catch (error) {
    task.log(textOf(error));
    return textOf(error);
  }
  if (typeof upid !== "string") return undefined;
  while (call.tasks.isActive(upid)) yield 200;
  const status = call.node.tasks.find((each) => each.upid === upid)?.status ?? "OK";
  return status === "OK" || /^WARNINGS: \d+$/.test(status) ? undefined : status;
}

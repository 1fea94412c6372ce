import type { Call } from "../call.js";
import { die, textOf } from "../errors.js";
import type { Steps } from "../worker.js";
import { haIn } from "./ha-files.js";
import { checkServiceState, updateResource } from "./ha-resources.js";
import { motionOf, motionWords } from "./motion.js";

/** Milliseconds that a program of the command line takes to start and to do this. */
const COMMAND_TIME = 800;

/** What the program does, and the lines that it prints; or throws what it fails with. */
type Work = () => readonly string[] | void;

/** Runs `ha-manager` in the task: what it is refused stands in the log, and its exit code is the task's failure. */
function request(call: Call, type: string, vmid: number, says: string, command: string, work: Work): string {
  return call.task(type, String(vmid), function* (task): Steps {
    task.log(says);
    yield COMMAND_TIME;
    try {
      if (!call.simulation.isQuorate(call.node)) throw die("cluster not ready - no quorum?");
      for (const line of work() ?? []) task.log(line);
    } catch (error) {
      for (const line of textOf(error).trimEnd().split("\n")) task.log(line);
      throw die(`command 'ha-manager ${command}' failed: exit code 255`);
    }
  });
}

/** A start of a guest under HA is a request to its manager (`vm_start` in PVE/API2/Qemu.pm). */
export const requestStart = (call: Call, vmid: number): string =>
  request(call, "hastart", vmid, `Requesting HA start for VM ${vmid}`, `set vm:${vmid} --state started`, () => {
    checkServiceState(call.cluster, `vm:${vmid}`, "started");
    updateResource(call.cluster, `vm:${vmid}`, { state: "started" });
    call.simulation.ha?.wake(call.node.cluster);
  });

/** `vm_stop` and `vm_shutdown`. */
export const requestStop = (call: Call, vmid: number, timeout: number): string =>
  request(call, "hastop", vmid, `Requesting HA stop for VM ${vmid}`, `crm-command stop vm:${vmid} ${timeout}`, () =>
    queue(call, `stop vm:${vmid} ${timeout}`),
  );

/** `migrate_vm`. */
export const requestMigration = (call: Call, vmid: number, target: string): string =>
  request(
    call,
    "hamigrate",
    vmid,
    `Requesting HA migration for VM ${vmid} to node ${target}`,
    `migrate vm:${vmid} ${target}`,
    () => {
      checkServiceState(call.cluster, `vm:${vmid}`);
      // It has been queued by then: the manager looks for itself.
      queue(call, `migrate vm:${vmid} ${target}`);
      const sid = `vm:${vmid}`;
      const { refused, lines } = motionWords(motionOf(call.cluster, sid), { what: "migrate", sid, target });
      if (refused !== undefined) throw die(refused);
      return lines;
    },
  );

function queue(call: Call, command: string): void {
  haIn(call.cluster).commands.push(command);
  call.simulation.ha?.wake(call.node.cluster);
}

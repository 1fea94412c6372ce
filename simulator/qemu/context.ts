import type { SimulatedClock } from "../simulated-clock.js";
import { die } from "../errors.js";
import type { Rights } from "../rights.js";
import type { Tasks } from "../tasks.js";
import type { Guest } from "../world/guest.js";
import type { Cluster, NodeState, World } from "../world/world.js";
import { configPath, type Section } from "./config-file.js";
import type { DiskStore } from "./disk-store.js";

/** The process id of an API daemon's worker. */
const DAEMON_PID = 1200;

/** What an operation on VMs sees of the simulator: the node it runs on and who asked. */
export interface VmContext {
  readonly world: World;
  readonly cluster: Cluster;
  readonly node: NodeState;
  readonly clock: SimulatedClock;
  readonly tasks: Tasks;
  readonly rights: Rights;
  readonly disks: DiskStore;
  /** Whether the cluster file system takes writes now. */
  readonly isQuorate: () => boolean;
}

/** Takes a line of a task's log; a synchronous call throws its lines away. */
export type Log = (line: string) => void;

/** Milliseconds to wait, then a result. */
export type Work<Result> = Generator<number, Result, void>;

/** A VM: a guest with a cloud-init section. */
export type Vm = Guest;

/** The VM of that id on this node; undefined when there is none. */
export function findVm(context: VmContext, vmid: number): Vm | undefined {
  const guest = context.cluster.guests[String(vmid)];
  return guest?.type === "qemu" && guest.node === context.node.name ? guest : undefined;
}

/** The VM of that id on this node, or the error of a missing file. */
export function loadVm(context: VmContext, vmid: number): Vm {
  const vm = findVm(context, vmid);
  if (!vm) throw die(`Configuration file '${configPath(context.node.name, vmid)}' does not exist`);
  return vm;
}

/** The same where qemu-server only looks for the file (`assert_config_exists_on_node`). */
export function assertVmOnNode(context: VmContext, vmid: number): Vm {
  const vm = findVm(context, vmid);
  if (!vm) throw die(`unable to find configuration file for VM ${vmid} on node '${context.node.name}'`);
  return vm;
}

/** Fails as the first write of a configuration does without quorum; `pid` is the writing process, a daemon's if none. */
export function assertWritable(context: VmContext, vmid: number, pid = DAEMON_PID): void {
  if (context.isQuorate()) return;
  throw die(`unable to open file '/etc/pve/${configPath(context.node.name, vmid)}.tmp.${pid}' - Permission denied`);
}

/** Refuses to go on while the configuration says `lock`. */
export function checkLock(config: Section): void {
  if (config.lock) throw die(`VM is locked (${config.lock})`);
}

/** Refuses to go on while the VM is protected. */
export function checkProtection(config: Section, what: string): void {
  if (config.protection === "1") throw die(`${what} - protection mode enabled`);
}

/** Whether the VM is a template. */
export function isTemplate(config: Section): boolean {
  return config.template === "1";
}

/** The lock file of a VM's configuration. */
export function lockFile(vmid: number): string {
  return `/var/lock/qemu-server/lock-${vmid}.conf`;
}

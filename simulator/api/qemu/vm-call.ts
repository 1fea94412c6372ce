import type { Call } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { nodeLock } from "../../locks.js";
import { lockFile, type VmContext, type Work } from "../../qemu/context.js";
import { WorldDisks } from "../../qemu/world-disks.js";

/** The node's VMs as operations see them. */
export function vmContext(call: Call): VmContext {
  const { world, cluster, node, clock, tasks, rights } = call;
  const disks = new WorldDisks(world, cluster, node.name, () => clock.seconds());
  const isQuorate = (): boolean => call.simulation.isQuorate(node);
  return { world, cluster, node, clock, tasks, rights, disks, isQuorate };
}

/** The id of the VM that the path names. */
export function vmidOf(call: Call): number {
  return Number(call.text("vmid"));
}

/** Refuses options that only root@pam may give. */
export function rootOnly(call: Call, ...names: string[]): void {
  for (const name of names) {
    const given = call.has(name) && call.text(name) !== "0";
    if (given && !call.rights.isRoot) throw paramError({ [name]: "Only root may use this option." });
  }
}

/** Fails while the cluster has no quorum (`check_cfs_quorum`). */
export function assertQuorum(call: Call): void {
  if (!call.simulation.isQuorate(call.node)) throw die("cluster not ready - no quorum?");
}

let calls = 0;

/** Does work during the request, holding a VM's lock. */
export async function whileLocked(call: Call, vmid: number, work: () => Work<void>): Promise<void> {
  const { locks } = call.tasks;
  const file = lockFile(vmid);
  const name = nodeLock(call.node.name, file);
  const holder = `call:${calls++}`;
  const end = call.clock.now() + 10_000;
  while (!locks.tryTake(name, holder)) {
    if (call.clock.now() >= end) throw die(`can't lock file '${file}' - got timeout`);
    await call.clock.sleep(200);
  }
  try {
    const steps = work();
    for (let step = steps.next(); !step.done; step = steps.next()) await call.clock.sleep(step.value);
  } finally {
    locks.release(name, holder);
  }
}

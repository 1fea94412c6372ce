import { checkNode } from "../checks/nodes";
import { checkPool } from "../checks/existing-pool";
import { checkStorage } from "../checks/storages";
import { elsewise, isPreview } from "../checks/there-or-made";
import { isMade } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { sees } from "../kernel/session/own-sight";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import type { BackupJobInputs } from "./backup-job.model";
import { coveredGuests } from "./covered-guests";

type Job = Partial<BackupJobInputs>;

/** Is all there that a job names? What it named before is not asked for again: somebody may have taken it away since. */
export async function inspectBackupJob(pve: Pve, call: Call, job: Job, was: Job = {}): Promise<Problem[]> {
  const view = await pve.picture();
  const { node, storage, fleecing } = job;
  const moved = node !== was.node;
  if (storage !== was.storage || moved) warnOfMissing(call, view, job);
  return [
    ...(moved ? checkNode(view, node, "node", was.node) : []),
    ...(moved || storage !== was.storage ? checkStorage(view, storage, node, "backup", "storage") : []),
    ...(moved || fleecing?.storage !== was.fleecing?.storage
      ? checkStorage(view, fleecing?.storage, node, "images", "fleecing.storage")
      : []),
    ...(job.pool === was.pool ? [] : await checkPool(pve, call, job.pool)),
    ...(await checkGuests(pve, call, job.vmids ?? [], was.vmids ?? [])),
  ];
}

/** A guest that nobody makes would be an error at each run. */
async function checkGuests(
  pve: Pve,
  call: Call,
  vmids: readonly (number | undefined)[],
  before: readonly number[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, vmid] of vmids.entries()) {
    if (vmid === undefined || before.includes(vmid) || isMade(pve, "guest", String(vmid))) continue;
    if ((await pve.snapshot.guest(vmid)) !== undefined) continue;
    const text = `there is no guest ${vmid} that this user may see`;
    if (await sees(pve, `/vms/${vmid}`, "VM.Audit"))
      problems.push({ path: `vmids[${index}]`, message: `${text}; ${elsewise("guest")}` });
    else if (isPreview(call)) call.report.warn(`vmids[${index}]: ${text}; unless it is there, its backups fail`);
  }
  return problems;
}

/** A job runs on each node for the guests there, and fails where there is nothing to write to. */
function warnOfMissing(call: Call, { guests, storages }: Awaited<ReturnType<Pve["picture"]>>, job: Job): void {
  const rows = storages.filter((row) => row.storage === job.storage);
  if (rows.length === 0) return;
  const without = new Map<string, number[]>();
  for (const { vmid, node } of coveredGuests(guests, job))
    if (!rows.some((row) => row.node === node)) without.set(node, [...(without.get(node) ?? []), vmid]);
  for (const [node, vmids] of without)
    call.report.warn(
      `storage ${job.storage ?? ""} is not on node ${node}: backups of its guests (${vmids.sort((a, b) => a - b).join(", ")}) fail`,
    );
}

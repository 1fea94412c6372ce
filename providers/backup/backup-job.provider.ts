import { wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { changeOfTexts, fromTexts, textsOf, toTexts, type TextChange } from "../kernel/fields/mapping";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { asSent, asText } from "./backup-job-fields.model";
import { backupJobModel, jobFields, type BackupJobInputs } from "./backup-job.model";
import { inspectBackupJob } from "./inspect-backup-job";
import { pruneEffects, withUnsaid } from "./prune-effects";
import { moreGoes, prunedBy } from "./pruned-backups";

interface BackupJobOutputs {
  readonly jobId: string;
}

type Job = wire.WireObject;

export const backupJobProvider = (session: Session) =>
  named<BackupJobInputs, BackupJobOutputs, Job>(
    {
      kind: "BackupJob",
      noun: "backup job",
      name: "jobId",
      model: backupJobModel,
      outputs: ["jobId"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      lock: "cluster:jobs.cfg",
      async refine(call, changes, { jobId }, { was, wanted }) {
        const pve = await session.look(call);
        if (!pve) return changes;
        return pruneEffects(pve, changes, { was, wanted, now: () => jobNow(pve, jobId) });
      },
      async list(pve) {
        const jobs = (await pve.api.cluster.backup.$get()) as readonly Job[];
        return new Map(jobs.map((job) => [wire.string(job["id"]) ?? "", job]));
      },
      read,
      at: ({ jobId }) => ({ jobId }),
      live: (job, at, wanted) => ({ inputs: { ...wanted, ...asItIs(job, wanted), jobId: at.jobId }, outputs: at }),
      create: (pve, inputs) =>
        pve.api.cluster.backup.$post({ id: inputs.jobId, ...asSent(toTexts(jobFields, inputs)) }),
      change: (job, inputs, was) => sent(changeOfTexts(jobFields, texts(job), inputs, was), inputs.storage),
      update: (pve, jobId, change) => pve.api.cluster.backup.$(jobId).$put(change),
      remove: (pve, jobId) => pve.api.cluster.backup.$(jobId).$delete(),
      removed: async (call, { jobId }) =>
        call.report.result(`backup job ${jobId} is deleted; the backups that it has made stay`),
      detail: (job) => wire.string(job["comment"]) ?? wire.string(job["schedule"]) ?? "",
      async inspect(pve, call, inputs, was) {
        const problems = await inspectBackupJob(pve, call, inputs, was);
        if (was === undefined && problems.length === 0) await tellWhatGoes(pve, call, inputs);
        return problems;
      },
    },
    session,
  );

async function read(pve: Pve, jobId: string): Promise<Job | undefined> {
  const job = wire.object(await pve.api.cluster.backup.$(jobId).$get());
  return job["id"] === jobId ? job : undefined;
}

const texts = (job: Job): Record<string, string> =>
  textsOf(Object.fromEntries(Object.entries(job).map(([key, value]) => [key, asText(value)])));

/** A job as it is now, also what its resource says nothing of; undefined when it is gone. */
async function jobNow(pve: Pve, jobId: string): Promise<Partial<BackupJobInputs> | undefined> {
  const jobs = (await pve.api.cluster.backup.$get()) as readonly Job[];
  const job = jobs.find(({ id }) => id === jobId);
  if (!job) return undefined;
  const { pruneBackups: kept, ...others } = asItIs(job, { pruneBackups: {} });
  return kept === undefined || Object.keys(kept).length === 0 ? others : { ...others, pruneBackups: kept };
}

/**
 * All fields as the job has them: one that is not there is so because somebody took it away. A retention that was said
 * is then an empty one, and not one that was never said.
 */
function asItIs(job: Job, wanted: Partial<BackupJobInputs>): Partial<BackupJobInputs> {
  const there = texts(job);
  const live = fromTexts(jobFields, there, wanted);
  const empty = (name: string) => (name === "pruneBackups" && wanted.pruneBackups !== undefined ? {} : undefined);
  return Object.fromEntries(
    Object.entries(jobFields).map(([name, { key, unset }]) => [
      name,
      there[key] === undefined ? (unset ?? empty(name)) : live[name],
    ]),
  );
}

/** Keys that Proxmox takes only beside the storage. */
const besideStorage = ["notes-template", "protected"];

function sent(change: TextChange, storage: string): Record<string, string | string[]> | undefined {
  const { set, delete: gone } = change;
  if (Object.keys(set).length + gone.length === 0) return undefined;
  return {
    ...(besideStorage.some((key) => key in set) ? { storage } : {}),
    ...asSent(set),
    ...(gone.length === 0 ? {} : { delete: gone.join(",") }),
  };
}

/** A job that is made, or taken over, may remove what is there by its first run. */
async function tellWhatGoes(pve: Pve, call: Call, inputs: Partial<BackupJobInputs>): Promise<void> {
  const { jobId = "", adopt } = inputs;
  const there = adopt === true ? await jobNow(pve, jobId) : undefined;
  // It keeps all.
  if (!there && inputs.pruneBackups === undefined) return;
  const next = there ? withUnsaid(inputs, {}, there) : inputs;
  const more = moreGoes(await prunedBy(pve, there ?? {}), await prunedBy(pve, next));
  if (more !== undefined) call.report.warn(`pruneBackups: ${more}`);
}

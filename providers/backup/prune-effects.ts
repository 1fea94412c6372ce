import type { Pve } from "../kernel/session/pve-session";
import type { Change } from "../kernel/state/changes";
import { hasUnknown, knownPart } from "../kernel/state/unknowns";
import type { BackupJobInputs } from "./backup-job.model";
import { keepsLess, moreGoes, prunedBy } from "./pruned-backups";

type Job = Partial<BackupJobInputs>;

/** Fields on which it depends what a run removes. */
const deciding = /^(?:pruneBackups|remove|enabled|storage|vmids|pool|all|exclude|node)\b/;

/**
 * What a change of a job lets go of at the next run: more than before is `prune`, with how many backups are there of those;
 * a retention that keeps as much or more is only `live`.
 */
export async function pruneEffects(
  pve: Pve,
  changes: Change[],
  { was, wanted, now }: { readonly was: Job; readonly wanted: Job; now(): Promise<Job | undefined> },
): Promise<Change[]> {
  const decisive = changes.filter(({ path }) => deciding.test(path));
  if (decisive.length === 0) return changes;
  const live = (await now()) ?? was;
  const known = withUnsaid(knownPart(wanted) as Job, was, live);
  const [before, next] = [await prunedBy(pve, live), await prunedBy(pve, known)];
  const less = keepsLess(known.pruneBackups, live.pruneBackups) && known.remove !== false;
  const more = decisive.some(({ to }) => hasUnknown(to)) ? undefined : moreGoes(before, next);
  const prunes = less || more !== undefined;
  const note =
    more ?? (less ? "keeps less from the next run on; of the backups that are there none goes yet" : undefined);
  const [first] = [...decisive].sort((a, b) => rank(a) - rank(b));
  return changes.map((change) => {
    if (change !== first) return change.effect === "prune" && !prunes ? { ...change, effect: "live" } : change;
    return { ...change, effect: prunes ? "prune" : "live", ...(note === undefined ? {} : { note }) };
  });
}

/** What neither was nor is said of a job stays as the job has it, and decides all the same. */
export const withUnsaid = (wanted: Job, was: Job, live: Job): Job => ({
  ...Object.fromEntries(staying.filter((field) => was[field] === undefined).map((field) => [field, live[field]])),
  ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
});

const staying = ["pruneBackups", "remove", "enabled", "exclude", "node"] as const;

/** The retention itself is the first to be named. */
const rank = ({ path }: Change): number => (path.startsWith("pruneBackups") ? 0 : 1);

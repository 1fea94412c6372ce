import { isProxmoxError, wire } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import { keepsAll, keptText, type KeptBackups } from "../storage/retention.model";
import type { BackupJobInputs } from "./backup-job.model";
import { coveredGuests } from "./covered-guests";

type Job = Partial<BackupJobInputs>;

/** Backups that a job would remove if it ran now. */
interface Pruned {
  /** The guest of each, by node and volume. */
  readonly volumes: ReadonlyMap<string, number>;
  /** Why it could not be told everywhere. */
  readonly unknown: readonly string[];
}

const nothing: Pruned = { volumes: new Map(), unknown: [] };

/** Does nothing go, whatever is there? A job that has no retention goes by the storage's, or by that of the nodes. */
const keepsEverything = ({ pruneBackups, remove, enabled }: Job): boolean =>
  remove === false || enabled === false || (pruneBackups !== undefined && keepsAll(pruneBackups));

/**
 * What Proxmox itself says that it would prune, of the guests that the job backs up. The backup that the run makes counts
 * among those that are kept, so that the oldest one that is kept now may go as well.
 */
export async function prunedBy(pve: Pve, job: Job): Promise<Pruned> {
  const { storage, pruneBackups } = job;
  if (storage === undefined || keepsEverything(job)) return nothing;
  const { guests, storages, comingStorages } = await pve.picture();
  const covered = coveredGuests(guests, job);
  const vmids = new Set(covered.map(({ vmid }) => vmid));
  const rows = storages.filter((row) => row.storage === storage && row.content.includes("backup"));
  const nodes = new Set(covered.map(({ node }) => node));
  // Where a shared one is available nowhere, the answer says why.
  const asked = rows.some(({ shared }) => shared)
    ? [...rows].sort((a, b) => Number(b.available) - Number(a.available)).slice(0, 1)
    : rows.filter(({ node }) => nodes.has(node));
  const volumes = new Map<string, number>();
  const unknown: string[] = [];
  if (rows.length === 0 && vmids.size > 0 && !comingStorages?.has(storage))
    unknown.push(`this user sees no storage "${storage}" that takes backups`);
  for (const { node, shared } of vmids.size === 0 ? [] : asked)
    try {
      for (const row of await listing(pve, node, storage, pruneBackups)) {
        const [vmid, volid] = [wire.integer(row["vmid"]), wire.string(row["volid"])];
        if (row["mark"] === "remove" && vmid !== undefined && volid !== undefined && vmids.has(vmid))
          volumes.set(shared ? volid : `${node} ${volid}`, vmid);
      }
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      unknown.push(error.message);
    }
  return { volumes, unknown };
}

const noRetention = /no prune-backups options configured for storage/;

/** `kept` is left out where the job has none: then the storage's own counts, and after it that of the node's /etc/vzdump.conf. */
async function listing(
  pve: Pve,
  node: string,
  storage: string,
  kept: KeptBackups | undefined,
): Promise<readonly wire.WireObject[]> {
  const at = pve.api.nodes.$(node);
  const ask = async (retention: string | undefined) =>
    wire.list(
      await at.storage.$(storage).prunebackups.$get(retention === undefined ? {} : { "prune-backups": retention }),
    );
  if (kept !== undefined) return ask(keptText("live").write(kept));
  try {
    return await ask(undefined);
  } catch (error) {
    if (!isProxmoxError(error) || !noRetention.test(error.said ?? "")) throw error;
  }
  const defaults = wire.object(await at.vzdump.defaults.$get({ storage }));
  const retention = wire.string(defaults["prune-backups"]);
  // Nobody says anything: then all is kept.
  return retention === undefined || /(?:^|,)keep-all=1/.test(retention) ? [] : ask(retention);
}

/** What goes with `next` that did not go before, in words; undefined when nothing does. */
export function moreGoes(before: Pruned, next: Pruned): string | undefined {
  const gone = [...next.volumes].filter(([volume]) => !before.volumes.has(volume));
  const each = new Map<number, number>();
  for (const [, vmid] of gone) each.set(vmid, (each.get(vmid) ?? 0) + 1);
  const byGuest = [...each].sort(([one], [other]) => one - other).map(([vmid, count]) => `${vmid}: ${count}`);
  const counted =
    gone.length === 0
      ? []
      : [
          `the next run removes ${gone.length} backup${gone.length === 1 ? "" : "s"} that ${gone.length === 1 ? "is" : "are"} there now (${byGuest.join(", ")})`,
        ];
  const uncounted = next.unknown.map((why) => `how many backups go could not be looked up: ${why}`);
  return counted.length + uncounted.length === 0 ? undefined : [...counted, ...uncounted].join("; ");
}

const counts = ["keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const;

/** Does the one keep less than the other in any way? Periods are not weighed against each other. */
export function keepsLess(wanted: KeptBackups | undefined, was: KeptBackups | undefined): boolean {
  if (wanted === undefined || keepsAll(wanted)) return false;
  if (was === undefined || keepsAll(was)) return true;
  return counts.some((count) => (wanted[count] ?? 0) < (was[count] ?? 0));
}

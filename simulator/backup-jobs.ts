import { splitList } from "./formats/list.js";
import type { BackupJob } from "./world/backup-job.js";
import type { Cluster } from "./world/world.js";

/** Jobs by their ids, in the order of jobs.cfg. */
export const backupJobs = (cluster: Cluster): Record<string, BackupJob> => (cluster.backupJobs ??= {});

/** A value that is a text, or nothing. */
export function textIn(job: Readonly<BackupJob>, key: string): string {
  const value = job[key];
  return typeof value === "string" ? value : "";
}

/** VMIDs that a job takes along, whether there are guests of them or not (`get_included_guests` in PVE/VZDump.pm). */
export function includedGuests(cluster: Cluster, job: BackupJob): number[] {
  const text = (key: string): string => textIn(job, key);
  const named = splitList(text("vmid")).map(Number);
  const excluded = new Set(splitList(text("exclude")).map(Number));
  const everyone = Object.values(cluster.guests).map(({ vmid }) => vmid);
  const members = cluster.pools[text("pool")]?.vms ?? [];
  const found = job["pool"]
    ? members
    : job["vmid"]
      ? named
      : job["all"]
        ? everyone.filter((vmid) => !excluded.has(vmid))
        : [];
  return found.filter((vmid) => {
    const node = cluster.guests[vmid]?.node;
    return node === undefined || job["node"] === undefined || job["node"] === node;
  });
}

/** A guest that is purged is in no job any more; a job that named it alone goes (PVE/VZDump/Plugin.pm). */
export function purgeFromJobs(cluster: Cluster, vmid: number): void {
  const jobs = backupJobs(cluster);
  const without = (list: unknown): string =>
    splitList(String(list))
      .filter((one) => one !== String(vmid))
      .join(",");
  for (const [id, job] of Object.entries(jobs)) {
    const key = job["vmid"] !== undefined ? "vmid" : "exclude";
    if (job[key] === undefined) continue;
    const rest = without(job[key]);
    if (rest !== "") job[key] = rest;
    else if (key === "vmid") delete jobs[id];
    else delete job[key];
  }
}

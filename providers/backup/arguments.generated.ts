// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a BackupJob. */
export interface BackupJobArgs {
  /**
   * Id of the job. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `id`
   */
  jobId?: pulumi.Input<string> | undefined;
  /**
   * When it runs, in the node's own time: a calendar event such as `daily`, `21:00` or `mon..fri 02:30`; with
   * `UTC` at its end in UTC.
   *
   * - Change: live
   * - Proxmox: `schedule`
   */
  schedule: pulumi.Input<string>;
  /**
   * Storage of the backups, which must allow content `backup`.
   *
   * - Change: live
   * - Proxmox: `storage`
   */
  storage: pulumi.Input<string>;
  /**
   * Guests by their VMIDs, VMs and containers. Exactly one of `vmids`, `pool` and `all`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `vmid`
   */
  vmids?: pulumi.Input<pulumi.Input<number>[]> | undefined;
  /**
   * Guests of a pool, whoever is in it when the job runs.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `pool`
   */
  pool?: pulumi.Input<string> | undefined;
  /**
   * All guests of the cluster, those to come as well, but for `exclude`.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `all`
   */
  all?: pulumi.Input<boolean> | undefined;
  /**
   * Guests that are left out of `all`, by their VMIDs.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `exclude`
   */
  exclude?: pulumi.Input<pulumi.Input<number>[]> | undefined;
  /**
   * Only guests of this node.
   *
   * - Default: those of every node
   * - Change: live
   * - Proxmox: `node`
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * Which backups of each guest are kept: after every backup Proxmox removes the others of that guest from the
   * storage for good, whoever made them, but for protected ones. A preview says when that takes more than before.
   *
   * - Default: `{ keepAll: true }`: every backup, also where the storage or a node's /etc/vzdump.conf says otherwise; an adopted job's own stays
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `prune-backups`
   */
  pruneBackups?: pulumi.Input<BackupJobPruneBackupsArgs> | undefined;
  /**
   * Whether it removes what `pruneBackups` does not keep; `false`: the backup of a guest that has as many as are
   * kept fails.
   *
   * - Default: that of /etc/vzdump.conf, or else `true`
   * - Change: live
   * - Proxmox: `remove`
   */
  remove?: pulumi.Input<boolean> | undefined;
  /**
   * Whether it runs by itself.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enabled`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Run as soon as possible when it was missed while the node was off.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `repeat-missed`
   */
  repeatMissed?: pulumi.Input<boolean> | undefined;
  /**
   * How a guest that runs is backed up: `snapshot` while it runs, `suspend` while it is suspended, `stop` shuts it
   * down at each backup and starts it again.
   *
   * - Default: that of /etc/vzdump.conf, or else `snapshot`
   * - Change: live
   * - Proxmox: `mode`
   */
  mode?: pulumi.Input<"snapshot" | "suspend" | "stop"> | undefined;
  /**
   * Compression; a Proxmox Backup Server has its own.
   *
   * - Default: that of /etc/vzdump.conf, or else `none`
   * - Change: live
   * - Proxmox: `compress`
   */
  compress?: pulumi.Input<"none" | "gzip" | "lzo" | "zstd"> | undefined;
  /**
   * Threads of zstd; 0 for half of the cores.
   *
   * - Default: that of /etc/vzdump.conf, or else 1
   * - Change: live
   * - Proxmox: `zstd`
   */
  zstdThreads?: pulumi.Input<number> | undefined;
  /**
   * Threads of gzip by pigz; 1 for half of the cores, 0 for gzip itself.
   *
   * - Default: that of /etc/vzdump.conf, or else 0
   * - Change: live
   * - Proxmox: `pigz`
   */
  pigzThreads?: pulumi.Input<number> | undefined;
  /**
   * Shown beside the job.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Notes of each backup; `{{cluster}}`, `{{guestname}}`, `{{node}}` and `{{vmid}}` stand for what they say, `\n`
   * for a new line.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `notes-template`
   */
  notesTemplate?: pulumi.Input<string> | undefined;
  /**
   * Mark each backup as protected: no retention removes it, and a storage takes only so many.
   *
   * - Default: that of /etc/vzdump.conf, or else `false`
   * - Change: live
   * - Proxmox: `protected`
   */
  protected?: pulumi.Input<boolean> | undefined;
  /**
   * How is told of each run: by the notification system, by mail to `mailTo`, or `auto`: by mail where `mailTo` is
   * set.
   *
   * - Default: that of /etc/vzdump.conf, or else `auto`
   * - Change: live
   * - Proxmox: `notification-mode`
   */
  notificationMode?: pulumi.Input<"auto" | "legacy-sendmail" | "notification-system"> | undefined;
  /**
   * Addresses or users that get a mail; an older way than targets of the notification system.
   *
   * - Default: that of /etc/vzdump.conf, or else nobody
   * - Change: live
   * - Proxmox: `mailto`
   */
  mailTo?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * When a mail is sent to `mailTo`.
   *
   * - Default: that of /etc/vzdump.conf, or else `always`
   * - Change: live
   * - Proxmox: `mailnotification`
   */
  mailNotification?: pulumi.Input<"always" | "failure"> | undefined;
  /**
   * Limit in KiB per second; 0 for none.
   *
   * - Default: that of /etc/vzdump.conf, or else 0
   * - Change: live
   * - Proxmox: `bwlimit`
   */
  bandwidthLimit?: pulumi.Input<number> | undefined;
  /**
   * Priority of its reads and writes with the BFQ scheduler, 0 the highest; 8: only when nobody else reads or
   * writes.
   *
   * - Default: that of /etc/vzdump.conf, or else 7
   * - Change: live
   * - Proxmox: `ionice`
   */
  ioPriority?: pulumi.Input<number> | undefined;
  /**
   * Minutes to wait for another backup of the node to end.
   *
   * - Default: that of /etc/vzdump.conf, or else 180
   * - Change: live
   * - Proxmox: `lockwait`
   */
  lockWaitMinutes?: pulumi.Input<number> | undefined;
  /**
   * Minutes to wait until a guest has stopped, with `mode: "stop"`.
   *
   * - Default: that of /etc/vzdump.conf, or else 10
   * - Change: live
   * - Proxmox: `stopwait`
   */
  stopWaitMinutes?: pulumi.Input<number> | undefined;
  /**
   * How much it does at once.
   *
   * - Default: that of /etc/vzdump.conf, or else Proxmox's own
   * - Change: live
   * - Proxmox: `performance`
   */
  performance?: pulumi.Input<BackupJobPerformanceArgs> | undefined;
  /**
   * Keep what a VM overwrites during its backup on a storage nearby, so that a slow target does not slow it down.
   *
   * - Default: that of /etc/vzdump.conf, or else off
   * - Change: live
   * - Proxmox: `fleecing`
   */
  fleecing?: pulumi.Input<BackupJobFleecingArgs> | undefined;
  /**
   * How changed files of containers are found, for Proxmox Backup Server.
   *
   * - Default: that of /etc/vzdump.conf, or else `legacy`
   * - Change: live
   * - Proxmox: `pbs-change-detection-mode`
   */
  pbsChangeDetectionMode?: pulumi.Input<"legacy" | "data" | "metadata"> | undefined;
  /**
   * Files of containers that are left out, as patterns of a shell; with / at the beginning from the container's
   * root.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `exclude-path`
   */
  excludePaths?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Leave out temporary files and logs of containers.
   *
   * - Default: that of /etc/vzdump.conf, or else `true`
   * - Change: live
   * - Proxmox: `stdexcludes`
   */
  standardExcludes?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the job of this id, which must exist; what is not written stays. Only read when the resource is
   * created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<BackupJobTimeoutsArgs> | undefined;
}

/** Part of the arguments of a BackupJob. */
export interface BackupJobPruneBackupsArgs {
  /**
   * Keep every backup; excludes all others.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-all`
   */
  keepAll?: pulumi.Input<boolean> | undefined;
  /**
   * Keep the newest backups, so many.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-last`
   */
  keepLast?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many hours.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-hourly`
   */
  keepHourly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many days.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-daily`
   */
  keepDaily?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many weeks.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-weekly`
   */
  keepWeekly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many months.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-monthly`
   */
  keepMonthly?: pulumi.Input<number> | undefined;
  /**
   * Keep the newest backup of each of so many years.
   *
   * - Default: not set
   * - Change: prune: where it keeps less, backups go at the next run; live otherwise
   * - Proxmox: `keep-yearly`
   */
  keepYearly?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a BackupJob. */
export interface BackupJobPerformanceArgs {
  /**
   * Workers that read from a VM at once.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `max-workers`
   */
  maxWorkers?: pulumi.Input<number> | undefined;
  /**
   * Entries of a container's backup that are kept in memory, for Proxmox Backup Server.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `pbs-entries-max`
   */
  pbsEntriesMax?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a BackupJob. */
export interface BackupJobFleecingArgs {
  /**
   * Is it on?
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `enabled`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Storage of the images, best one of the node with thin provisioning.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `storage`
   */
  storage?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a BackupJob. */
export interface BackupJobTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

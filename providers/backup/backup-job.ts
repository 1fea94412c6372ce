import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { BackupJobArgs } from "./arguments.generated";

/**
 * A job that backs up guests by a calendar (vzdump), on every node for the guests that are there. Whom: `vmids`, a `pool`
 * or `all`. It keeps every backup unless `pruneBackups` says otherwise: what that does not keep is removed for good at each
 * run, also backups that somebody else has made of the same guests on that storage, but for protected ones. A preview
 * counts those that are there and would go. Deleting the job deletes no backup.
 *
 * ```ts
 * const nas = new Storage("nas", { type: "nfs", server: "192.168.3.20", export: "/srv/pve", content: ["backup"] });
 * new BackupJob("nightly", {
 *   schedule: "02:30", all: true, storage: nas.storageId, compress: "zstd",
 *   pruneBackups: { keepLast: 3, keepWeekly: 4 },
 * });
 * ```
 *
 * An existing job is taken over with `adopt: true`; what is not written stays as it is, its retention too. What only
 * root@pam may set (`tmpdir`, `dumpdir`, `script`), what stops other backups (`stop`) and what is old (`starttime`, `dow`,
 * `maxfiles`) is no argument; in a job that is taken over it stays.
 */
export class BackupJob extends ProxmoxResource {
  /** Id of the job. */
  declare readonly jobId: pulumi.Output<string>;

  /** An existing job by its id, only read and never changed. */
  static get(name: string, jobId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): BackupJob {
    return new BackupJob(name, {} as BackupJobArgs, { ...opts, id: pulumi.output(jobId) });
  }

  constructor(name: string, args: BackupJobArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "BackupJob", outputs: ["jobId"] }, name, args, opts);
  }
}

import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { LogRotationArgs, LogRotationCreateArgs, LogRotationSuArgs } from "./arguments.generated";

/**
 * How logs of a node are rotated: a file of its own in /etc/logrotate.d, for the logrotate that every Proxmox runs once a day.
 * It goes over SSH, for Proxmox's API knows nothing of logrotate. What is left out is as /etc/logrotate.conf says. The file
 * is proved by the node's logrotate before it takes its place, and together with all others afterwards; one that it complains
 * of is taken back. A log that another file names, as those of packages do, is an error at preview: logrotate would heed one of
 * the two alone. There are no scripts (`postrotate`): what a file lets root run is no data.
 * Deleting the resource deletes its file; logs, rotated ones too, stay as they are.
 *
 * ```ts
 * new LogRotation("app", { node: "echo", logs: ["/var/log/pve/*.log"], frequency: "daily", rotate: 7, missingOk: true });
 * ```
 */
export class LogRotation extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the file in /etc/logrotate.d. */
  declare readonly name: pulumi.Output<string>;
  /** The file with its whole path. */
  declare readonly path: pulumi.Output<string>;
  /** Logs by their paths, with `*`, `?` and `[a-z]`. */
  declare readonly logs: pulumi.Output<string[]>;
  /** How often a log is rotated. */
  declare readonly frequency: pulumi.Output<"hourly" | "daily" | "weekly" | "monthly" | "yearly" | undefined>;
  /** How many rotated ones of a log are kept. */
  declare readonly rotate: pulumi.Output<number | undefined>;
  /** Size at which a log is rotated, whatever the time. */
  declare readonly size: pulumi.Output<string | undefined>;
  /** Size below which a log is not rotated. */
  declare readonly minSize: pulumi.Output<string | undefined>;
  /** Size from which on a log is rotated before it is time. */
  declare readonly maxSize: pulumi.Output<string | undefined>;
  /** Days after which rotated ones are deleted. */
  declare readonly maxAge: pulumi.Output<number | undefined>;
  /** Whether rotated ones are compressed. */
  declare readonly compress: pulumi.Output<boolean | undefined>;
  /** Whether one is compressed at the next rotation only. */
  declare readonly delayCompress: pulumi.Output<boolean | undefined>;
  /** Whether a log may be missing. */
  declare readonly missingOk: pulumi.Output<boolean | undefined>;
  /** Whether an empty log is rotated. */
  declare readonly ifEmpty: pulumi.Output<boolean | undefined>;
  /** Whether a log is copied and emptied. */
  declare readonly copyTruncate: pulumi.Output<boolean | undefined>;
  /** Whether rotated ones are named by the date. */
  declare readonly dateExt: pulumi.Output<boolean | undefined>;
  /** The new log in the place of the rotated one. */
  declare readonly create: pulumi.Output<LogRotationCreateArgs | undefined>;
  /** Who rotates. */
  declare readonly su: pulumi.Output<LogRotationSuArgs | undefined>;
  /** What a look has found in the file that the program does not say; the next `up` takes it out. */
  declare readonly changedByHand: pulumi.Output<string[] | undefined>;

  /** A file of /etc/logrotate.d as it is, by `node/name`, only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): LogRotation {
    return new LogRotation(name, {} as LogRotationArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: LogRotationArgs, opts?: pulumi.CustomResourceOptions) {
    const settings = ["frequency", "rotate", "size", "minSize", "maxSize", "maxAge", "compress", "delayCompress"];
    const more = ["missingOk", "ifEmpty", "copyTruncate", "dateExt", "create", "su", "changedByHand"];
    const outputs = ["node", "name", "path", "logs", ...settings, ...more];
    super({ kind: "LogRotation", outputs, marked: true }, name, args, opts);
  }
}

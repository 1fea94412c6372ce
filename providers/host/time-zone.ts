import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { TimeZoneArgs } from "./arguments.generated";

/**
 * The time zone of a node. A node has one in any case: creating the resource takes the place of what is there, which the
 * preview shows, and deleting it leaves it as it is.
 *
 * ```ts
 * new TimeZone("echo", { node: "echo", timeZone: "Europe/Berlin" });
 * ```
 */
export class TimeZone extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Time zone by its name in the zone database. */
  declare readonly timeZone: pulumi.Output<string>;

  /** The time zone of a node as it is, only read and never changed. */
  static get(name: string, node: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): TimeZone {
    return new TimeZone(name, {} as TimeZoneArgs, { ...opts, id: pulumi.output(node) });
  }

  constructor(name: string, args: TimeZoneArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "TimeZone", outputs: ["node", "timeZone"] }, name, args, opts);
  }
}

import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { AptUpgradeArgs } from "./arguments.generated";

/**
 * An upgrade of the packages of a node: when the resource is created, when `triggers` or `packages` change, and, with
 * `keepUpToDate`, when a refresh has found packages that can be upgraded. An `up` that changes nothing upgrades nothing.
 * The lists are refreshed through the API; apt runs over SSH, because the API installs nothing, as a service of the node
 * that goes on when the connection is lost. It asks nothing, waits for dpkg's lock and keeps configuration files that
 * somebody has changed. No package goes that `allowRemove` does not name, and never the running or the newest kernel.
 *
 * The node is rebooted only with `reboot: true`, and only when it needs it; the preview says how many guests run there.
 * Deleting the resource changes nothing on the node.
 *
 * The rights that it needs are `Sys.Audit` and `Sys.Modify` on the node, and `Sys.PowerMgmt` for a reboot.
 *
 * ```ts
 * new AptUpgrade("echo", { node: "echo", triggers: ["2026-12"], reboot: true });
 * ```
 */
export class AptUpgrade extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** How many packages the last upgrade has brought to another version. */
  declare readonly upgraded: pulumi.Output<number>;
  /** How many can be upgraded, by the package lists that the node has. */
  declare readonly pending: pulumi.Output<number>;
  /** Whether the node needs a reboot to run what is installed. */
  declare readonly rebootRequired: pulumi.Output<boolean>;

  constructor(name: string, args: AptUpgradeArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "AptUpgrade", outputs: ["upgraded", "pending", "rebootRequired"] }, name, args, opts);
  }
}

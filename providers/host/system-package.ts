import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SystemPackageArgs } from "./arguments.generated";

/**
 * Debian packages of a node that are to be there. They are installed by apt over SSH, for Proxmox's API installs none: it
 * asks nothing, waits for dpkg's lock, keeps configuration files that somebody has changed, and never removes a package;
 * where the installation would do that, the preview says so and nothing is done. What is not known to apt yet is looked
 * for again after the package lists were refreshed. A version that is older than the one that is there is refused by apt.
 *
 * Deleting the resource leaves the packages, unless `removeOnDelete` is set: then those go that the resource has installed
 * itself, and only if no other package goes with them.
 *
 * ```ts
 * new SystemPackage("tools", { node: "echo", packages: ["htop", "iperf3"] });
 * ```
 */
export class SystemPackage extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Packages that are to be there. */
  declare readonly packages: pulumi.Output<string[]>;
  /** Versions that are there, by the packages' names. */
  declare readonly versions: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SystemPackageArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "SystemPackage", outputs: ["versions"] }, name, args, opts);
  }
}

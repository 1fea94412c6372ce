import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SysctlArgs } from "./arguments.generated";

/**
 * Kernel parameters of a node, in a file of their own in /etc/sysctl.d, set at once and at each boot. It goes over SSH,
 * for Proxmox's API has none of them. A parameter that the node does not have is an error at preview, which also tells the
 * values that change. A file that the kernel refuses is taken back. Deleting the resource deletes its file; the values
 * stay until the node reboots, because nobody knows what they were before.
 *
 * ```ts
 * new Sysctl("tuning", { node: "echo", values: { "vm.swappiness": 10, "net.ipv4.tcp_rmem": "4096 87380 134217728" } });
 * ```
 */
export class Sysctl extends ProxmoxResource {
  /** Name of the node. */
  declare readonly node: pulumi.Output<string>;
  /** Name of the file in /etc/sysctl.d. */
  declare readonly fileName: pulumi.Output<string>;
  /** The file with its whole path. */
  declare readonly path: pulumi.Output<string>;
  /** Kernel parameters by their names. */
  declare readonly values: pulumi.Output<Record<string, string | number>>;

  /** A file of parameters as it is, by `node/fileName`, only read and never changed. */
  static get(name: string, id: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Sysctl {
    return new Sysctl(name, {} as SysctlArgs, { ...opts, id: pulumi.output(id) });
  }

  constructor(name: string, args: SysctlArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Sysctl", outputs: ["node", "fileName", "path", "values"], marked: true }, name, args, opts);
  }
}

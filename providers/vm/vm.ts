import type * as pulumi from "@pulumi/pulumi";
import { lookupId, ProxmoxResource } from "../kernel/program/resource";
import type { VmArgs } from "./arguments.generated";

export type { VmArgs };

/**
 * A virtual machine: made once from a template, a cloud image, an ISO image or nothing, or adopted, and kept as
 * described from then on, in place wherever Proxmox can. It is known by its uuid and its owner's mark, not by its VMID
 * alone: a VMID that belongs to somebody else by now is an error and never touched.
 *
 * ```ts
 * import { readFileSync } from "node:fs";
 *
 * const web = new Vm("web", {
 *   source: { clone: { template: "debian-12", full: false } },
 *   cores: 2, memoryMiB: 2048,
 *   networks: [{ bridge: "vmbr0" }],
 *   cloudInit: { user: "admin", sshKeys: [readFileSync("admin.pub", "utf8")], addresses: [{ address: "dhcp" }] },
 * });
 * ```
 */
export class Vm extends ProxmoxResource {
  /** VMID, unique in the cluster. */
  declare readonly vmid: pulumi.Output<number>;
  /** Node that the VM is on now. */
  declare readonly node: pulumi.Output<string>;
  /** Name in Proxmox. */
  declare readonly name: pulumi.Output<string>;
  /** The VM's own uuid (`smbios1`), which no other VM ever gets. */
  declare readonly uuid: pulumi.Output<string>;
  /** MAC addresses, in the order of the network devices. */
  declare readonly macs: pulumi.Output<string[]>;
  /** Addresses that the guest agent told after the last start, without loopback and link-local ones. */
  declare readonly ips: pulumi.Output<string[]>;

  /** Command that logs in, such as `ssh admin@10.0.0.5`; unset as long as no address is known. */
  readonly sshCommand: pulumi.Output<string | undefined>;
  /**
   * The old name of `sshCommand`.
   * @deprecated Read `sshCommand`.
   */
  declare readonly ssh: pulumi.Output<string | undefined>;

  /**
   * An existing VM, only read and never changed or deleted: by its VMID, or by its name, which exactly one VM must have.
   */
  static get(name: string, vm: pulumi.Input<number | string>, opts?: pulumi.CustomResourceOptions): Vm {
    return new Vm(name, {}, { ...opts, id: lookupId(vm) });
  }

  constructor(name: string, args: VmArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Vm",
        outputs: ["name", "vmid", "node", "uuid", "macs", "ips", "ssh"],
        sensitive: ["password", "userData", "networkConfig", "vendorData", "metaData"].map((key) => `cloudInit.${key}`),
        marked: true,
      },
      name,
      args,
      opts,
    );
    // States keep it by its first name.
    this.sshCommand = (this as { readonly ssh: pulumi.Output<string | undefined> }).ssh;
  }
}

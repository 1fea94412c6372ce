import type * as pulumi from "@pulumi/pulumi";
import { lookupId, ProxmoxResource } from "../kernel/program/resource";
import type { TemplateArgs } from "./arguments.generated";

export type { TemplateArgs };

/**
 * A VM template made from a disk image or a VM, with a cloud-init drive, for others to clone. What it is made from and
 * its disks make a version: a change of them makes a new template before the old one goes. A version with linked clones
 * is never deleted; when it is superseded, it is retired, and goes when its last clone is gone.
 */
export class Template extends ProxmoxResource {
  /** VMID; what `source.clone.template` of a Vm takes. */
  declare readonly vmid: pulumi.Output<number>;
  /** Node that holds the template. */
  declare readonly node: pulumi.Output<string>;
  /** Name in Proxmox. */
  declare readonly name: pulumi.Output<string>;
  /** The template's own uuid. */
  declare readonly uuid: pulumi.Output<string>;

  /** An existing template, only read and never changed or deleted: by its VMID or its name. */
  static get(
    name: string,
    template: { readonly name: pulumi.Input<string> } | { readonly vmid: pulumi.Input<number> },
    opts?: pulumi.CustomResourceOptions,
  ): Template {
    const id = lookupId("name" in template ? template.name : template.vmid);
    return new Template(name, {}, { ...opts, id });
  }

  constructor(name: string, args: TemplateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Template",
        outputs: ["name", "vmid", "node", "uuid"],
        sensitive: ["password", "userData", "networkConfig", "vendorData", "metaData"].map((key) => `cloudInit.${key}`),
        marked: true,
      },
      name,
      args,
      opts,
    );
  }
}

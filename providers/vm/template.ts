import type * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../inputs";
import { ProxmoxResource } from "../resource";
import type { TemplateArguments } from "./template.model";

/** Inputs of a {@link Template}. */
export type TemplateArgs = Inputs<TemplateArguments>;

/**
 * A VM template made from a disk image, with a cloud-init drive, for others to clone. A new image makes a new template
 * before the old one goes; a template with linked clones refuses to be deleted.
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

  constructor(name: string, args: TemplateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "Template", outputs: ["name", "vmid", "uuid"], sensitive: ["cloudInit.password"], marked: true },
      name,
      args,
      opts,
    );
  }
}

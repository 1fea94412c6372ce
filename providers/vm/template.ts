import * as pulumi from "../kernel/program/sdk";
import { lookupId, ProxmoxResource } from "../kernel/program/resource";
import type { TemplateArgs } from "./arguments.generated";

export type { TemplateArgs };

type ByNameOrVmid = { readonly name: pulumi.Input<string> } | { readonly vmid: pulumi.Input<number> };

const isOldForm = (template: pulumi.Input<number | string> | ByNameOrVmid): template is ByNameOrVmid =>
  typeof template === "object" && !pulumi.Output.isInstance(template) && ("name" in template || "vmid" in template);

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

  /**
   * An existing template, only read and never changed or deleted: by its VMID, or by its name, which exactly one
   * template must have.
   */
  static get(name: string, template: pulumi.Input<number | string>, opts?: pulumi.CustomResourceOptions): Template;
  /**
   * The old form of `get`.
   * @deprecated Write the VMID or the name itself: `Template.get("debian", "debian-12")`.
   */
  static get(name: string, template: ByNameOrVmid, opts?: pulumi.CustomResourceOptions): Template;
  static get(
    name: string,
    template: pulumi.Input<number | string> | ByNameOrVmid,
    opts?: pulumi.CustomResourceOptions,
  ): Template {
    if (!isOldForm(template)) return new Template(name, {}, { ...opts, id: lookupId(template) });
    const [key, value] = "name" in template ? ["name", template.name] : ["vmid", template.vmid];
    void pulumi.log.warn(
      `Template.get "${name}": write the template's ${key} itself instead of { ${key} }: this release takes the old form, the next one does not`,
    );
    return new Template(name, {}, { ...opts, id: lookupId(value) });
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

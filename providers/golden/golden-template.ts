import type * as pulumi from "@pulumi/pulumi";
import { lookupId, ProxmoxResource } from "../kernel/program/resource";
import type { GoldenTemplateArgs } from "./arguments.generated";

export type { GoldenTemplateArgs };

/**
 * A template that is built by booting, provisioning and generalising a VM; what {@link GoldenImage} is made of. A change
 * of image, hardware or provisioning builds a new version beside the old one, whose clones live on.
 */
export class GoldenTemplate extends ProxmoxResource {
  /** VMID of the newest version; what `source.clone.template` of a Vm takes. */
  declare readonly vmid: pulumi.Output<number>;
  /** Node that holds it. */
  declare readonly node: pulumi.Output<string>;
  /** Name in Proxmox, always that of the newest version. */
  declare readonly name: pulumi.Output<string>;
  /** Uuid of the newest version. */
  declare readonly uuid: pulumi.Output<string>;
  /** Keyed hash of what the newest version is made of. */
  declare readonly content: pulumi.Output<string>;
  /** VMIDs of older versions that are still there. */
  declare readonly oldVersions: pulumi.Output<number[]>;

  /**
   * The newest version of an existing golden image, only read and never changed or deleted: by its VMID, or by its name.
   * `oldVersions` is unset: which there are is known to the stack that made them.
   */
  static get(
    name: string,
    template: pulumi.Input<number | string>,
    opts?: pulumi.CustomResourceOptions,
  ): GoldenTemplate {
    return new GoldenTemplate(name, {} as GoldenTemplateArgs, { ...opts, id: lookupId(template) });
  }

  constructor(name: string, args: GoldenTemplateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "GoldenTemplate",
        outputs: ["name", "vmid", "uuid", "content", "oldVersions"],
        sensitive: [
          ...["password", "userData", "networkConfig", "vendorData", "metaData"].map((key) => `cloudInit.${key}`),
          ...["provision[].environment.*", "provision[].file.content"],
        ],
        marked: true,
        keyed: true,
      },
      name,
      args,
      opts,
    );
  }
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import type { SecretReference } from "../secrets/reference";

import { CloudImage, type CloudImageArgs } from "../providers/image/cloud-image";
import { mistake } from "../providers/kernel/program/mistake";
import { GoldenTemplate, type GoldenTemplateArgs } from "../providers/golden/golden-template";
import { child, dependencies, type Transform } from "./child";

/** A script, as a step of provisioning. */
export interface ProvisionScriptArgs {
  /**
   * Script for `sh -e` as root: the build fails with the first command that fails.
   *
   * - Change: rebuild, a new version beside the old one
   */
  readonly run: pulumi.Input<string>;
  /**
   * Variables of the script, which may be secrets; they stand in no command line and on no disk.
   *
   * - Default: none
   * - Change: rebuild, a new version beside the old one
   */
  readonly environment?: Readonly<Record<string, pulumi.Input<string | SecretReference>>>;
  /**
   * Longest time of the step, a number with a unit.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  readonly timeout?: string;
}

/** A file, as a step of provisioning. */
export interface ProvisionFileArgs {
  /**
   * The file to put into the guest.
   *
   * - Change: rebuild, a new version beside the old one
   */
  readonly file: ProvisionedFileArgs;
  /**
   * Longest time of the step, a number with a unit.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  readonly timeout?: string;
}

/** A file that is put into the guest; exactly one of `content` and `source`. */
export interface ProvisionedFileArgs {
  /**
   * Where the file goes in the guest.
   *
   * - Change: rebuild, a new version beside the old one
   */
  readonly path: string;
  /**
   * The file's text, which may be a secret.
   *
   * - Default: that of `source`
   * - Change: rebuild, a new version beside the old one
   */
  readonly content?: pulumi.Input<string | SecretReference>;
  /**
   * A file of this machine instead, relative to the project's folder. Its content decides, not its date.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one, when its content is another one
   */
  readonly source?: string;
  /**
   * Permissions.
   *
   * - Default: `0644`
   * - Change: rebuild, a new version beside the old one
   */
  readonly mode?: string;
  /**
   * Owner, and group if wanted.
   *
   * - Default: `root:root`
   * - Change: rebuild, a new version beside the old one
   */
  readonly owner?: string;
}

/** One step of provisioning: a script, or a file. */
export type ProvisionStep = ProvisionScriptArgs | ProvisionFileArgs;

/** Inputs of {@link GoldenImage}. */
export interface GoldenImageArgs extends Omit<GoldenTemplateArgs, "image" | "node" | "provision"> {
  /**
   * Node that builds and holds the image.
   *
   * - Change: rebuild, a new version beside the old one
   */
  readonly node: string;
  /**
   * Where to begin: an image to download to the node. It must bring the guest agent. Or `imageVolumeId`, or `template`.
   * The volume id of an image that is there is taken too, for the last time: write it as `imageVolumeId`.
   *
   * - Default: not set
   * - Change: rebuild, a new version beside the old one
   */
  readonly image?: Omit<CloudImageArgs, "node"> | pulumi.Input<string>;
  /**
   * What is done in the guest, in this order.
   *
   * - Default: nothing
   * - Change: rebuild, a new version beside the old one
   */
  readonly provision?: readonly ProvisionStep[];
  /**
   * Changes parts before they are made: the image that is downloaded, and what is built of it.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: {
    /**
     * The image that is downloaded.
     *
     * - Default: as it is
     * - Change: that of the CloudImage
     */
    readonly image?: Transform<CloudImageArgs>;
    /**
     * What is built of it.
     *
     * - Default: as it is
     * - Change: that of the GoldenTemplate
     */
    readonly template?: Transform<GoldenTemplateArgs>;
  };
}

/**
 * A golden image: a VM is booted from a base image, provisioned through its guest agent, generalised, shut down and
 * converted to a template. What it is made of decides, not when: the same image, hardware, scripts and files build
 * nothing; any change builds a new version before the old one is superseded. VMs cloned from old versions live on; of
 * the versions without linked clones the newest `keep` are kept.
 *
 * ```ts
 * const web = new GoldenImage("web", {
 *   node: "pve1",
 *   image: { image: "debian-12", storage: "local" },
 *   disk: { storage: "local-lvm", sizeGiB: 8 },
 *   cores: 2, memoryMiB: 2048,
 *   networks: [{ bridge: "vmbr0" }],
 *   cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
 *   provision: [
 *     { run: "apt-get update && apt-get install -y nginx", timeout: "15m" },
 *     { file: { path: "/etc/nginx/conf.d/site.conf", source: "files/site.conf" } },
 *     { run: "registry-login --password \"$PASSWORD\"", environment: { PASSWORD: secret("REGISTRY_PASSWORD") } },
 *   ],
 *   verify: ["nginx -t"],
 * });
 * new Vm("web-1", { source: { clone: { template: web.vmid, full: false } } });
 * ```
 */
export class GoldenImage extends Component {
  /** VMID of the newest version; what `source.clone.template` of a Vm takes. */
  readonly vmid: pulumi.Output<number>;
  /** Node that holds it. */
  readonly node: pulumi.Output<string>;
  /** Name in Proxmox: always that of the newest version. */
  readonly name: pulumi.Output<string>;
  /** Keyed hash of what the newest version is made of. */
  readonly content: pulumi.Output<string>;
  /** VMIDs of older versions that are still there. */
  readonly oldVersions: pulumi.Output<number[]>;
  /** The image that is downloaded, if one is. */
  readonly image?: CloudImage;
  /** The resource that builds it. */
  readonly template: pulumi.CustomResource;

  constructor(name: string, args: GoldenImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { image, provision, transform = {}, ...rest } = args;
    const steps = provision?.map((step, i) => withChecksum(`GoldenImage "${name}": provision[${i}]`, step));
    super("proxmox:index:GoldenImage", name, {}, opts);
    if (image !== undefined && args.imageVolumeId !== undefined)
      throw mistake(`GoldenImage "${name}": imageVolumeId: cannot be beside image; write one of them`);
    if (image !== undefined && !isDownload(image))
      void pulumi.log.warn(
        `GoldenImage "${name}": image: the volume id of an image is called imageVolumeId now; write that: this release takes the old name, the next one does not`,
        this,
      );
    const options = { parent: this, dependsOn: dependencies(opts) };
    if (image !== undefined && isDownload(image))
      this.image = child(CloudImage, name, { ...image, node: args.node }, options, transform.image);
    const volume = this.image?.volumeId ?? image;
    const built = {
      ...rest,
      ...(volume === undefined ? {} : { imageVolumeId: volume }),
      ...(steps ? { provision: steps } : {}),
    };
    const template = child(GoldenTemplate, name, built, options, transform.template);
    this.template = template;
    this.vmid = template.vmid;
    this.node = template.node;
    this.name = template.name;
    this.content = template.content;
    this.oldVersions = template.oldVersions;
    const { vmid, node, content, oldVersions } = this;
    this.registerOutputs({ vmid, node, name: this.name, content, oldVersions });
  }
}

const isDownload = (image: NonNullable<GoldenImageArgs["image"]>): image is Omit<CloudImageArgs, "node"> =>
  typeof image === "object" && !pulumi.Output.isInstance(image) && !("then" in image);

/** A file of this machine is noticed by its content; the plugin reads it again, and only if it has to. */
function withChecksum(what: string, step: ProvisionStep): object {
  if (!("file" in step) || step.file.source === undefined) return step;
  const { source } = step.file;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path.resolve(source));
  } catch (error) {
    throw mistake(`${what}: ${source} cannot be read: ${(error as Error).message}`);
  }
  return { ...step, file: { ...step.file, sha256: createHash("sha256").update(bytes).digest("hex") } };
}

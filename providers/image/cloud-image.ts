import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CloudImageArgs } from "./arguments.generated";

export type { CloudImageArgs };

/**
 * A disk image that a node downloads from its publisher, verified by checksum; nothing passes through the machine that
 * runs Pulumi. The file's name carries the checksum: the same content is never downloaded twice. Stacks that name the
 * same file share it; it goes with the stack that downloaded it, and another one downloads it again at its next `up`.
 *
 * ```ts
 * const image = new CloudImage("debian", { image: "debian-12", node: "foxtrot", storage: "local" });
 * ```
 *
 * A well-known image follows its publisher: the checksum is looked up in the publisher's list at every preview and
 * `up`, and a new release shows as a replacement: the new file is there before the old one goes. To stay with one
 * release, write its digest:
 *
 * ```ts
 * const image = new CloudImage("debian", {
 *   url: "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2",
 *   checksum: "sha256:6ae5b3f2ec4f6a8d7c9f0b1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a",
 *   node: "foxtrot", storage: "local",
 * });
 * ```
 *
 * Any other publisher's list is looked up alike: `checksum: { url: "https://mirror.example.com/SHA256SUMS" }`.
 */
export class CloudImage extends ProxmoxResource {
  /** Volume id, such as `local:import/debian-12-1a2b3c4d5e6f.qcow2`; what `Template` and `Vm` take. */
  declare readonly volumeId: pulumi.Output<string>;
  /** Checksum of the image, as written or as looked up: what a release is pinned with. */
  declare readonly checksum: pulumi.Output<string | undefined>;
  /** Node that downloaded the file. */
  declare readonly node: pulumi.Output<string>;
  /** Storage that holds the file. */
  declare readonly storage: pulumi.Output<string>;
  /** Size of the file in bytes. */
  declare readonly sizeBytes: pulumi.Output<number>;

  /**
   * An existing image, or any other file of a storage, only read and never changed or deleted: by its volume id, such as
   * `local:import/debian-12.qcow2`. Where several nodes have a file of this id, with the node before it: `pve1 local:import/…`.
   * The checksum is not known.
   */
  static get(name: string, volumeId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CloudImage {
    return new CloudImage(name, {} as CloudImageArgs, { ...opts, id: pulumi.output(volumeId) });
  }

  constructor(name: string, args: CloudImageArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CloudImage", outputs: ["volumeId", "sizeBytes"] }, name, args, opts);
  }
}

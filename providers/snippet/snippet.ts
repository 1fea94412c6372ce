import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { SnippetArgs } from "./arguments.generated";

/**
 * A file in the snippets directory of a storage: user data for cloud-init, a hook script. It is written over SSH, because
 * Proxmox's API takes no snippets; the directory is the one that the storage's definition names. The file is removed
 * only while it has the content that this resource gave it.
 *
 * ```ts
 * const base = new Snippet("base", { node: "foxtrot", content: "#cloud-config\npackages: [htop]\n" });
 * ```
 */
export class Snippet extends ProxmoxResource {
  /** Volume id, such as `local:snippets/base-0123456789ab.yaml`. */
  declare readonly volumeId: pulumi.Output<string>;
  /** Node that wrote the file. */
  declare readonly node: pulumi.Output<string>;

  /**
   * An existing snippet, only read and never changed or deleted: by its volume id, such as `local:snippets/base.yaml`. Where
   * several nodes have a file of this id, with the node before it: `pve1 local:snippets/base.yaml`. Its content is not read.
   */
  static get(name: string, volumeId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Snippet {
    return new Snippet(name, {} as SnippetArgs, { ...opts, id: pulumi.output(volumeId) });
  }

  constructor(name: string, args: SnippetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "Snippet", outputs: ["volumeId"], sensitive: ["content"], secretOutputs: ["__sha256"], marked: true },
      name,
      args,
      opts,
    );
  }
}

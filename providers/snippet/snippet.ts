import type * as pulumi from "@pulumi/pulumi";
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

  constructor(name: string, args: SnippetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "Snippet", outputs: ["volumeId"], sensitive: ["content"], secretOutputs: ["__sha256"], marked: true },
      name,
      args,
      opts,
    );
  }
}

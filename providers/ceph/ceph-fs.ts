import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephFsArgs } from "./arguments.generated";

/**
 * A CephFS with its two pools. It needs a metadata server that serves no other one. One of this name that is there is taken
 * over. Deleting the resource is refused unless `removal: { acceptDataLoss: "<its name>" }` was in the program of an `up`
 * before: then it goes with its pools and all files.
 *
 * ```ts
 * const shared = new CephFs("shared", { node: "echo", pgNum: 64 });
 * new Storage("shared", { type: "cephfs", fileSystem: shared.name, content: ["iso", "backup"] });
 * ```
 */
export class CephFs extends ProxmoxResource {
  /** Name of the file system; what `fileSystem` of a `Storage` takes. */
  declare readonly name: pulumi.Output<string>;
  /** Pool of its files. */
  declare readonly dataPool: pulumi.Output<string>;
  /** Pool of its directories. */
  declare readonly metadataPool: pulumi.Output<string>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;

  /** A file system by its name, as in `echo/shared` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndName: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephFs {
    return new CephFs(name, {} as CephFsArgs, { ...opts, id: pulumi.output(nodeAndName) });
  }

  constructor(name: string, args: CephFsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephFs", outputs: ["name", "dataPool", "metadataPool", "fsid"] }, name, args, opts);
  }
}

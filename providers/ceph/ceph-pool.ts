import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { CephPoolArgs } from "./arguments.generated";

/**
 * A pool of Ceph. One that is there as described is taken over; where it differs and something is in it, that is an error,
 * unless `adopt` says otherwise. More copies than there are hosts (or whatever its rule keeps copies apart by) are refused.
 * Deleting the resource deletes the pool only when nothing is in it and no storage uses it, or when
 * `removal: { acceptDataLoss: "<its name>" }` was in the program of an `up` before.
 *
 * ```ts
 * const ssd = new CephPool("vm_ssd", { node: "echo", size: 3, minSize: 2, pgNum: 128 });
 * new Storage("vm_ssd", { type: "rbd", pool: ssd.pool, content: ["images"] });
 * ```
 */
export class CephPool extends ProxmoxResource {
  /** Name of the pool, or of the two. */
  declare readonly name: pulumi.Output<string>;
  /** The pool that images are in: what `pool` of a `Storage` takes. */
  declare readonly pool: pulumi.Output<string>;
  /** With erasure coding the pool of their data: what `dataPool` of a `Storage` takes. */
  declare readonly dataPool: pulumi.Output<string | undefined>;
  /** Number of `pool`, which no other pool gets. */
  declare readonly poolId: pulumi.Output<number>;
  /** The Ceph that it belongs to. */
  declare readonly fsid: pulumi.Output<string>;

  /** A pool by its name, as in `echo/vm_ssd` with the node that is asked; only read and never changed. */
  static get(name: string, nodeAndPool: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): CephPool {
    return new CephPool(name, {} as CephPoolArgs, { ...opts, id: pulumi.output(nodeAndPool) });
  }

  constructor(name: string, args: CephPoolArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "CephPool", outputs: ["name", "pool", "dataPool", "poolId", "fsid"] }, name, args, opts);
  }
}

import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { PoolArgs } from "./arguments.generated";

/**
 * A pool: guests and storages that rights are given on together. A guest says itself in which pool it is (`pool` of
 * `Vm` and `Template`); the members that others put there are left alone. A pool that still has members, or pools
 * within, is not deleted: the error lists them.
 *
 * ```ts
 * const team = new Pool("team", { comment: "what the team runs" });
 * const web = new Pool("web", { poolId: pulumi.interpolate`${team.poolId}/web` });
 * new Vm("web-1", { pool: web.poolId, source: { clone: { template: "debian-12" } } });
 * ```
 */
export class Pool extends ProxmoxResource {
  /** Name of the pool; what `pool` of a guest takes. */
  declare readonly poolId: pulumi.Output<string>;
  /** Shown beside the name. */
  declare readonly comment: pulumi.Output<string | undefined>;

  /** An existing pool by its name, only read and never changed. */
  static get(name: string, poolId: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): Pool {
    return new Pool(name, {}, { ...opts, id: pulumi.output(poolId) });
  }

  constructor(name: string, args: PoolArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "Pool", outputs: ["poolId"] }, name, args, opts);
  }
}

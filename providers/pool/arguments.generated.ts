// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a Pool. */
export interface PoolArgs {
  /**
   * Name of the pool; inside another one `parent/child`, at most three levels. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `poolid`
   */
  poolId?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Take over the pool of this name, which must exist; its members stay. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<PoolTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Pool. */
export interface PoolTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

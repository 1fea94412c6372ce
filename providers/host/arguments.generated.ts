// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a Dns. */
export interface DnsArgs {
  /**
   * Name of the node. A change replaces: the node of before keeps its settings.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `node` in the path
   */
  node: pulumi.Input<string>;
  /**
   * Addresses of the name servers, in the order in which they are asked.
   *
   * - Change: live
   * - Proxmox: `dns1`, `dns2`, `dns3`
   */
  servers: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Domain in which names without one are looked up.
   *
   * - Change: live
   * - Proxmox: `search`
   */
  searchDomain: pulumi.Input<string>;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<DnsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a Dns. */
export interface DnsTimeoutsArgs {
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
   * - Default: `"1m"`
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

// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a HaResource. */
export interface HaResourceArgs {
  /**
   * The VM, by its VMID.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `sid`
   */
  vmid: pulumi.Input<number>;
  /**
   * What HA does with it: `started` has it run, and starts it again, on another node if need be; `stopped` keeps
   * it stopped, and takes it to another node when its own fails; `disabled` stops it and leaves it where it is,
   * which also ends HA's error state; `ignored` leaves it alone. `started` starts a VM that is stopped.
   *
   * - Default: as the VM is when the resource is made, and yours afterwards
   * - Change: live
   * - Proxmox: `state`
   */
  state?: pulumi.Input<"started" | "stopped" | "disabled" | "ignored"> | undefined;
  /**
   * How often a start that failed is tried again on the same node.
   *
   * - Default: `1`
   * - Change: live
   * - Proxmox: `max_restart`
   */
  maxRestart?: pulumi.Input<number> | undefined;
  /**
   * How many other nodes are tried when it does not start.
   *
   * - Default: `1`
   * - Change: live
   * - Proxmox: `max_relocate`
   */
  maxRelocate?: pulumi.Input<number> | undefined;
  /**
   * Move it back when a node of a higher priority, by its node affinity, comes online.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `failback`
   */
  failback?: pulumi.Input<boolean> | undefined;
  /**
   * Shown beside it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Let a change of `state` stop a VM that runs.
   *
   * - Default: `false`
   * - Change: live
   */
  allowStop?: pulumi.Input<boolean> | undefined;
  /**
   * Let a change, or the deletion, make HA move VMs that run, as rules then ask for it.
   *
   * - Default: `false`
   * - Change: live
   */
  allowMoves?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the VM's HA resource that is there. Only read when the resource is created.
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
  timeouts?: pulumi.Input<HaResourceTimeoutsArgs> | undefined;
}

/** Part of the arguments of a HaResource. */
export interface HaResourceTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"5m"`
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

/** Arguments of a HaRule. */
export interface HaRuleArgs {
  /**
   * Name of the rule. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `rule`
   */
  rule?: pulumi.Input<string> | undefined;
  /**
   * `node-affinity` says where resources run, `resource-affinity` which run together or apart. A change replaces.
   *
   * - Change: replace, it is made anew
   * - Proxmox: `type`
   */
  type: "node-affinity" | "resource-affinity";
  /**
   * What it is about: guests under HA, as `sid` of a `HaResource` tells them (`vm:100`, `ct:101`).
   *
   * - Change: live
   * - Proxmox: `resources`
   */
  resources: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Where they run, for `node-affinity`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `nodes`
   */
  nodes?: pulumi.Input<pulumi.Input<HaRuleNodeArgs>[]> | undefined;
  /**
   * They run nowhere else, and are stopped while none of the nodes is there.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `strict`
   */
  strict?: pulumi.Input<boolean> | undefined;
  /**
   * For `resource-affinity`: `positive` keeps them on one node, `negative` on a node each.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `affinity`
   */
  affinity?: pulumi.Input<"positive" | "negative"> | undefined;
  /**
   * Keep the rule without heeding it.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `disable`
   */
  disable?: pulumi.Input<boolean> | undefined;
  /**
   * Shown beside it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Let a change, or the deletion, make HA move guests that run.
   *
   * - Default: `false`
   * - Change: live
   */
  allowMoves?: pulumi.Input<boolean> | undefined;
  /**
   * Take over the rule of this name, which must exist. Only read when the resource is created.
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
  timeouts?: pulumi.Input<HaRuleTimeoutsArgs> | undefined;
}

/** Part of the arguments of a HaRule. */
export interface HaRuleNodeArgs {
  /**
   * A node, by its name.
   *
   * - Change: live
   */
  node: pulumi.Input<string>;
  /**
   * Those with the highest number are preferred.
   *
   * - Default: `0`
   * - Change: live
   */
  priority?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a HaRule. */
export interface HaRuleTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"3m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"3m"`
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

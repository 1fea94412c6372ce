import type * as pulumi from "@pulumi/pulumi";
import type { HaResourceArgs, HaRuleArgs } from "../providers/ha/arguments.generated";
import { HaResource } from "../providers/ha/ha-resource";
import { HaRule } from "../providers/ha/ha-rule";
import type { Vm } from "../providers/vm/vm";
import { child, mapped, type Transform } from "./child";

/** A VM of a cluster under high availability. */
export interface ClusterHaResource extends Omit<HaResourceArgs, "vmid"> {
  /**
   * Its VMID, where it is none of `vms`: a VM of a `Fleet`, or of nobody.
   *
   * - Default: that of the VM of this name; of a name that is a number, that number
   * - Change: replace, it is made anew
   */
  readonly vmid?: pulumi.Input<number>;
}

/** A rule of a cluster's high availability. */
export interface ClusterHaRule extends Omit<HaRuleArgs, "resources"> {
  /**
   * Names of `ha.resources` that it is about.
   *
   * - Default: none
   * - Change: live
   */
  readonly vms?: readonly string[];
  /**
   * Other guests under HA that it is about, as HA calls them: `vm:100`, `ct:101`.
   *
   * - Default: none
   * - Change: live
   */
  readonly resources?: readonly pulumi.Input<string>[];
}

/** High availability of a cluster. */
export interface HaSettings {
  /**
   * VMs under HA by their names in `vms`, or by their VMIDs.
   *
   * - Default: none
   * - Change: that of each HaResource
   */
  readonly resources?: Readonly<Record<string, ClusterHaResource>>;
  /**
   * Rules by their names: where VMs run, and which of them together or apart.
   *
   * - Default: none
   * - Change: that of each HaRule
   */
  readonly rules?: Readonly<Record<string, ClusterHaRule>>;
}

/** Changes of what is made of high availability. */
export interface HaTransforms {
  /**
   * Of VMs under HA.
   *
   * - Default: as they are
   * - Change: that of the HaResource
   */
  readonly haResource?: Transform<HaResourceArgs>;
  /**
   * Of rules of HA.
   *
   * - Default: as they are
   * - Change: that of the HaRule
   */
  readonly haRule?: Transform<HaRuleArgs>;
}

/** What was made of high availability. */
export interface HaChildren {
  /** VMs under HA, by the names that the description has for them. */
  readonly resources: Readonly<Record<string, HaResource>>;
  /** Rules by their names. */
  readonly rules: Readonly<Record<string, HaRule>>;
}

/** Rules come after what they name, and go before it. */
export function makeHa(
  { resources = {}, rules = {} }: HaSettings = {},
  vms: Readonly<Record<string, Vm>>,
  opts: pulumi.CustomResourceOptions,
  transform: HaTransforms,
): HaChildren {
  const made = mapped(resources, (resource, name) =>
    child(
      HaResource,
      name,
      { ...resource, vmid: vms[name]?.vmid ?? resource.vmid ?? Number(name) },
      opts,
      transform.haResource,
    ),
  );
  return {
    resources: made,
    rules: mapped(rules, ({ vms: named = [], resources: others = [], ...rule }, name) =>
      child(
        HaRule,
        name,
        { ...rule, resources: [...named.map((vm) => made[vm]?.sid), ...others] },
        opts,
        transform.haRule,
      ),
    ),
  };
}

import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { FirewallGroupArgs } from "./arguments.generated";

/**
 * A security group: rules under a name, which stand where a rule of a place names it (`{ group: "web" }`). One that
 * rules name, or with rules of others in it, is not deleted: the error says where.
 *
 * ```ts
 * const web = new FirewallGroup("web", { rules: [{ direction: "in", action: "ACCEPT", macro: "HTTPS" }] });
 * new FirewallRules("web-1", { place: { guest: 100 }, rules: [{ group: web.group }] });
 * ```
 */
export class FirewallGroup extends ProxmoxResource {
  /** Name of the group; what `group` of a rule takes. */
  declare readonly group: pulumi.Output<string>;

  /** An existing group by its name, only read and never changed. */
  static get(name: string, group: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions): FirewallGroup {
    return new FirewallGroup(name, {}, { ...opts, id: pulumi.output(group) });
  }

  constructor(name: string, args: FirewallGroupArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      { kind: "FirewallGroup", outputs: ["group"], oldGoesFirst: true, marked: true, beside: "kind:Firewall" },
      name,
      args,
      opts,
    );
  }
}

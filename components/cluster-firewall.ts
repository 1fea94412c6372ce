import * as pulumi from "../providers/kernel/program/sdk";
import type {
  FirewallAliasArgs,
  FirewallGroupArgs,
  FirewallIpSetArgs,
  FirewallOptionsArgs,
  FirewallRulesArgs,
} from "../providers/firewall/arguments.generated";
import { FirewallAlias } from "../providers/firewall/firewall-alias";
import { FirewallGroup } from "../providers/firewall/firewall-group";
import { FirewallIpSet } from "../providers/firewall/firewall-ip-set";
import { FirewallOptions } from "../providers/firewall/firewall-options";
import { FirewallRules } from "../providers/firewall/firewall-rules";
import { Component } from "../providers/kernel/program/component";
import { mistake } from "../providers/kernel/program/mistake";
import { child, dependencies, type Transform } from "./child";
import type { PlannedFirewallChild } from "./cluster-firewall.plan";

/** The firewall of one place: the datacenter, or a node. */
export interface FirewallPlaceSettings {
  /**
   * Its options. `enable` of the datacenter is the switch of all, and comes after everything else.
   *
   * - Default: as they are
   * - Change: that of the FirewallOptions
   */
  readonly options?: Omit<FirewallOptionsArgs, "place">;
  /**
   * Its rules, the first one first, owned as a whole.
   *
   * - Default: as they are
   * - Change: that of the FirewallRules
   */
  readonly rules?: FirewallRulesArgs["rules"];
  /**
   * What becomes of rules that others have written there.
   *
   * - Default: `"remove"`
   * - Change: that of the FirewallRules
   */
  readonly foreign?: FirewallRulesArgs["foreign"];
  /**
   * Whether a change is made that is worked out to shut somebody out: of all that is described here.
   *
   * - Default: `"refuse"`
   * - Change: none
   */
  readonly lockout?: FirewallRulesArgs["lockout"];
  /**
   * When the nodes put the old firewall back by themselves: of all that is described here.
   *
   * - Default: `"60s"`
   * - Change: none
   */
  readonly restoreAfter?: FirewallRulesArgs["restoreAfter"];
  /**
   * Changes without a way back: of all that is described here.
   *
   * - Default: `false`
   * - Change: none
   */
  readonly unguarded?: FirewallRulesArgs["unguarded"];
}

/** The firewall of a cluster and its nodes. Names that rules and sets write as texts are waited for. */
export interface FirewallSettings extends FirewallPlaceSettings {
  /**
   * Aliases of the datacenter by their names.
   *
   * - Default: none
   * - Change: that of each FirewallAlias
   */
  readonly aliases?: Readonly<Record<string, Omit<FirewallAliasArgs, "place" | "alias">>>;
  /**
   * IP sets of the datacenter by their names. `management` is who may reach the nodes.
   *
   * - Default: none
   * - Change: that of each FirewallIpSet
   */
  readonly ipSets?: Readonly<Record<string, Omit<FirewallIpSetArgs, "place" | "ipSet">>>;
  /**
   * Security groups by their names.
   *
   * - Default: none
   * - Change: that of each FirewallGroup
   */
  readonly groups?: Readonly<Record<string, Omit<FirewallGroupArgs, "group">>>;
  /**
   * What every node has, where the node itself does not say otherwise. Texts may hold variables of the nodes.
   *
   * - Default: as it is
   * - Change: that of each resource
   */
  readonly node?: FirewallPlaceSettings;
}

/** A node with the firewall that is different on it. */
export interface FirewallNode {
  /** What `{{…}}` stands for on it. */
  readonly variables?: Readonly<Record<string, string | number>>;
  /**
   * Its own rules and options.
   *
   * - Default: those of `firewall.node`
   * - Change: that of each resource
   */
  readonly firewall?: FirewallPlaceSettings;
}

/** Changes of the parts of a firewall. */
export interface FirewallTransforms {
  /**
   * Of aliases.
   *
   * - Default: as they are
   * - Change: that of the FirewallAlias
   */
  readonly firewallAlias?: Transform<FirewallAliasArgs>;
  /**
   * Of IP sets.
   *
   * - Default: as they are
   * - Change: that of the FirewallIpSet
   */
  readonly firewallIpSet?: Transform<FirewallIpSetArgs>;
  /**
   * Of security groups.
   *
   * - Default: as they are
   * - Change: that of the FirewallGroup
   */
  readonly firewallGroup?: Transform<FirewallGroupArgs>;
  /**
   * Of rules.
   *
   * - Default: as they are
   * - Change: that of the FirewallRules
   */
  readonly firewallRules?: Transform<FirewallRulesArgs>;
  /**
   * Of options.
   *
   * - Default: as they are
   * - Change: that of the FirewallOptions
   */
  readonly firewallOptions?: Transform<FirewallOptionsArgs>;
}

/** Inputs of {@link ClusterFirewall}. */
export interface ClusterFirewallArgs {
  /**
   * The firewall of the datacenter, and what every node has.
   *
   * - Default: nothing but `shared` and what the nodes say
   * - Change: that of each resource
   */
  readonly firewall?: FirewallSettings;
  /**
   * The nodes by their names, each with its variables and what is different there.
   *
   * - Default: none, the firewall of the datacenter alone
   * - Change: makes or deletes exactly what is of the nodes that come or go
   */
  readonly nodes?: Readonly<Record<string, FirewallNode>>;
  /**
   * What several stacks have in common; `firewall` wins over it. Safety switches are refused here.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly shared?: FirewallSettings;
  /**
   * Changes parts before they are made.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: FirewallTransforms;
}

/** What is made of one node. */
export interface FirewallChildren {
  /** Its rules, if any were described. */
  readonly rules?: FirewallRules;
  /** Its options, if any were described. */
  readonly options?: FirewallOptions;
}

/**
 * The firewall of a cluster: aliases, IP sets, security groups, rules and options of the datacenter, and rules and options of
 * its nodes. Each waits for what it names, and the options of the datacenter, which hold the switch of all, for everything
 * else; they go first. Each is checked and guarded as it is alone: nobody who reached the nodes is shut out unasked.
 *
 * ```ts
 * const firewall = new ClusterFirewall("matrix", {
 *   nodes: { foxtrot: {}, golf: { firewall: { options: { logLevelIn: "info" } } } },
 *   firewall: {
 *     aliases: { lan: { cidr: "10.0.0.0/24" } },
 *     ipSets: { management: { entries: [{ cidr: "lan" }, { cidr: "192.0.2.7", comment: "the build server" }] } },
 *     groups: { web: { rules: [{ direction: "in", action: "ACCEPT", macro: "Web" }] } },
 *     rules: [{ direction: "in", action: "ACCEPT", macro: "Ping", source: "lan" }],
 *     options: { enable: true, policyIn: "DROP" },
 *     node: {
 *       rules: [
 *         { direction: "in", action: "ACCEPT", protocol: "tcp", destinationPort: 9100, source: "+monitoring", comment: "{{name}}" },
 *       ],
 *       options: { ndp: true },
 *     },
 *   },
 * });
 * export const web = firewall.groups["web"]?.group;
 * ```
 */
export class ClusterFirewall extends Component {
  /** Aliases by name. */
  readonly aliases: Readonly<Record<string, FirewallAlias>>;
  /** IP sets by name. */
  readonly ipSets: Readonly<Record<string, FirewallIpSet>>;
  /** Security groups by name. */
  readonly groups: Readonly<Record<string, FirewallGroup>>;
  /** Rules of the datacenter, if any were described. */
  readonly rules?: FirewallRules;
  /** Options of the datacenter, if any were described. */
  readonly options?: FirewallOptions;
  /** What was made of each node. */
  readonly nodes: Readonly<Record<string, FirewallChildren>>;

  constructor(name: string, args: ClusterFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:ClusterFirewall", name, {}, opts);
    const { transform = {} } = args;
    const made: Record<string, Record<string, pulumi.Resource>> = { aliases: {}, ipSets: {}, groups: {} };
    const options = (one: PlannedFirewallChild, more: readonly pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn: [
        ...dependencies(opts),
        ...one.after.flatMap(({ kind, name: other }) => made[kind]?.[other] ?? []),
        ...more,
      ],
    });
    const each = <Args extends object, Made extends pulumi.Resource>(
      kind: string,
      children: readonly PlannedFirewallChild[],
      type: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made,
      change: Transform<Args> | undefined,
    ): Record<string, Made> =>
      (made[kind] = Object.fromEntries(
        children.map((one) => [one.name, child(type, one.name, one.args, options(one, []), change)]),
      ));
    const one = <Args extends object, Made extends pulumi.Resource>(
      described: PlannedFirewallChild | undefined,
      type: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made,
      change: Transform<Args> | undefined,
      ...after: readonly pulumi.Resource[]
    ): Made | undefined => described && child(type, described.name, described.args, options(described, after), change);

    this.aliases = each("aliases", planned.aliases, FirewallAlias, transform.firewallAlias);
    this.ipSets = each("ipSets", planned.ipSets, FirewallIpSet, transform.firewallIpSet);
    this.groups = each("groups", planned.groups, FirewallGroup, transform.firewallGroup);
    const named = [this.aliases, this.ipSets, this.groups].flatMap((all) => Object.values<pulumi.Resource>(all));
    const rules = one(planned.rules, FirewallRules, transform.firewallRules);
    const before = rules ? [...named, rules] : named;
    this.nodes = Object.fromEntries(
      Object.entries(planned.nodes).map(([node, own]) => {
        const rulesOfNode = one(own.rules, FirewallRules, transform.firewallRules);
        // A node's own switch is on unless it is off: whoever is to come in is let in before.
        const optionsOfNode = one(
          own.options,
          FirewallOptions,
          transform.firewallOptions,
          ...before,
          ...(rulesOfNode ? [rulesOfNode] : []),
        );
        return [
          node,
          { ...(rulesOfNode ? { rules: rulesOfNode } : {}), ...(optionsOfNode ? { options: optionsOfNode } : {}) },
        ];
      }),
    );
    if (rules) this.rules = rules;
    const onNodes = Object.values(this.nodes).flatMap((own) => Object.values<pulumi.Resource>({ ...own }));
    const ofAll = one(planned.options, FirewallOptions, transform.firewallOptions, ...before, ...onNodes);
    if (ofAll) this.options = ofAll;
    this.registerOutputs({});
  }
}

function plan(name: string, { nodes = {}, shared, firewall }: ClusterFirewallArgs) {
  // Loaded here: programs without components have no use for it.
  const { planFirewall } = require("./cluster-firewall.plan") as typeof import("./cluster-firewall.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = planFirewall(
    { name, nodes: nodes as unknown as Parameters<typeof planFirewall>[0]["nodes"], shared, stack: firewall },
    problems,
  );
  const refused = refusal("ClusterFirewall", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}

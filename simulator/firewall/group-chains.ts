import type { RuleLine } from "./firewall-conf.js";
import { ifaceOf, isFor } from "./filters.js";
import { add, addRule, clearMark, createChain, markOn, type ChainPlace } from "./ruleset.js";

/**
 * A rule that names a security group: its chain marks what it accepts, and what is marked then is accepted
 * (ruleset_add_group_rule). A group that is not there is empty.
 */
export function addGroupRule(place: ChainPlace, rule: RuleLine, direction: "in" | "out", accept: string): void {
  const { ruleset, chain } = place;
  const name = `GROUP-${rule.action}-${direction.toUpperCase()}`;
  if (!ruleset.has(name)) addGroup(place, rule.action);
  add(ruleset, chain, ifaceOf(rule, direction).iface ?? "", `-j ${name}`);
  add(ruleset, chain, `-m mark --mark ${markOn}`, `-j ${accept}`);
}

/** Both chains of a group. When a rule fails here the rest of the group is missing, as in Proxmox. */
function addGroup({ ruleset, version, names, logLimit }: ChainPlace, group: string): void {
  const rules = names.cluster.groups[group] ?? [];
  for (const direction of ["in", "out"] as const) {
    const chain = `GROUP-${group}-${direction.toUpperCase()}`;
    createChain(ruleset, chain);
    add(ruleset, chain, "", clearMark);
    for (const rule of rules) {
      if (rule.type !== direction || !isFor(rule, version)) continue;
      const place: ChainPlace = { ruleset, chain, version, names: { cluster: names.cluster }, logLimit };
      addRule(place, { rule, actions: { ACCEPT: "PVEFW-SET-ACCEPT-MARK", REJECT: "PVEFW-reject" } });
    }
  }
}

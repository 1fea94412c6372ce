import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { digestOf } from "../../random.js";
import type { FirewallRule } from "../../world/node.js";

/** `/nodes/{node}/firewall/rules`. New rules go to the top; the simulator filters no packets. */
export const firewallRuleRoutes: Routes = {
  "GET /nodes/{node}/firewall/rules": (call) => rulesOf(call).map((rule, pos) => ({ ...shown(call, rule), pos })),

  "GET /nodes/{node}/firewall/rules/{pos}": (call) => ({ ...shown(call, existing(call)), pos: call.text("pos") }),

  "POST /nodes/{node}/firewall/rules": (call) => {
    call.checkDigest(rulesOf(call));
    const rule = settings(call);
    checkRule(rule);
    rulesOf(call).unshift(rule);
  },

  "PUT /nodes/{node}/firewall/rules/{pos}": (call) => {
    call.checkDigest(rulesOf(call));
    const rule = existing(call);
    const rules = rulesOf(call);
    const target = call.int("moveto");
    if (target !== undefined) {
      const from = rules.indexOf(rule);
      rules.splice(from, 1);
      rules.splice(target > from ? target - 1 : target, 0, rule);
      return;
    }
    const changed = { ...rule, ...settings(call) };
    for (const key of call.list("delete")) delete changed[key];
    checkRule(changed);
    rules[rules.indexOf(rule)] = changed;
  },

  "DELETE /nodes/{node}/firewall/rules/{pos}": (call) => {
    call.checkDigest(rulesOf(call));
    const rules = rulesOf(call);
    rules.splice(rules.indexOf(existing(call)), 1);
  },
};

function rulesOf(call: Call): FirewallRule[] {
  return (call.node.firewallRules ??= []);
}

function existing(call: Call): FirewallRule {
  const pos = call.text("pos");
  const rule = rulesOf(call)[Number(pos)];
  if (!rule) throw die(`no rule at position ${pos}`);
  return rule;
}

const notSettings = new Set(["node", "pos", "digest", "delete", "moveto"]);

function settings(call: Call): FirewallRule {
  return Object.fromEntries(Object.entries(call.params).filter(([key]) => !notSettings.has(key)));
}

/** Ports belong to a protocol, unless a macro brings its own. */
function checkRule(rule: FirewallRule): void {
  for (const key of ["dport", "sport"]) {
    if (rule[key] !== undefined && rule["proto"] === undefined && rule["macro"] === undefined) {
      throw paramError({ proto: `missing property - '${key}' requires this property` });
    }
  }
}

function shown(call: Call, { enable, ...rule }: FirewallRule): Record<string, Json> {
  return { ...rule, enable: Number(enable ?? 0), digest: digestOf(rulesOf(call)) };
}

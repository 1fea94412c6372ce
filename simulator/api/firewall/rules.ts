import type { Call, Handler, Json } from "../../call.js";
import { die } from "../../errors.js";
import type { FirewallConf, RuleLine, RuleEnv } from "../../firewall/firewall-conf.js";
import { checkDigest, rowsWithDigest } from "../../firewall/digests.js";
import { copySettings, deleteSettings, refuseErrors } from "../../firewall/verify-rule.js";
import { change, load, scopeForWriting, type Level } from "./level.js";

/** A list of rules: of a level, or of a security group. */
interface RuleList {
  readonly level: Level;
  /** Template of the list's endpoints. */
  readonly path: string;
  readonly env: RuleEnv;
  /** Throws when there is no such list. */
  rules(call: Call, conf: FirewallConf): RuleLine[];
}

type Row = Readonly<Record<string, Json | undefined>>;
const asRows = (rules: readonly RuleLine[]): Row[] => rules.map((rule): Row => ({ ...rule }));

function existing(call: Call, rules: RuleLine[]): { rule: RuleLine; at: number } {
  const at = Number(call.text("pos"));
  const rule = rules[at];
  if (!rule) throw die(`no rule at position ${at}`);
  return { rule, at };
}

/** The rule goes before the one that has the position now, or to the end. */
function move(rules: RuleLine[], from: number, to: number): RuleLine[] {
  const rule = rules[from];
  if (!rule) return rules;
  const moved = rules.flatMap((other, at) => (at === from ? [] : at === to ? [rule, other] : [other]));
  return to >= rules.length ? [...moved, rule] : moved;
}

function update(call: Call, list: RuleList): Promise<void> {
  return change(call, list.level, ({ conf, scope }) => {
    const rules = list.rules(call, conf);
    checkDigest(call.params["digest"], asRows(rules));
    const { rule, at } = existing(call, rules);
    const target = call.int("moveto");
    if (target !== undefined && target !== at) {
      rules.splice(0, rules.length, ...move(rules, at, target));
      return;
    }
    copySettings(rule, call.params);
    deleteSettings(rule, call.list("delete"));
    refuseErrors(rule, scopeForWriting(call, scope), list.env);
  });
}

/** The endpoints of a list of rules. New rules go to the top, whatever `pos` says (scenario 15, lines 82 to 85). */
export function ruleRoutes(list: RuleList): Record<string, Handler> {
  const { path, level } = list;
  const shown = (call: Call): Record<string, Json>[] => {
    level.check?.(call, false);
    return rowsWithDigest(asRows(list.rules(call, load(call, level).conf)));
  };
  return {
    [`GET ${path}`]: (call) => shown(call).map((row, pos) => ({ ...row, pos })),
    [`GET ${path}/{pos}`]: (call) => {
      const pos = call.text("pos");
      const row = shown(call)[Number(pos)];
      if (!row) throw die(`no rule at position ${pos}`);
      return { ...row, pos };
    },
    // `digest` is a setting like the others here, which nobody looks at
    [`POST ${path}`]: (call) =>
      change(call, level, ({ conf, scope }) => {
        const rules = list.rules(call, conf);
        const rule: RuleLine = { type: "", action: "", enable: 0 };
        copySettings(rule, call.params);
        refuseErrors(rule, scopeForWriting(call, scope), list.env);
        rules.unshift(rule);
      }),
    [`PUT ${path}/{pos}`]: (call) => update(call, list),
    [`DELETE ${path}/{pos}`]: (call) =>
      change(call, level, ({ conf }) => {
        const rules = list.rules(call, conf);
        checkDigest(call.params["digest"], asRows(rules));
        rules.splice(existing(call, rules).at, 1);
      }),
  };
}

import { wire, type Params } from "../../pve";
import { logLevels, type Rule } from "./rule.model";

/** A rule as the place has it. */
export interface LiveRule {
  readonly pos: number;
  readonly rule: Rule;
  /** Proxmox passes over a rule that it finds wrong: an alias or a set of it is gone. */
  readonly broken: boolean;
}

const keys = {
  macro: "macro",
  interface: "iface",
  source: "source",
  destination: "dest",
  protocol: "proto",
  destinationPort: "dport",
  sourcePort: "sport",
  icmpType: "icmp-type",
  logLevel: "log",
  comment: "comment",
} as const;

function ruleOf(row: wire.WireObject): Rule {
  const type = wire.string(row["type"]);
  const action = wire.string(row["action"]);
  const found: Record<string, unknown> =
    type === "group" ? { group: action } : { direction: type, action: action?.toUpperCase() };
  for (const [name, key] of Object.entries(keys)) {
    const value = wire.string(row[key])?.trimEnd();
    if (value !== undefined && value !== "") found[name] = value;
  }
  if (!logLevels.some((level) => level === found["logLevel"])) delete found["logLevel"];
  if (!wire.boolean(row["enable"])) found["enabled"] = false;
  return found;
}

export const rulesOf = (answer: unknown): LiveRule[] =>
  wire
    .list(answer)
    .map((row, at) => ({
      pos: wire.integer(row["pos"]) ?? at,
      rule: ruleOf(row),
      broken: Object.keys(wire.object(row["errors"])).length > 0,
    }))
    .sort((a, b) => a.pos - b.pos);

/** All that a new rule says; it comes without effect, and is switched on when it stands where it belongs. */
export function rowOf(rule: Rule): Params {
  const out: Record<string, string | number> = { enable: 0 };
  if (rule.group === undefined) Object.assign(out, { type: rule.direction ?? "in", action: rule.action ?? "ACCEPT" });
  else Object.assign(out, { type: "group", action: rule.group });
  for (const [name, key] of Object.entries(keys)) {
    const value = rule[name as keyof typeof keys];
    if (value !== undefined && value !== "") out[key] = value;
  }
  return out;
}

/** What stands beside it, over what stands there. */
export function noteChange(rule: Rule, live: Rule): Params {
  const gone = (["comment", "logLevel"] as const).filter((key) => (rule[key] ?? "") === "" && live[key] !== undefined);
  return {
    ...(rule.comment === undefined || rule.comment === "" ? {} : { comment: rule.comment }),
    ...(rule.logLevel === undefined ? {} : { log: rule.logLevel }),
    ...(gone.length === 0 ? {} : { delete: gone.map((key) => keys[key]).join(",") }),
  };
}

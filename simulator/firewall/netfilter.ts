import type { Compiled } from "./compile.js";
import { familyOf, type Packet, type Passage, type Verdict } from "./packet.js";
import { matcherOf, type Match } from "./rule-match.js";
import type { Ruleset } from "./ruleset.js";

type Target =
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "return" }
  | { readonly kind: "mark"; readonly value: number; readonly mask: number }
  | { readonly kind: "go-on" }
  | { readonly kind: "chain"; readonly chain: string; readonly goto: boolean };

interface Step {
  readonly matches: Match;
  readonly target: Target;
}

const parsed = new WeakMap<Ruleset, Map<string, readonly Step[]>>();

function stepsOf(ruleset: Ruleset, chain: string): readonly Step[] {
  const chains = parsed.get(ruleset) ?? new Map<string, readonly Step[]>();
  parsed.set(ruleset, chains);
  let steps = chains.get(chain);
  if (!steps) {
    const rules = ruleset.get(chain);
    if (!rules) throw new Error(`the packet filter has no chain ${chain}`);
    steps = rules.map(stepOf);
    chains.set(chain, steps);
  }
  return steps;
}

function stepOf(rule: string): Step {
  const [, match = "", jump = "", rest = ""] = /^(.*?)\s*-([jg]) (.+)$/.exec(rule) ?? [];
  if (rest === "") throw new Error(`a rule of the packet filter without a target: ${rule}`);
  return { matches: matcherOf(match), target: targetOf(rest, jump === "g") };
}

function targetOf(text: string, isGoto: boolean): Target {
  const [name = "", ...options] = text.split(" ");
  switch (name) {
    case "ACCEPT":
      return { kind: "verdict", verdict: "accept" };
    case "DROP":
      return { kind: "verdict", verdict: "drop" };
    case "REJECT":
      return { kind: "verdict", verdict: "reject" };
    case "RETURN":
      return { kind: "return" };
    case "NFLOG":
    case "CONNMARK":
      return { kind: "go-on" };
    case "MARK": {
      const [value = 0, mask = 0] = (options[1] ?? "").split("/").map(Number);
      return { kind: "mark", value, mask };
    }
    default:
      return { kind: "chain", chain: name, goto: isGoto };
  }
}

/** Goes through a chain; undefined when the packet comes out at its end, or is sent back. */
function walk(ruleset: Ruleset, chain: string, passage: Passage): Verdict | undefined {
  for (const { matches, target } of stepsOf(ruleset, chain)) {
    if (!matches(passage)) continue;
    switch (target.kind) {
      case "verdict":
        return target.verdict;
      case "return":
        return undefined;
      case "go-on":
        break;
      case "mark":
        // bits of the mask are cleared, and those of the value set (MARK --set-mark)
        passage.mark = ((passage.mark & ~target.mask) | target.value) >>> 0;
        break;
      case "chain": {
        const verdict = walk(ruleset, target.chain, passage);
        if (verdict !== undefined || target.goto) return verdict;
      }
    }
  }
  return undefined;
}

/** What a hook of the kernel does with a packet; its own policy accepts. */
export function judge({ tables, sets }: Compiled, hook: "INPUT" | "OUTPUT" | "FORWARD", packet: Packet): Verdict {
  const passage: Passage = { packet, sets, mark: 0 };
  return walk(tables[familyOf(packet)], `PVEFW-${hook}`, passage) ?? "accept";
}

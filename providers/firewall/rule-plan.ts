import { noted, packetMeaning } from "./rule-meaning";
import type { LiveRule } from "./rule-row";
import type { Rule } from "./rule.model";

/** One request on the way from the list that is there to the wanted one. */
export type RuleStep =
  | { readonly do: "add"; readonly rule: Rule }
  | { readonly do: "move"; readonly pos: number; readonly before: number }
  | { readonly do: "note"; readonly pos: number; readonly rule: Rule; readonly live: Rule }
  | { readonly do: "enable" | "disable" | "remove"; readonly pos: number };

const isOn = ({ enabled }: Rule): boolean => enabled !== false;

/**
 * The wanted rules with those of others behind them. `was`: what this resource had before; all else that is there and
 * not wanted is somebody else's.
 */
export function withForeign(live: readonly LiveRule[], wanted: readonly Rule[], was: readonly Rule[]): Rule[] {
  const own = new Map<string, number>();
  for (const rule of was) own.set(packetMeaning(rule), (own.get(packetMeaning(rule)) ?? 0) + 1);
  const matched = new Set(matches(live, wanted).map(([at]) => at));
  // What is wanted and stands at another place is moved, and not somebody else's.
  const wantedLeft = new Map<string, number>();
  for (const rule of wanted) wantedLeft.set(packetMeaning(rule), (wantedLeft.get(packetMeaning(rule)) ?? 0) + 1);
  for (const at of matched) take(wantedLeft, packetMeaning((live[at] as LiveRule).rule));
  const foreign = live.flatMap(({ rule }, at) => {
    const key = packetMeaning(rule);
    if (matched.has(at)) {
      take(own, key);
      return [];
    }
    return take(wantedLeft, key) || take(own, key) ? [] : [rule];
  });
  return [...wanted, ...foreign];
}

function take(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

/** Pairs of one meaning in the order of both lists, as many as possible, and of those rather such as are switched on. */
export function matches(live: readonly LiveRule[], wanted: readonly Rule[]): [number, number][] {
  const [left, right] = [live.map(({ rule }) => packetMeaning(rule)), wanted.map(packetMeaning)];
  const unit = Math.max(left.length, right.length) + 1;
  const best = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const worth = (i: number): number => unit + (isOn((live[i] as LiveRule).rule) ? 1 : 0);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      (best[i] as number[])[j] = Math.max(
        at(i + 1, j),
        at(i, j + 1),
        left[i] === right[j] ? at(i + 1, j + 1) + worth(i) : 0,
      );
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < left.length && j < right.length;) {
    if (left[i] === right[j] && at(i, j) === at(i + 1, j + 1) + worth(i)) pairs.push([i++, j++]);
    else if (at(i, j) === at(i + 1, j)) i++;
    else j++;
  }
  return pairs;
}

/**
 * The next request, or undefined when all is as wanted. Every list on the way treats a packet as the old one or as the new
 * one does: new rules are put in their places without effect; then they are switched on from the top, so that whatever
 * one of them meets, those above it have let pass; then the old ones go from the bottom, so that whatever still meets one
 * of them was met by none above. It looks at nothing but the list, and so goes on where another run was ended.
 */
export function nextStep(live: readonly LiveRule[], wanted: readonly Rule[]): RuleStep | undefined {
  const pairs = matches(live, wanted);
  const liveOf = new Map(pairs.map(([i, j]) => [j, i]));
  const placed = new Set(pairs.map(([i]) => i));
  const ruleAt = (i: number): Rule => (live[i] as LiveRule).rule;
  const posOf = (i: number): number => (live[i] as LiveRule).pos;

  for (let j = wanted.length - 1; j >= 0; j--) {
    if (liveOf.has(j)) continue;
    const rule = wanted[j] as Rule;
    const below = liveOf.get(j + 1);
    const before = below === undefined ? live.length : posOf(below);
    // One without effect may be moved, as the one that was just added.
    const idle = live.findIndex(
      (one, i) => !placed.has(i) && !isOn(one.rule) && packetMeaning(one.rule) === packetMeaning(rule),
    );
    return idle < 0 ? { do: "add", rule } : { do: "move", pos: posOf(idle), before };
  }
  for (const [i, j] of pairs) {
    const rule = wanted[j] as Rule;
    if (noted(ruleAt(i)) !== noted(rule)) return { do: "note", pos: posOf(i), rule, live: ruleAt(i) };
  }
  for (const [i, j] of pairs) if (isOn(wanted[j] as Rule) && !isOn(ruleAt(i))) return { do: "enable", pos: posOf(i) };
  const wantedOf = new Map(pairs);
  for (let i = live.length - 1; i >= 0; i--) {
    const j = wantedOf.get(i);
    if (j === undefined) return { do: "remove", pos: posOf(i) };
    if (!isOn(wanted[j] as Rule) && isOn(ruleAt(i))) return { do: "disable", pos: posOf(i) };
  }
  return undefined;
}

import type { Params } from "../../pve";
import type { Call } from "../kernel/call/call";
import { digestOf, rulesAt, type Located } from "./firewall-calls";
import { ruleText, sameRules } from "./rule-meaning";
import { matches, nextStep, withForeign, type RuleStep } from "./rule-plan";
import { noteChange, rowOf, rulesOf, type LiveRule } from "./rule-row";
import { placeWords } from "./place.model";
import type { Rule } from "./rule.model";

/** What a list is to become; with `foreign` it keeps what is neither wanted nor in `was`. */
export interface WantedRules {
  readonly rules: readonly Rule[];
  readonly was: readonly Rule[];
  readonly keepForeign: boolean;
}

export async function readRules(where: Located): Promise<LiveRule[]> {
  return rulesOf(await rulesAt(where).$get());
}

/** All that the list has to hold in the end. */
const targetOf = (live: readonly LiveRule[], { rules, was, keepForeign }: WantedRules): readonly Rule[] =>
  keepForeign ? withForeign(live, rules, was) : rules;

/** Those that go though this resource has never had them. */
export function foreignIn(live: readonly LiveRule[], { rules, was }: WantedRules): Rule[] {
  const kept = withForeign(live, rules, was);
  return kept.slice(rules.length);
}

/**
 * The list in the terms of what is wanted: the wanted rules themselves where they are there as they are wanted. Of a list
 * with foreign rules what stands above the last own one: below it they change nothing that is wanted.
 */
export function seenRules(live: readonly LiveRule[], wanted: readonly Rule[], keepForeign: boolean): readonly Rule[] {
  const last = matches(live, wanted).at(-1)?.[0] ?? -1;
  const own = (keepForeign ? live.slice(0, last + 1) : live).map(({ rule }) => rule);
  return sameRules(own, wanted) ? wanted : own;
}

/** Is there anything to be written? */
export async function isDue(where: Located, wanted: WantedRules): Promise<boolean> {
  const live = await readRules(where);
  return nextStep(live, targetOf(live, wanted)) !== undefined;
}

/** One request after the other, each with the digest and the positions of a list that was read just before. */
export async function converge(call: Call, where: Located, wanted: WantedRules): Promise<void> {
  const { pve, place, lock } = where;
  // Each rule takes three requests at most, and one that is found in another place some more.
  for (let left = 10 * (wanted.rules.length + 100); left > 0; left--) {
    let done = false;
    await pve.write(call, {
      what: `rules of ${placeWords(place)}`,
      lock,
      send: async () => {
        const answer = await rulesAt(where).$get();
        const live = rulesOf(answer);
        const step = nextStep(live, targetOf(live, wanted));
        done = step === undefined;
        if (step) await carryOut(where, step, digestOf(answer));
      },
      // The next look tells what is still to be done, whatever became of the request.
      happened: async () => false,
    });
    if (done) return;
  }
  throw new Error(`somebody else changes the rules of ${placeWords(place)} all the time; run this again`);
}

function carryOut(where: Located, step: RuleStep, digest: Params): Promise<unknown> {
  switch (step.do) {
    case "add":
      return rulesAt(where).$post({ ...rowOf(step.rule), ...digest });
    case "move":
      return rulesAt(where, step.pos).$put({ moveto: step.before, ...digest });
    case "note":
      return rulesAt(where, step.pos).$put({ ...noteChange(step.rule, step.live), ...digest });
    case "enable":
      return rulesAt(where, step.pos).$put({ enable: 1, ...digest });
    case "disable":
      return rulesAt(where, step.pos).$put({ enable: 0, ...digest });
    case "remove":
      return rulesAt(where, step.pos).$delete(digest);
  }
}

/** For people: at most so many, a line each. */
export function ruleLines(rules: readonly Rule[], most = 20): string {
  const lines = rules.slice(0, most).map((rule) => `  ${ruleText(rule)}`);
  if (rules.length > most) lines.push(`  and ${rules.length - most} more`);
  return lines.join("\n");
}

import { packetMeaning } from "../rule-meaning";
import type { FilterPicture } from "./filter-picture";

type Entry = FilterPicture["rules"][number];

/**
 * Does a change let in all that was let in before, whatever the rules of a node say that are not known? They come before those
 * of the datacenter, and what they decide is decided as before, unless they name a group, an alias or a set that changes. Nothing
 * is known of them either while nothing filters. What does not plainly open counts as closing.
 */
export function onlyOpens(before: FilterPicture, after: FilterPicture): boolean {
  if (!isOn(after)) return true;
  const isSame = namedIn(before) === namedIn(after) && isOn(before);
  const policies = ["policy_in", "policy_out"].every(
    (key) => after.options[key] === before.options[key] || after.options[key] === "ACCEPT",
  );
  return isSame && policies && listOpens(before.rules, after.rules);
}

const isOn = ({ options }: FilterPicture): boolean => Number(options["enable"] ?? 0) > 0;

const namedIn = ({ groups, aliases, sets }: FilterPicture): string =>
  JSON.stringify([
    [...groups].map(([name, rules]) => [name, rules.map(meaningOf)]).sort(),
    [...aliases].sort(),
    [...sets].map(([name, entries]) => [name, entries.map(({ cidr, noMatch = false }) => [cidr, noMatch])]).sort(),
  ]);

const isIdle = ({ rule, broken }: Entry): boolean => broken || rule.enabled === false;
const meaningOf = (one: Entry): string => (isIdle(one) ? "" : packetMeaning(one.rule));

/** All that lets something in stands there in its order, and nothing came between that keeps anything out. */
export function listOpens(old: readonly Entry[], now: readonly Entry[]): boolean {
  let at = 0;
  for (const one of now) {
    if (isIdle(one)) continue;
    let next = at;
    while (next < old.length && meaningOf(old[next] as Entry) !== meaningOf(one) && mayGo(old[next] as Entry)) next++;
    if (next < old.length && meaningOf(old[next] as Entry) === meaningOf(one)) at = next + 1;
    else if (one.rule.group !== undefined || one.rule.action !== "ACCEPT") return false;
  }
  return old.slice(at).every(mayGo);
}

const mayGo = (one: Entry): boolean => isIdle(one) || (one.rule.group === undefined && one.rule.action !== "ACCEPT");

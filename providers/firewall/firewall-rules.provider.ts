import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { located, locate, locateIn, type Located } from "./firewall-calls";
import { groupsOf } from "./groups";
import { isWhole, lookAtWhole } from "./look";
import { concernsNodes, type FilterChange } from "./lockout/filter-change";
import { lockoutProblems, type ChangeTerms } from "./lockout/lockout-check";
import { guardedChange } from "./guard/guarded-change";
import { haltedDue, settled } from "./guard/earlier-switches";
import { placeId, placeOfId, placeWords, type FirewallPlace } from "./place.model";
import { firewallRulesModel, type FirewallRulesInputs } from "./firewall-rules.model";
import { converge, foreignIn, isDue, readRules, ruleLines, seenRules, type WantedRules } from "./rule-list";
import { checkRules } from "./rule-checks";

interface RulesOutputs {
  readonly place: FirewallPlace;
}

const wantedOf = (inputs: Partial<FirewallRulesInputs>, was: Partial<FirewallRulesInputs> = {}): WantedRules => ({
  rules: inputs.rules ?? [],
  was: was.rules ?? [],
  keepForeign: inputs.foreign === "keep",
});

export const firewallRulesProvider = (session: Session) =>
  define<FirewallRulesInputs, RulesOutputs>(
    {
      kind: "FirewallRules",
      model: firewallRulesModel,
      outputs: ["place"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "2m" },
      async inspect(call, inputs, was) {
        const { place } = inputs;
        if (!isWhole(place)) return [];
        const seen = await lookAtWhole(session, call, "rules", "the rules of", place, was?.place);
        const { pve, problems } = seen;
        if (!pve) return problems;
        problems.push(...(await checkRules(call, pve, place, inputs.rules)));
        if (inputs.rules === undefined || problems.length > 0) return problems;
        await showForeign(call, pve, place, inputs, was);
        const isOther = JSON.stringify([inputs.rules, inputs.foreign]) !== JSON.stringify([was?.rules, was?.foreign]);
        const wanted = wantedOf(inputs, was);
        const terms = { ...inputs, requests: requestsFor(wanted) };
        return lockoutProblems(call, pve, changeOfRules(place, wanted), terms, isOther);
      },
      due: (call, { place }) => haltedDue(session, call, place),
      async lookup(call, id) {
        const place = placeOfId(id);
        const where = await located(session, call, place);
        const live = await readRules(where);
        return { id, outputs: { place, rules: live.map(({ rule }) => rule) } as Partial<RulesOutputs> };
      },
      async observe(call, at, wanted) {
        const where = await whereRulesAre(session, call, at.place);
        if (!where) return undefined;
        if (concernsNodes(at.place)) await settled(call, where.pve, false);
        const live = await readRules(where);
        const rules = [...seenRules(live, wanted.rules ?? [], wanted.foreign === "keep")];
        return { inputs: { ...wanted, rules }, outputs: at };
      },
      async ensure(call, inputs, made) {
        const place: FirewallPlace = inputs.place;
        const where = await whereRulesAre(session, call, place);
        if (!where) throw new Error(`${placeWords(place)} is not there; nothing was changed`);
        await readRules(where);
        made(placeId(place), { place });
        return { id: placeId(place), at: { place } };
      },
      async sync(call, at, inputs, was) {
        const where = await located(session, call, at.place);
        const wanted = wantedOf(inputs, was);
        await change(call, where, wanted, inputs);
        call.report.result(`${placeWords(at.place)}: ${inputs.rules.length} rules`);
        return at;
      },
      async remove(call, { place }, settings) {
        const where = await whereRulesAre(session, call, place);
        if (!where) return;
        // Those of others stay.
        const nothing = { rules: [], was: settings.rules ?? [], keepForeign: true };
        await change(call, where, nothing, settings);
        const left = await readRules(where);
        if (left.length > 0)
          call.report.result(`${placeWords(place)} keeps ${left.length} rules that are not of this resource`);
      },
    },
    session,
  );

/** What becomes of the nodes' own filter by it; undefined where it is none of theirs. */
const changeOfRules = (place: FirewallPlace, wanted: WantedRules): FilterChange | undefined =>
  concernsNodes(place) ? { kind: "rules", place, ...wanted } : undefined;

/** At most: each rule is made, moved and switched on, or switched off and removed. */
const requestsFor = ({ rules, was }: WantedRules): number => 3 * (rules.length + was.length);

async function change(call: Call, where: Located, wanted: WantedRules, terms: ChangeTerms): Promise<void> {
  await guardedChange(call, where.pve, {
    ...{ place: where.place, what: `rules of ${placeWords(where.place)}`, terms },
    change: changeOfRules(where.place, wanted),
    requests: requestsFor(wanted),
    due: () => isDue(where, wanted),
    work: (inTime) => converge(inTime, where, wanted),
  });
}

/** What has been written by others is shown before it goes. */
async function showForeign(
  call: Call,
  pve: Pve,
  place: FirewallPlace,
  inputs: Partial<FirewallRulesInputs>,
  was: Partial<FirewallRulesInputs> | undefined,
): Promise<void> {
  try {
    const where = await locateIn(pve, place);
    if (!where || (place.group !== undefined && !(await groupsOf(where)).has(place.group.toLowerCase()))) return;
    const foreign = foreignIn(await readRules(where), wantedOf(inputs, was));
    if (foreign.length === 0) return;
    const goes = inputs.foreign === "keep" ? "which stay below these" : "which are removed";
    call.report.result(
      `${placeWords(place)} has ${foreign.length} ${foreign.length > 1 ? "rules" : "rule"} of others, ${goes}:\n${ruleLines(foreign)}`,
    );
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    call.report.warn(`which rules ${placeWords(place)} has could not be read: ${error.message}`);
  }
}

/** Where the rules are; undefined when what they belong to is certainly gone. */
export async function whereRulesAre(session: Session, call: Call, place: FirewallPlace): Promise<Located | undefined> {
  const where = await locate(session, call, place);
  if (!where || place.group === undefined) return where;
  return (await groupsOf(where)).has(place.group.toLowerCase()) ? where : undefined;
}

import { wire, isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { changeOfTexts, fromTexts, textsOf } from "../kernel/fields/mapping";
import type { Session } from "../kernel/session/session";
import type { Texts } from "../kernel/fields/codec";
import { digestOf, locate, locateIn, located, type Located } from "./firewall-calls";
import { firewallOptionsModel, optionFields, type FirewallOptionsInputs } from "./firewall-options.model";
import { isWhole, lookAtWhole } from "./look";
import { concernsNodes, type FilterChange } from "./lockout/filter-change";
import { lockoutProblems } from "./lockout/lockout-check";
import { guardedChange } from "./guard/guarded-change";
import { haltedDue, settled } from "./guard/earlier-switches";
import { placeId, placeOfId, placeWords, type FirewallPlace } from "./place.model";

interface OptionsOutputs {
  readonly place: FirewallPlace;
}

async function readOptions({ at }: Located): Promise<Texts> {
  const { digest: _, ...options } = wire.object(await at("options").$get());
  return textsOf(options);
}

/** `enable` of the datacenter is the time of a change while somebody switches it on by the web interface. */
const readable = (texts: Texts): Texts => {
  const { enable } = texts;
  return enable !== undefined && Number(enable) > 1 ? { ...texts, enable: "1" } : texts;
};

/** Only the options that were set, and of those only what they are now. */
const managed = (live: Texts, wanted: Partial<FirewallOptionsInputs>) =>
  fromTexts(optionFields, readable(live), wanted) as Partial<FirewallOptionsInputs>;

const changeOf = (live: Texts, wanted: Partial<FirewallOptionsInputs>, was: Partial<FirewallOptionsInputs>) => {
  const { set, delete: gone } = changeOfTexts(optionFields, readable(live), wanted, was);
  if (Object.keys(set).length === 0 && gone.length === 0) return undefined;
  return { ...set, ...(gone.length === 0 ? {} : { delete: gone.join(",") }) };
};

/** What becomes of the nodes' own filter by it; undefined where it is none of theirs. */
function changeOfOptions(
  place: FirewallPlace,
  wanted: Partial<FirewallOptionsInputs>,
  was: Partial<FirewallOptionsInputs> = {},
): FilterChange | undefined {
  if (!concernsNodes(place)) return undefined;
  const names = Object.keys(optionFields) as (keyof typeof optionFields)[];
  const reset = names.filter((name) => was[name] !== undefined && wanted[name] === undefined);
  return { kind: "options", place, wanted, reset: reset.map((name) => optionFields[name].key) };
}

/** Sends what differs, with the digest of what it was told from. */
async function write(
  call: Call,
  where: Located,
  wanted: Partial<FirewallOptionsInputs>,
  was: Partial<FirewallOptionsInputs>,
): Promise<void> {
  const missing = async () => changeOf(await readOptions(where), wanted, was);
  if (!(await missing())) return;
  await where.pve.write(call, {
    what: `options of the firewall of ${placeWords(where.place)}`,
    lock: where.lock,
    send: async () => {
      const answer = await where.at("options").$get();
      const { digest: _, ...options } = wire.object(answer);
      const change = changeOf(textsOf(options), wanted, was);
      if (change) await where.at("options").$put({ ...change, ...digestOf(answer) });
    },
    happened: async () => (await missing()) === undefined,
  });
}

/** `terms`: of what is wanted, or of what was. */
const change = (
  ...[call, where, wanted, was, terms]: [
    Call,
    Located,
    Partial<FirewallOptionsInputs>,
    Partial<FirewallOptionsInputs>,
    Partial<FirewallOptionsInputs>,
  ]
): Promise<void> =>
  guardedChange(call, where.pve, {
    ...{ place: where.place, what: `options of the firewall of ${placeWords(where.place)}`, terms },
    change: changeOfOptions(where.place, wanted, was),
    due: async () => changeOf(await readOptions(where), wanted, was) !== undefined,
    work: (inTime) => write(inTime, where, wanted, was),
  });

/** Are other options written than before? */
const isOther = (wanted: Partial<FirewallOptionsInputs>, was: Partial<FirewallOptionsInputs> | undefined): boolean =>
  (Object.keys(optionFields) as (keyof typeof optionFields)[]).some(
    (name) => JSON.stringify(wanted[name]) !== JSON.stringify(was?.[name]),
  );

export const firewallOptionsProvider = (session: Session) =>
  define<FirewallOptionsInputs, OptionsOutputs>(
    {
      kind: "FirewallOptions",
      model: firewallOptionsModel,
      outputs: ["place"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "2m" },
      async inspect(call, inputs, was) {
        const place = inputs.place as FirewallPlace | undefined;
        if (!isWhole(place)) return [];
        const before = was?.place as FirewallPlace | undefined;
        const seen = await lookAtWhole(session, call, "options", "the options of the firewall of", place, before);
        const { pve, problems } = seen;
        if (!pve) return problems;
        if (problems.length === 0)
          problems.push(
            ...(await lockoutProblems(call, pve, changeOfOptions(place, inputs, was), inputs, isOther(inputs, was))),
          );
        if (was !== undefined || problems.length > 0) return problems;
        try {
          const where = await locateIn(pve, place);
          const live = where && (await readOptions(where));
          const gone = live && Object.keys(changeOf(live, inputs, {}) ?? {}).filter((key) => live[key] !== undefined);
          // What is there has been set by somebody: it is shown before it changes.
          if (live && gone && gone.length > 0)
            call.report.result(
              `${placeWords(place)} has ${gone.map((key) => `${key}: ${live[key] ?? ""}`).join(", ")}; this takes their place`,
            );
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          problems.push({ path: "place", message: `the options of its firewall cannot be read: ${error.message}` });
        }
        return problems;
      },
      due: (call, { place }) => haltedDue(session, call, place),
      async lookup(call, id) {
        const place = placeOfId(id);
        const live = await readOptions(await located(session, call, place));
        return { id, outputs: { ...managed(live, {}), place } };
      },
      async observe(call, at, wanted) {
        const where = await locate(session, call, at.place);
        if (!where) return undefined;
        if (concernsNodes(at.place)) await settled(call, where.pve, false);
        const live = managed(await readOptions(where), wanted);
        const unset = Object.keys(optionFields).filter((name) => !(name in live));
        return {
          inputs: {
            ...wanted,
            ...Object.fromEntries(unset.map((name) => [name, undefined])),
            ...live,
          },
          outputs: at,
        };
      },
      async ensure(call, inputs, made) {
        const place = inputs.place as FirewallPlace;
        await readOptions(await located(session, call, place));
        made(placeId(place), { place });
        return { id: placeId(place), at: { place } };
      },
      async sync(call, at, inputs, was) {
        const where = await located(session, call, at.place);
        await change(call, where, inputs, was, inputs);
        return at;
      },
      async remove(call, { place }, settings) {
        const where = await locate(session, call, place);
        if (!where) return;
        const { place: _, ...was } = settings;
        await change(call, where, {}, was, settings);
      },
    },
    session,
  );

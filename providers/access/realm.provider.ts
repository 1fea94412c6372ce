import { wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { changeOfTexts, fromTexts, textsOf, toTexts } from "../kernel/fields/mapping";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { heldOfRealm, sentOnly } from "./realm-fields.model";
import { ownUser } from "./ourselves";
import { realmModel, type RealmInputs } from "./realm.model";

interface RealmOutputs {
  readonly realmId: string;
  readonly type: string;
}

type Realm = wire.WireObject;
type Values = Readonly<Record<string, unknown>>;

/** These are always there, whatever is done to them. */
const isBuiltIn = (type: string): boolean => type === "pam" || type === "pve";

export const realmProvider = (session: Session) =>
  named<RealmInputs, RealmOutputs, Realm>(
    {
      kind: "Realm",
      noun: "realm",
      name: "realmId",
      model: realmModel,
      outputs: ["realmId", "type"],
      timeouts: { create: "10m", update: "10m", delete: "2m", read: "2m" },
      lock: "cluster:domains.cfg",
      /** Under one name there is one realm. */
      oldGoesFirst: (changes) => !changes.some(({ path }) => path === "realmId"),
      async list(pve) {
        const rows = await pve.api.access.domains.$get();
        return new Map(rows.map((row) => [wire.string(row["realm"]) ?? "", row]));
      },
      async read(pve, realmId) {
        const realm = wire.object(await pve.api.access.domains.$(realmId).$get());
        return realm["type"] === undefined ? undefined : realm;
      },
      at: ({ realmId, type }) => ({ realmId, type }),
      live(realm, at, wanted) {
        const type = wire.string(realm["type"]) ?? at.type;
        const held = heldOfRealm(type);
        const live = fromTexts(held, textsOf(realm), wanted);
        const all = Object.fromEntries(Object.keys(held).map((name) => [name, live[name]]));
        const inputs = { ...wanted, ...all, type, realmId: at.realmId };
        return { inputs: inputs as Partial<RealmInputs>, outputs: { ...at, type } };
      },
      create: (pve, inputs) =>
        pve.api.access.domains.$post({
          ...{ realm: inputs.realmId, type: inputs.type },
          ...toTexts(heldOfRealm(inputs.type), inputs),
          ...secretsOf(inputs),
        }),
      change: (realm, inputs, was) => change(realm, inputs, was),
      update: (pve, realmId, sent) => pve.api.access.domains.$(realmId).$put(sent),
      remove: (pve, realmId) => pve.api.access.domains.$(realmId).$delete(),
      /** Its users stay: with the realm made again they sign in again. */
      async inUse(pve, realmId, _realm, call) {
        const own = ownUser(pve);
        if (own.endsWith(`@${realmId}`))
          return `this stack works as ${own}, a user of realm ${realmId}, which is not deleted; work as somebody else, or keep the realm (retainOnDelete)`;
        const users = await pve.api.access.users.$get();
        const names = users
          .map(({ userid }) => wire.string(userid) ?? "")
          .filter((name) => name.endsWith(`@${realmId}`));
        if (names.length > 0)
          call.report.warn(
            `without realm ${realmId} these users stay and cannot sign in any more: ${names.sort().join(", ")}`,
          );
        return undefined;
      },
      stays: (realm) =>
        isBuiltIn(String(realm["type"]))
          ? `realm ${String(realm["type"])} is always there, and stays as it is`
          : undefined,
      differences: ({ type }, realm) =>
        type === undefined || realm["type"] === type ? [] : [`type is ${wire.string(realm["type"]) ?? "not told"}`],
      detail: (realm) => wire.string(realm["type"]) ?? "",
      isAsSent: (inputs, realm) => realm["type"] === inputs.type && change(realm, inputs, inputs) === undefined,
      inspect: async (_pve, _call, inputs) => problems(inputs),
      async afterwards(call, pve, inputs, was) {
        const asked = "sync" in inputs ? inputs.sync : undefined;
        const before = "sync" in was ? was.sync?.trigger : undefined;
        if (asked && asked.trigger !== before) await sync(call, pve, inputs.realmId, asked);
      },
    },
    session,
  );

function secretsOf(inputs: RealmInputs): Record<string, string> {
  const values = inputs as Values;
  return Object.fromEntries(
    Object.entries(sentOnly(inputs.type)).flatMap(([name, key]) =>
      values[name] === undefined ? [] : [[key, values[name] as string]],
    ),
  );
}

/** What is different, and what was managed and is no longer set. */
function change(realm: Realm, inputs: RealmInputs, was: Partial<RealmInputs>): Record<string, string> | undefined {
  const [values, before] = [inputs as Values, was as Values];
  // What names its users is fixed.
  const { usernameClaim: _, ...held } = heldOfRealm(inputs.type);
  const found = changeOfTexts(held, textsOf(realm), values, before);
  const sent = { ...found.set };
  const gone = [...found.delete];
  for (const [name, key] of Object.entries(sentOnly(inputs.type))) {
    if (values[name] === before[name]) continue;
    if (values[name] === undefined) gone.push(key);
    else sent[key] = values[name] as string;
  }
  if (gone.length > 0) sent["delete"] = gone.join(",");
  if (Object.keys(sent).length === 0) return undefined;
  const digest = realm["digest"];
  return typeof digest === "string" ? { ...sent, digest } : sent;
}

function problems({ type, realmId, adopt }: Partial<RealmInputs>): Problem[] {
  if (type === undefined || realmId === undefined) return [];
  if (!isBuiltIn(type))
    return isBuiltIn(realmId) ? [{ path: "realmId", message: `${realmId} is the realm of type ${realmId}` }] : [];
  return [
    ...(realmId === type
      ? []
      : [{ path: "realmId", message: `the realm of type ${type} is called ${type}; write that` }]),
    ...(adopt === true
      ? []
      : [{ path: "adopt", message: `realm ${type} is always there; set adopt: true to take it over` }]),
  ];
}

type Asked = NonNullable<Extract<RealmInputs, { type: "ldap" }>["sync"]>;

async function sync(call: Call, pve: Pve, realmId: string, asked: Asked): Promise<void> {
  const { scope, removeVanished, enableNew } = asked;
  const removed =
    removeVanished === undefined ? undefined : removeVanished.length === 0 ? "none" : removeVanished.join(";");
  await pve.task(call, `syncing realm ${realmId}`, () =>
    pve.api.access.domains.$(realmId).sync.$post({
      ...(scope === undefined ? {} : { scope }),
      ...(removed === undefined ? {} : { "remove-vanished": removed }),
      ...(enableNew === undefined ? {} : { "enable-new": enableNew }),
    }),
  );
}

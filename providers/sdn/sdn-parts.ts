import { isProxmoxError } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { zoneOf } from "./sdn-restore";
import type { SdnHeld, SdnPart } from "./sdn-commit";
import type { SdnChange } from "./sdn-pending";
import { changedFields, layerOf, otherThan, wantedTexts, type SdnKind } from "./sdn-kind";
import { send } from "./sdn-send";
import { differing, readView, type SdnDifference } from "./sdn-view";

type Values = Readonly<Record<string, unknown>>;

/** What the parts of a kind have in common. */
interface About {
  readonly kind: SdnKind;
  readonly pve: Pve;
  readonly call: Call;
  readonly id: string;
}

export const called = ({ kind, id }: Pick<About, "kind" | "id">): string => `${kind.noun} ${id}`;

/** Keys that Proxmox sets by itself. */
const own = new Set(["mac"]);

/** What of it another part may stage, so that this one has to wait. */
const mayWait = (failure: unknown): boolean =>
  isProxmoxError(failure) && !isProxmoxError(failure, "aborted", "timeout", "unavailable", "denied", "unauthenticated");

const isOwn = ({ kind, id }: About, change: SdnChange): change is SdnDifference =>
  "collection" in change && change.collection === kind.collection && change.id === id;

/** Makes the object, or changes it so that it is as wanted; `was`: what was managed before. */
export function wantedPart(
  about: About,
  inputs: Values,
  was: Values,
  options: { readonly creating: boolean; readonly mayExist: boolean; readonly applyAnyway: boolean },
): SdnPart {
  const { kind, id } = about;
  const managed = new Set(
    Object.entries(kind.fields(inputs["type"] as string | undefined) ?? {})
      .filter(([name]) => inputs[name] !== undefined || was[name] !== undefined)
      .map(([, { key }]) => key),
  );
  return {
    what: called(about),
    order: layerOf(kind),
    applyAnyway: options.applyAnyway,
    again: mayWait,
    claims(change) {
      if (!isOwn(about, change) || change.after === undefined) return false;
      if (otherThan(kind, change.after, inputs) !== undefined) return false;
      const fixed = Object.keys(kind.fixed(inputs));
      const said = differing(change.before, change.after).every(
        (key) => managed.has(key) || own.has(key) || fixed.includes(key),
      );
      return said && changedFields(kind, change.after, inputs).length === 0;
    },
    async stage(held) {
      const now = held.view.config[kind.collection].get(id);
      const running = held.before?.running[kind.collection].get(id);
      if (options.creating && running !== undefined && !options.mayExist) throw new Error(thereAlready(about));
      const other = now && otherThan(kind, now, inputs);
      if (other !== undefined) throw new Error(`${called(about)} is another one than described: ${other}`);
      const after = wantedTexts(kind, now, inputs, was);
      await stage(about, held, now, after);
    },
  };
}

/** Takes the object away; `inUse`: why it cannot go as it is, looked at directly before. */
export function removalPart(about: About, inUse?: () => Promise<string | undefined>): SdnPart {
  const { kind, id } = about;
  return {
    what: `${called(about)} (removal)`,
    // From the top down, and before anything takes what it gives up.
    order: -layerOf(kind),
    again: mayWait,
    claims: (change) => isOwn(about, change) && change.after === undefined,
    async stage(held) {
      const used = await inUse?.();
      if (used !== undefined) throw new Error(used);
      await stage(about, held, held.view.config[kind.collection].get(id), undefined);
    },
  };
}

async function stage(about: About, held: SdnHeld, before: Texts | undefined, after: Texts | undefined): Promise<void> {
  const { kind, id, pve, call } = about;
  const change = { collection: kind.collection, id, before, after };
  const { connection } = held;
  // What was made by this round is not in the view that it began with.
  const zone =
    after?.["zone"] ?? (zoneOf(change, held.view.config, held.view.running) || (await zoneNow(held, id)) || "");
  if (kind.collection === "controllers") held.controllers.add(id);
  else held.zones.add(zone);
  for (const old of [before?.["zone"]]) if (old !== undefined) held.zones.add(old);
  if (kind.collection === "controllers")
    for (const [name, texts] of held.view.config.zones) if (texts["controller"] === id) held.zones.add(name);
  const differs = (before === undefined) !== (after === undefined) || differing(before, after).length > 0;
  if (!differs) return;
  await pve.write(call, {
    what: `staging ${called(about)}`,
    lock: "cluster:sdn.cfg",
    send: () => held.lock.staging((token) => send(connection, change, zone, token)),
    happened: async () => {
      const now = (await readView(connection)).config[kind.collection].get(id);
      if (now === undefined || after === undefined) return now === after;
      return differing(now, after).every((key) => own.has(key));
    },
  });
}

async function zoneNow({ connection }: SdnHeld, id: string): Promise<string | undefined> {
  const { config } = await readView(connection);
  return config.vnets.get(id.replace(/\/.*/, ""))?.["zone"];
}

export const thereAlready = (about: Pick<About, "kind" | "id">): string =>
  `${called(about)} exists already; set adopt: true to take it over`;

import { isProxmoxError, wire, type Guest } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { SharedList } from "../kernel/shared-list";
import { sidOf } from "./sid";
import type { AffinityRule, Service, Situation, WantedState } from "./situation";

/** `resources.cfg`, by service. */
export async function resourcesNow(pve: Pve): Promise<ReadonlyMap<string, wire.WireObject>> {
  const rows = wire.list(await pve.api.cluster.ha.resources.$get());
  return new Map(rows.map((row) => [wire.string(row["sid"]) ?? "", row]));
}

/** `rules.cfg`, by rule. */
export async function rulesNow(pve: Pve): Promise<ReadonlyMap<string, wire.WireObject>> {
  const rows = wire.list(await pve.api.cluster.ha.rules.$get());
  return new Map(rows.map((row) => [wire.string(row["rule"]) ?? "", row]));
}

/** What the manager says of a service; nothing as long as it has not taken it up. */
export async function serviceNow(pve: Pve, sid: string): Promise<{ crm: string | undefined; state: string }> {
  const rows = wire.list(await pve.api.cluster.ha.status.current.$get());
  const row = rows.find((one) => one["type"] === "service" && one["sid"] === sid);
  return { crm: wire.string(row?.["crm_state"]), state: wire.string(row?.["state"]) ?? "" };
}

export function ruleFrom(name: string, row: wire.WireObject): AffinityRule {
  const affinity = wire.string(row["affinity"]);
  return {
    name,
    type: row["type"] === "resource-affinity" ? "resource-affinity" : "node-affinity",
    resources: wire.strings(row["resources"]),
    nodes: new Map(wire.strings(row["nodes"]).map(nodeWithPriority)),
    strict: wire.boolean(row["strict"]),
    affinity: affinity === "positive" || affinity === "negative" ? affinity : undefined,
    disable: wire.boolean(row["disable"]),
  };
}

/** `pve1:2`; without a number it is 0. */
function nodeWithPriority(text: string): [string, number] {
  const [node = "", priority = "0"] = text.split(":");
  return [node, Number(priority)];
}

/** What was asked of HA, with Proxmox's default and its other word for it. */
export function wantedState(row: wire.WireObject): WantedState {
  const state = wire.string(row["state"]);
  return state === "stopped" || state === "disabled" || state === "ignored" ? state : "started";
}

/** What HA goes by, with the guests as they are listed. */
type Seen = Situation & { readonly guests: readonly Guest[] };

const makeSituations = () => new SharedList<Seen>();
const situations = (pve: Pve) => pve.memory("HA: situations", makeSituations);

/** The same for the checks of many resources: each guest is asked once for all of them. What is sent is looked at by itself. */
export const situationShared = (pve: Pve, call: Call): Promise<Seen> =>
  pve.shared(call, situations(pve), (own) => situationNow(own));

/** Guests that HA has, by service; undefined for whoever may not ask. */
type Held = ReadonlySet<string> | undefined;

const makeHeld = () => new SharedList<Held>();
const held = (pve: Pve) => pve.memory("HA: what it has", makeHeld);

/** What HA has, read once for many guests that go: seconds ago at most, where the list of guests learns it later. */
export const heldShared = (pve: Pve, call: Call): Promise<Held> =>
  pve.shared(call, held(pve), async (own) => {
    try {
      return new Set((await resourcesNow(own)).keys());
    } catch (error) {
      if (isProxmoxError(error, "denied")) return undefined;
      throw error;
    }
  });

/** HA was changed: nobody is told of what was before. */
export function situationChanged(pve: Pve): void {
  situations(pve).forget();
  held(pve).forget();
}

/**
 * All that decides what HA does, as it is now. A guest that may not be seen counts as one that runs: of that the more can
 * go wrong.
 */
export async function situationNow(pve: Pve, extra: readonly number[] = []): Promise<Seen> {
  const [resources, rules] = [await resourcesNow(pve), await rulesNow(pve)];
  const status = wire.list(await pve.api.cluster.ha.status.current.$get());
  const guests = await pve.guestsNow();
  const nodes = await pve.snapshot.nodes();
  const running = new Map<string, boolean>();
  // The list lags behind some seconds: each guest tells for itself.
  await Promise.all(
    guests
      .filter((guest) => extra.includes(guest.vmid) || resources.has(sidOf(guest)))
      .map(async (guest) => running.set(sidOf(guest), await runs(pve, guest, nodes))),
  );
  const services = [...resources].map(([sid, row]): Service => {
    const seen = status.find((one) => one["type"] === "service" && one["sid"] === sid);
    const guest = guests.find((one) => sidOf(one) === sid);
    return {
      ...{ sid, state: wantedState(row), failback: wire.optionalBoolean(row["failback"]) ?? true },
      node: guest?.node ?? wire.string(seen?.["node"]),
      running: guest ? (running.get(sid) ?? true) : wire.string(seen?.["node"]) !== undefined,
      failed: seen?.["crm_state"] === "error",
    };
  });
  return {
    ...{ services, guests },
    rules: [...rules].map(([name, row]) => ruleFrom(name, row)),
    members: nodes.map(({ node }) => node),
    online: nodes.filter((one) => one.status === "online").map(({ node }) => node),
  };
}

async function runs(pve: Pve, guest: Guest, nodes: readonly { node: string; status: string }[]): Promise<boolean> {
  // Of a node that is away nobody knows.
  if (nodes.find(({ node }) => node === guest.node)?.status !== "online") return guest.status !== "stopped";
  const at = pve.api.nodes.$(guest.node);
  const { status } = await (guest.type === "lxc"
    ? at.lxc.$(guest.vmid).status.current.$get()
    : at.qemu.$(guest.vmid).status.current.$get());
  return status === "running";
}

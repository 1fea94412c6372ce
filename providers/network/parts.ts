import { isProxmoxError } from "../../pve";
import { milliseconds } from "../kernel/call/duration";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { besideByUrn } from "./check/described-interfaces";
import { change, changedFields, creation, reset, type InterfaceInputs, type Kind, type Sent } from "./kind";
import type { Held, NetworkPart, Staged, StagedChange } from "./network-round";
import { below, differing, portsOf, type InterfaceRow, type Rows } from "./row";
import { isReleased, releasedWords, releaseOf, type Release } from "./released-ports";
import { touchedIn } from "./staged";
import { readView } from "./view";

/** Keys that follow from others, or that Proxmox sets at what another interface joins. */
const following = new Set([
  ...["address", "netmask", "address6", "netmask6", "method", "method6", "families", "ovs_type", "ovs_bridge"],
  ...["bridge_stp", "bridge_fd", "bond_miimon", "autostart", "type"],
]);

/** Keys that come and go with others. */
const implied: Readonly<Record<string, readonly string[]>> = {
  bridge_vlan_aware: ["bridge_vids"],
  bond_mode: ["bond_xmit_hash_policy", "bond-primary", "ovs_options"],
};

/** What of it another part may stage, so that this one has to wait. */
const mayWait = (failure: unknown): boolean =>
  isProxmoxError(failure) && !isProxmoxError(failure, "aborted", "timeout", "unavailable", "denied", "unauthenticated");

const restoreDefault = "60s";

const unguardedOf = (inputs: Partial<InterfaceInputs>): Pick<Staged, "unguarded" | "restoreMs"> => ({
  unguarded: inputs.unguarded === true,
  restoreMs: milliseconds(inputs.restoreAfter ?? restoreDefault),
});

/** What the parts of a kind have in common. */
interface About {
  readonly kind: Kind;
  readonly pve: Pve;
  readonly call: Call;
  readonly node: string;
  readonly name: string;
}

const called = ({ kind, name }: About): string => `${kind.noun} ${name}`;

/** Makes the interface, or changes it so that it is as wanted; `was`: what was managed before. */
export function wantedPart(
  about: About,
  inputs: InterfaceInputs,
  was: Readonly<Record<string, unknown>>,
  options: { readonly creating: boolean; readonly applyAnyway: boolean },
): NetworkPart {
  const { kind, name, call, pve } = about;
  const wanted = inputs as unknown as Readonly<Record<string, unknown>>;
  const { creating, applyAnyway } = options;
  /** What joins it, or stops doing so: Proxmox changes that too. */
  const joined = new Set<string>();
  const remember = (row: InterfaceRow | undefined): void => joining(row).forEach((port) => joined.add(port));
  const mine = (after: InterfaceRow, rows: Rows): boolean =>
    kind.types.includes(after["type"] ?? "") && changedFields(kind, after, wanted, rows).length === 0;
  const first = creation(kind, inputs);
  remember(first);
  const standsOn = new Set(below(name, first));
  let released: Release | undefined;
  return {
    what: called(about),
    order: kind.layer,
    applyAnyway,
    again: mayWait,
    awaits: () => (besideByUrn(pve).get(call.urn) ?? []).some((other) => standsOn.has(other)),
    claims(one) {
      if (one.name !== name) return joined.has(one.name) && follows(one);
      if (!one.after) return false;
      if (!mine(one.after, one.rows)) return isStep(one, first);
      const before = one.before;
      if (before === null) return says(one, described(kind, wanted, was));
      if (!before) return true;
      const sent = change(kind, before, wanted, was, new Map(one.rows)) ?? {};
      const said = [...Object.keys(sent), ...(sent["delete"] ?? "").split(",")];
      const own = new Set([...said, ...said.flatMap((key) => implied[key] ?? [])]);
      return differing(before, one.after).every((key) => own.has(key) || following.has(key));
    },
    async release(held) {
      const { rows } = held.view;
      const row = rows.get(name);
      if (row === undefined || creating || !kind.types.includes(row["type"] ?? "")) return;
      const release = releaseOf(name, row, change(kind, row, wanted, was, rows), rows);
      if (release === undefined) return;
      begin(held);
      released = release;
      await update(about, release.send, (after) => isReleased(row, after, first));
    },
    async unstage(held) {
      if (released === undefined) return;
      const { back } = released;
      released = undefined;
      const given = new Set(portsOf(back));
      await update(about, back, (after) => portsOf(after).filter((port) => given.has(port)).length === given.size);
      await dropIfUnchanged(about, held);
    },
    async stage(held) {
      begin(held);
      const { rows } = held.view;
      const row = rows.get(name);
      remember(row);
      const made = held.made[name] === call.mark;
      if (row === undefined) await make(about, first, (after, all) => mine(after, all));
      else if (creating && !made && !(touchedIn(held.view.changes ?? "").names.has(name) && mine(row, rows)))
        throw new Error(thereAlready(about, row, changedFields(kind, row, wanted, rows)));
      else if (!kind.types.includes(row["type"] ?? "")) throw new Error(otherType(about, row));
      else {
        const sent = change(kind, row, wanted, was, rows);
        if (sent) await update(about, sent, (after, all) => mine(after, all));
      }
      held.staged.push({
        name,
        ...unguardedOf(inputs),
        demand: {
          name,
          addresses: [wanted["address"], wanted["address6"]].filter((one) => typeof one === "string"),
          mtu: typeof wanted["mtu"] === "number" ? wanted["mtu"] : undefined,
          peers: inputs.peers ?? [],
          jumbo: inputs.jumbo === true,
        },
        ...(creating ? { made: { name, mark: call.mark } } : {}),
      });
    },
  };
}

/** Takes the interface away; a physical one loses what was managed of it. */
export function removalPart(about: About, managed: Readonly<Record<string, unknown>>): NetworkPart {
  const { kind, pve, call, node, name } = about;
  const joined = new Set<string>();
  const done = (row: InterfaceRow | undefined): boolean =>
    kind.physical ? row === undefined || reset(kind, row, managed) === undefined : row === undefined;
  return {
    what: `${called(about)} (removal)`,
    // From the top down, and before anything takes what it gives up.
    order: -kind.layer,
    again: (failure) => failure instanceof StoodOn || mayWait(failure),
    claims(one) {
      if (one.name !== name) return joined.has(one.name) && follows(one);
      return done(one.after) && (one.before !== null || !kind.physical || says(one, described(kind, managed)));
    },
    async stage(held) {
      begin(held);
      const row = held.view.rows.get(name);
      joining(row).forEach((port) => joined.add(port));
      const sent = row && kind.physical ? reset(kind, row, managed) : undefined;
      if (sent) await update(about, sent, done);
      else if (row && !kind.physical) {
        await assertFree(about);
        await pve.write(call, {
          what: `staging the removal of ${called(about)}`,
          lock: `host:${node}`,
          send: () => pve.api.nodes.$(node).network.$(name).$delete(),
          happened: async () => (await rowsNow(about)).get(name) === undefined,
        });
      }
      held.staged.push({ name, ...unguardedOf(managed) });
    },
  };
}

/** What is staged may by now be the networks as they are: an administrator who looks should not see it. */
async function dropIfUnchanged({ pve, node, call }: About, { view }: Held): Promise<void> {
  if (view.changes !== undefined) return;
  const now = await readView(pve.process.connection, node);
  const names = new Set([...view.rows.keys(), ...now.rows.keys()]);
  if (
    now.changes === undefined ||
    [...names].some((one) => differing(view.rows.get(one), now.rows.get(one)).length > 0)
  )
    return;
  await pve.write(call, {
    what: `dropping what is staged on ${node} and changes nothing`,
    lock: `host:${node}`,
    send: () => pve.api.nodes.$(node).network.$delete(),
    happened: async () => (await readView(pve.process.connection, node)).changes === undefined,
  });
}

/** Has an interrupted round got as far as giving up ports that it is not to keep? `wanted`: what would make it. */
const isStep = (one: StagedChange, wanted: Sent): boolean => {
  const after = one.after ?? {};
  if (one.before) return isReleased(one.before, after, wanted) && differing(one.before, after).every(isOfPorts);
  const next = portsOf(wanted);
  return one.before === null && says(one, releasedWords) && portsOf(after).every((port) => next.includes(port));
};
const isOfPorts = (key: string): boolean => ["bridge_ports", "slaves"].includes(key) || following.has(key);

/** What Proxmox changes with an interface: its ports, and the bridge that it is a port of. */
const joining = (row: InterfaceRow = {}): string[] =>
  [...portsOf(row), row["ovs_bridge"] ?? ""].filter((name) => name !== "");

/** Something stands on it; what is staged after it may give it up. */
class StoodOn extends Error {
  override readonly name = "StoodOn";
}

/** Proxmox takes away what others stand on, and the reload takes those down. */
async function assertFree(about: About): Promise<void> {
  const { node, name } = about;
  const rows = await rowsNow(about);
  // A bridge of Open vSwitch gives up by itself what names it.
  const namesBridge = /^OVS(?:IntPort|Bond)$/.test(rows.get(name)?.["type"] ?? "");
  const on = [...rows].flatMap(([other, row]) =>
    below(other, row).includes(name) && !(namesBridge && row["type"] === "OVSBridge") ? [other] : [],
  );
  if (on.length > 0)
    throw new StoodOn(`${called(about)} of ${node} is what ${on.join(", ")} stands on; it was not removed`);
}

const begin = (held: Held): void => void (held.begun = true);

/** Is it only what Proxmox changes at an interface that another one joins? */
const follows = (one: StagedChange): boolean =>
  one.before === null
    ? says(one, new Set(["ovs-ports"]))
    : differing(one.before, one.after).every((key) => following.has(key) || key === "ovs_ports");

/** Words of the file that Proxmox changes by itself with others. */
const followingWords = new Set([
  ...["auto", "iface", "bridge-stp", "bridge-fd", "bond-miimon", "ovs-type", "ovs-bridge"],
]);

/** Are the changed lines about nothing but these? */
const says = ({ words }: StagedChange, own: ReadonlySet<string>): boolean =>
  words !== undefined &&
  [...words].every((word) => own.has(word) || followingWords.has(word) || word.startsWith("allow-"));

/** Words of the file that a program speaks of with what it describes. */
function described(
  { mapped: fields }: Kind,
  ...all: readonly Readonly<Record<string, unknown>>[]
): ReadonlySet<string> {
  const keys = Object.entries(fields).flatMap(([field, { key }]) =>
    all.some((values) => values[field] !== undefined) ? [key, ...(implied[key] ?? [])] : [],
  );
  return new Set(keys.flatMap((key) => wordsOf[key] ?? [key.replaceAll("_", "-")]));
}

/** Keys that the file spells in other words. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  cidr: ["address", "netmask"],
  cidr6: ["address", "netmask"],
  gateway6: ["gateway"],
  comments: ["#"],
  slaves: ["bond-slaves"],
  mtu: ["mtu", "ovs-mtu"],
  ovs_tag: ["ovs-options"],
};

const rowsNow = async ({ pve, node }: About): Promise<Rows> => (await readView(pve.process.connection, node)).rows;

type Check = (row: InterfaceRow, rows: Rows) => boolean;

async function isSo(about: About, check: Check): Promise<boolean> {
  const rows = await rowsNow(about);
  const row = rows.get(about.name);
  return row !== undefined && check(row, rows);
}

async function make(about: About, sent: Sent, check: Check): Promise<void> {
  const { pve, call, node } = about;
  await pve.write(call, {
    what: `staging ${called(about)}`,
    lock: `host:${node}`,
    send: () => pve.api.nodes.$(node).network.$post(sent),
    happened: () => isSo(about, check),
  });
}

async function update(about: About, sent: Sent, check: Check): Promise<void> {
  const { pve, call, node, name } = about;
  await pve.write(call, {
    what: `staging ${called(about)}`,
    lock: `host:${node}`,
    send: () => pve.api.nodes.$(node).network.$(name).$put(sent),
    happened: () => isSo(about, check),
  });
}

export function thereAlready(
  { kind, node, name }: Omit<About, "pve" | "call">,
  row: InterfaceRow,
  differs: readonly string[],
): string {
  if (!kind.types.includes(row["type"] ?? "")) return otherType({ kind, node, name }, row);
  const how = differs.length === 0 ? ", as it is described" : "";
  return `${kind.noun} ${name} exists on ${node} already${how}; set adopt: true to take it over`;
}

export const otherType = ({ kind, node, name }: Omit<About, "pve" | "call">, row: InterfaceRow): string =>
  `${name} of ${node} is of type ${row["type"] ?? "unknown"} and no ${kind.noun}; write another name`;

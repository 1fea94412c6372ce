import type { Pve } from "../kernel/session/pve-session";
import { locateIn, type Located } from "./firewall-calls";
import { groupsOf } from "./groups";
import { placeWords, type FirewallPlace } from "./place.model";
import { readRules } from "./rule-list";
import { wire } from "../../pve";
import { referenceOf } from "./rule-words";
import type { Rule } from "./rule.model";

/** Places whose rules may name what the cluster has, or a guest's own. */
async function placesThatName(pve: Pve, owner: FirewallPlace): Promise<FirewallPlace[]> {
  if (owner.guest !== undefined) return [owner];
  const datacenter = await locateIn(pve, { datacenter: true });
  const groups = datacenter ? [...(await groupsOf(datacenter)).values()] : [];
  const nodes = (await pve.snapshot.nodes()).filter(({ status }) => status !== "offline");
  return [
    { datacenter: true },
    ...groups.map(({ group }) => ({ group })),
    ...nodes.map(({ node }) => ({ node })),
    ...(await pve.guestsNow()).map(({ vmid }) => ({ guest: vmid })),
  ];
}

/** Places with rules, or IP sets, that name it; Proxmox takes it away all the same, and passes over those rules from then on. */
export async function usersOf(
  pve: Pve,
  owner: FirewallPlace,
  names: { rule?(rule: Rule): boolean; entry?(cidr: string): boolean },
): Promise<string[]> {
  const found: string[] = [];
  for (const place of await placesThatName(pve, owner)) {
    const where = await locateIn(pve, place);
    if (!where) continue;
    const rules = await readRules(where);
    if (names.rule && rules.some(({ rule }) => names.rule?.(rule))) found.push(`rules of ${placeWords(place)}`);
    if (names.entry && place.group === undefined && place.node === undefined)
      found.push(...(await setsThatName(where, names.entry)));
  }
  return found;
}

async function setsThatName(where: Located, names: (cidr: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const row of wire.list(await where.at("ipset").$get())) {
    const set = wire.string(row["name"]) ?? "";
    const entries = wire.list(await where.at("ipset", set).$get());
    if (entries.some((entry) => names(wire.string(entry["cidr"]) ?? "")))
      found.push(`IP set ${set} of ${placeWords(where.place)}`);
  }
  return found;
}

/** Does a rule name this alias, or this set, that is the cluster's or the guest's? */
export function namesThing(rule: Rule, set: boolean, name: string, owner: FirewallPlace): boolean {
  return [rule.source, rule.destination].some((text) => text !== undefined && namesIt(text, set, name, owner));
}

export function namesIt(text: string, set: boolean, name: string, owner: FirewallPlace): boolean {
  const reference = referenceOf(text);
  if (!reference || reference.set !== set || reference.name !== name.toLowerCase()) return false;
  return reference.scope === "" || reference.scope === (owner.guest === undefined ? "dc" : "guest");
}

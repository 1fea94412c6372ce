import { isProxmoxError, wire } from "../../../pve";
import { addressRange } from "../../../pve/format/address-range";
import { textsOf } from "../../kernel/fields/mapping";
import type { Texts } from "../../kernel/fields/codec";
import type { Pve } from "../../kernel/session/pve-session";
import { locateIn, type Located } from "../firewall-calls";
import { groupsOf } from "../groups";
import type { IpSetEntry } from "../firewall-ip-set.model";
import { readRules } from "../rule-list";
import type { FirewallPlace } from "../place.model";
import type { NodeCard, NodeFilter, FilterPicture } from "./filter-picture";

async function at(pve: Pve, place: FirewallPlace): Promise<Located> {
  const found = await locateIn(pve, place);
  if (!found) throw new Error("the cluster has no firewall");
  return found;
}

async function optionsOf(where: Located): Promise<Texts> {
  const { digest: _, ...options } = wire.object(await where.at("options").$get());
  return textsOf(options);
}

/** All that decides what reaches the nodes that are online, as it is now. */
export async function readPicture(pve: Pve): Promise<FilterPicture> {
  const datacenter = await at(pve, { datacenter: true });
  const groups = new Map<string, Awaited<ReturnType<typeof readRules>>>();
  for (const [name, { group }] of await groupsOf(datacenter))
    groups.set(name, await readRules(await at(pve, { group })));
  const aliases = new Map(
    wire
      .list(await datacenter.at("aliases").$get())
      .map((row) => [(wire.string(row["name"]) ?? "").toLowerCase(), wire.string(row["cidr"]) ?? ""]),
  );
  const sets = new Map<string, IpSetEntry[]>();
  for (const row of wire.list(await datacenter.at("ipset").$get())) {
    const name = wire.string(row["name"]) ?? "";
    const entries = wire.list(await datacenter.at("ipset", name).$get());
    sets.set(
      name.toLowerCase(),
      entries.map((entry) => ({
        cidr: wire.string(entry["cidr"]) ?? "",
        noMatch: wire.boolean(entry["nomatch"]),
      })),
    );
  }
  const status = wire.list(await pve.api.cluster.status.$get());
  const isCluster = status.some((row) => row["type"] === "cluster");
  const links = isCluster ? await linksOf(pve) : new Map<string, Map<number, string>>();
  const nodes: NodeFilter[] = [];
  for (const row of status) {
    const name = wire.string(row["name"]);
    if (row["type"] !== "node" || name === undefined || !wire.boolean(row["online"])) continue;
    const address = wire.string(row["ip"]);
    const known = { name, address, links: links.get(name) ?? new Map<number, string>() };
    const own = await ownOf(pve, name);
    const hosts = own.unread === undefined && hasNames(known.links) ? await hostsOf(pve, name) : "";
    nodes.push({ ...known, ...own, links: resolved(known.links, name, address, hosts) });
  }
  const sdnSets = new Set(
    wire
      .list(await datacenter.at("refs").$get({ type: "ipset" }))
      .flatMap((row) => (row["scope"] === "sdn" ? [(wire.string(row["name"]) ?? "").toLowerCase()] : [])),
  );
  const [options, rules] = [await optionsOf(datacenter), await readRules(datacenter)];
  return { options, rules, groups, aliases, sets, sdnSets, nodes };
}

/** What a node tells itself. One that nobody gets through to may have been cut off by what is about to be repaired. */
async function ownOf(pve: Pve, node: string): Promise<Pick<NodeFilter, "options" | "rules" | "cards" | "unread">> {
  try {
    const where = await at(pve, { node });
    const [options, rules] = [await optionsOf(where), await readRules(where)];
    return { options, rules, cards: cardsOf(await pve.api.nodes.$(node).network.$get()) };
  } catch (error) {
    if (!isProxmoxError(error, "unavailable", "timeout")) throw error;
    return { options: {}, rules: [], cards: [], unread: error.message };
  }
}

const isAddress = (text: string): boolean => addressRange(text) !== undefined;
const hasNames = (links: ReadonlyMap<number, string>): boolean => [...links.values()].some((one) => !isAddress(one));

/** A node's own /etc/hosts. Whoever may not read it, or a node that does not answer now, leaves a name a name. */
async function hostsOf(pve: Pve, node: string): Promise<string> {
  try {
    return wire.string(wire.object(await pve.api.nodes.$(node).hosts.$get())["data"]) ?? "";
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return "";
  }
}

/** Links may be written by names (ring0_addr of corosync.conf): the address of the node's own name, or what its /etc/hosts says. */
function resolved(
  links: ReadonlyMap<number, string>,
  node: string,
  address: string | undefined,
  hosts: string,
): ReadonlyMap<number, string> {
  const found = (name: string): string | undefined => {
    const line = hosts.split("\n").find((one) => one.replace(/#.*/, "").trim().split(/\s+/).slice(1).includes(name));
    const listed = line?.trim().split(/\s+/)[0];
    if (listed !== undefined && isAddress(listed)) return listed;
    return name === node ? address : undefined;
  };
  return new Map([...links].map(([link, text]) => [link, isAddress(text) ? text : (found(text) ?? text)]));
}

async function linksOf(pve: Pve): Promise<Map<string, Map<number, string>>> {
  const rows = wire.list(await pve.api.cluster.config.nodes.$get());
  return new Map(
    rows.map((row) => {
      const links = Object.entries(row).flatMap(([key, value]) => {
        const [, link] = /^ring(\d)_addr$/.exec(key) ?? [];
        const address = wire.string(value);
        return link === undefined || address === undefined ? [] : [[Number(link), address] as const];
      });
      return [wire.string(row["name"]) ?? wire.string(row["node"]) ?? "", new Map(links)];
    }),
  );
}

function cardsOf(answer: unknown): NodeCard[] {
  return wire.list(answer).flatMap((row) => {
    const addresses = [wire.string(row["cidr"]), wire.string(row["cidr6"])].filter((cidr) => cidr !== undefined);
    const gateway = wire.string(row["gateway"]) !== undefined || wire.string(row["gateway6"]) !== undefined;
    const name = wire.string(row["iface"]);
    return name === undefined || addresses.length === 0 ? [] : [{ name, addresses, gateway }];
  });
}

/** Networks of Ceph by its file on a node; undefined where there is none. */
export async function cephNetworks(pve: Pve, node: string): Promise<string[] | undefined> {
  let text: string;
  try {
    text = wire.string(await pve.api.nodes.$(node).ceph.cfg.raw.$get()) ?? "";
  } catch (error) {
    // A node without Ceph says so in words of its own.
    if (isProxmoxError(error) && /not initialized|not installed|No such file/i.test(error.message)) return undefined;
    throw error;
  }
  const found = [...text.matchAll(/^\s*(?:public|cluster)[_ -]network\s*=\s*(.+)$/gm)];
  const networks = found.flatMap(([, value = ""]) => value.split(/[\s,]+/)).filter((one) => one !== "");
  return networks.length === 0 ? undefined : [...new Set(networks)];
}

import { oneSpelling } from "../../../pve/format/cidr";
import { isProxmoxError, wire, type Connection, type Ssh } from "../../../pve";
import type { Rows } from "../row";
import { readView, type NodeView } from "../view";
import { patienceMs, patient, reasonOf } from "../../kernel/way-back/fresh-look";

/** What one interface has to be after a change. */
export interface Demand {
  readonly name: string;
  /** Addresses with prefixes that it must have. */
  readonly addresses: readonly string[];
  readonly mtu?: number | undefined;
  readonly peers: readonly string[];
  readonly jumbo: boolean;
}

/** How it is asked what the node is like. */
interface Asker {
  readonly node: string;
  readonly connection: Connection;
  readonly ssh: Ssh;
  readonly signal: AbortSignal;
}

/** What answered before the change, and so has to answer after it. */
interface Before {
  /** Endpoints of the API that lead to this very node. */
  readonly origins: readonly string[];
  readonly answering: ReadonlySet<string>;
}

const gatewaysOf = (rows: Rows): string[] =>
  [...rows.values()].flatMap((row) => [row["gateway"], row["gateway6"]].filter((one) => one !== undefined));

/**
 * Looks, before anything is changed, at what the change must not break. A peer that is there has to answer afterwards
 * whatever it does now, so only those are asked that are yet to come.
 */
export async function lookBefore(
  asker: Asker,
  rows: Rows,
  demands: readonly Demand[],
  expected: ReadonlySet<string>,
): Promise<Before> {
  const awaited = demands.flatMap(({ peers }) => peers).filter((peer) => expected.has(oneSpelling(peer)));
  // At the same time: of a cluster's first node hardly any peer is there yet, and each silence takes seconds.
  const asked = [...new Set([...gatewaysOf(rows), ...awaited])];
  const answers = await Promise.all(asked.map((address) => ping(asker, asker.ssh, address)));
  return { origins: await originsOf(asker), answering: new Set(asked.filter((_, at) => answers[at])) };
}

/** Of several endpoints, those that are this node. */
async function originsOf({ connection, node, signal }: Asker): Promise<string[]> {
  if (connection.origins.length < 2) return [];
  const found: string[] = [];
  for (const origin of connection.origins) {
    const alone = connection.afresh(origin);
    try {
      const rows = await patient(alone, signal).api.cluster.status.$get();
      const local = rows.find((row) => row["type"] === "node" && wire.boolean(row["local"]));
      if (wire.string(local?.["name"]) === node) found.push(origin);
    } catch (error) {
      // Who does not answer before a change is not asked after it.
      if (!isProxmoxError(error, "unavailable", "timeout")) throw error;
    } finally {
      alone.close();
    }
  }
  return found;
}

/** A look after the change: what is wrong, or the networks as they are now. */
interface Seen {
  readonly problems: readonly string[];
  readonly view?: NodeView;
}

/**
 * Everything on new connections: one that was open before may live on although nobody new gets in. The asker's SSH has
 * none yet. `expected`: peers that are yet to come.
 */
export async function lookAfter(
  asker: Asker,
  before: Before,
  demands: readonly Demand[],
  expected: ReadonlySet<string>,
): Promise<Seen> {
  const { connection, node, signal } = asker;
  let view: NodeView;
  const fresh = connection.afresh();
  try {
    view = await readView(patient(fresh, signal), node);
  } catch (error) {
    return { problems: [`the API of ${node} does not answer a new connection: ${reasonOf(error, signal)}`] };
  } finally {
    fresh.close();
  }
  const problems = [
    ...(view.changes === undefined ? [] : ["the change was not taken over: it is still staged"]),
    ...(await ownOrigins(asker, before.origins)),
  ];
  try {
    problems.push(...(await lookInside(asker, view.rows, before, demands, expected)));
  } catch (error) {
    problems.push(`SSH to ${node} does not answer a new connection: ${reasonOf(error, signal)}`);
  }
  return { problems, view };
}

async function ownOrigins({ connection, signal }: Asker, origins: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const origin of origins) {
    const alone = connection.afresh(origin);
    try {
      await patient(alone, signal).transport.request("GET", "/cluster/status");
    } catch (error) {
      problems.push(`${origin} does not answer a new connection: ${reasonOf(error, signal)}`);
    } finally {
      alone.close();
    }
  }
  return problems;
}

async function lookInside(
  asker: Asker,
  rows: Rows,
  before: Before,
  demands: readonly Demand[],
  expected: ReadonlySet<string>,
): Promise<string[]> {
  const links = await linksOf(asker);
  const problems = demands.flatMap((demand) => atLink(demand, links.get(demand.name)));
  for (const gateway of gatewaysOf(rows))
    if (!(await ping(asker, asker.ssh, gateway)) && (before.answering.has(gateway) || isNew(gateway, demands, rows)))
      problems.push(`the gateway ${gateway} does not answer the node's ping`);
  for (const { name, peers, jumbo, mtu } of demands)
    for (const peer of peers) {
      if (expected.has(oneSpelling(peer)) && !before.answering.has(peer)) continue;
      if (!(await ping(asker, asker.ssh, peer))) problems.push(`${peer} does not answer a ping over ${name}`);
      else if (jumbo) problems.push(...(await jumboPing(asker, name, peer, mtu ?? links.get(name)?.mtu ?? 1500)));
    }
  return problems;
}

/** Is it the gateway of an interface that this change is about? */
const isNew = (gateway: string, demands: readonly Demand[], rows: Rows): boolean =>
  demands.some(({ name }) => [rows.get(name)?.["gateway"], rows.get(name)?.["gateway6"]].includes(gateway));

async function jumboPing(asker: Asker, name: string, peer: string, mtu: number): Promise<string[]> {
  if (await ping(asker, asker.ssh, peer, mtu)) return [];
  return [
    `${peer} answers small pings over ${name} and none of ${mtu} bytes: a switch on the way, or the other end, carries less ` +
      "(jumbo frames are to be switched on at each port)",
  ];
}

interface Link {
  readonly addresses: ReadonlySet<string>;
  readonly mtu: number;
}

function atLink({ name, addresses, mtu }: Demand, link: Link | undefined): string[] {
  if (!link) return [`${name} did not come up`];
  const missing = addresses.filter((cidr) => !link.addresses.has(spelt(cidr)));
  return [
    ...missing.map((cidr) => `${name} has not got its address ${cidr}`),
    ...(mtu === undefined || link.mtu === mtu ? [] : [`${name} has an MTU of ${link.mtu} and not of ${mtu}`]),
  ];
}

const spelt = (cidr: string): string => {
  const [address = "", prefix = ""] = cidr.split("/");
  return `${oneSpelling(address)}/${prefix}`;
};

/** What the kernel has, which the API does not tell. */
async function linksOf({ ssh, node, signal }: Asker): Promise<ReadonlyMap<string, Link>> {
  const text = await ssh.run(node, ["ip", "-j", "addr"], { signal, timeoutMs: patienceMs });
  const rows = wire.list(JSON.parse(text) as unknown);
  return new Map(
    rows.map((row) => {
      const addresses = wire.list(row["addr_info"]).map((one) => {
        return spelt(`${wire.string(one["local"]) ?? ""}/${wire.string(one["prefixlen"]) ?? ""}`);
      });
      return [wire.string(row["ifname"]) ?? "", { addresses: new Set(addresses), mtu: wire.integer(row["mtu"]) ?? 0 }];
    }),
  );
}

/** Headers of IP and ICMP, which the size of a ping does not count. */
const headers = { 4: 28, 6: 48 };

/** From the node; `whole`: in one packet of so many bytes, which nobody on the way may split. */
async function ping({ node, signal }: Asker, ssh: Ssh, address: string, whole?: number): Promise<boolean> {
  const family = address.includes(":") ? 6 : 4;
  const size = whole === undefined ? [] : ["-M", "do", "-s", String(whole - headers[family])];
  const argv = ["ping", `-${family}`, "-n", "-q", "-c", "1", "-W", "2", ...size, "--", address];
  const { code } = await ssh.exec(node, argv, { signal, timeoutMs: patienceMs });
  return code === 0;
}

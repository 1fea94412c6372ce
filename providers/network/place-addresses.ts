import { wire } from "../../pve";
import { oneSpelling, parseAddress } from "../../pve/format/cidr";
import type { Pve } from "../kernel/session/pve-session";

const makeAddresses = () => new Map<string, Promise<ReadonlySet<string>>>();

/** The addresses that a node is reached at: as the cluster knows it, and as the config names it. */
export function addressesOf(pve: Pve, node: string): Promise<ReadonlySet<string>> {
  const known = pve.memory("network: addresses of nodes", makeAddresses);
  const found = known.get(node) ?? read(pve, node);
  known.set(node, found);
  found.catch(() => known.delete(node));
  return found;
}

async function read(pve: Pve, node: string): Promise<ReadonlySet<string>> {
  const { connection } = pve.process;
  const rows = await connection.api.cluster.status.$get();
  const own = wire.string(rows.find(({ type, name }) => type === "node" && name === node)?.["ip"]);
  const hosts = connection.origins.map((origin) => new URL(origin).hostname.replace(/^\[|\]$/g, ""));
  return new Set([own ?? "", ...hosts].filter((text) => parseAddress(text) !== undefined).map(oneSpelling));
}

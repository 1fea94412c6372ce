import { kernelOf } from "../network/kernel.js";
import { parseProperties } from "../qemu/property-string.js";
import type { NodeState } from "../world/world.js";

/** A corosync link of one node. */
export interface Link {
  readonly address: string;
  readonly priority?: string;
}

/** The links that a call names: `link0` to `link7`, by number. */
export function linksOf(params: Readonly<Record<string, string | undefined>>): Record<string, Link> {
  const links: Record<string, Link> = {};
  for (let number = 0; number < 8; number++) {
    const text = params[`link${number}`];
    if (text === undefined) continue;
    const { address = "", priority } = parseProperties(text, { defaultKey: "address" });
    links[number] = { address, ...(priority === undefined ? {} : { priority }) };
  }
  return links;
}

export function addressesOf(links: Readonly<Record<string, Link>>): Record<string, string> {
  return Object.fromEntries(Object.entries(links).map(([number, { address }]) => [number, address]));
}

/** Whether an address is one of the node's own, on an interface that is up. */
export function hasAddress(node: NodeState, address: string): boolean {
  if (/^127\./.test(address) || address === "::1") return true;
  return [...kernelOf(node.network).links.values()].some(({ addresses }) =>
    addresses.some((cidr) => cidr.split("/")[0] === address),
  );
}

/** The address that a node's name resolution (/etc/hosts; there is no name server) finds. */
export function resolve(node: NodeState, host: string): string | undefined {
  if (/^[0-9.]+$/.test(host) ? isIpv4(host) : host.includes(":")) return host;
  if (host === node.name || host === `${node.name}.${node.domain}`) return node.address;
  for (const line of node.network.hosts.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address && names.includes(host)) return address;
  }
  return undefined;
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

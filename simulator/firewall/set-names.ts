import type { IpVersion } from "./rule-addresses.js";

/** A set's name in the kernel has 31 letters at most, with a prefix and room for `_swap` (compute_ipset_chain_name). */
const longest = 31 - "PVEFW-".length - "_swap".length;

/** What a set is called in the kernel: a long name becomes a hash of 31 bits (fnv31a_hex in PVE/Tools.pm). */
export function setName(vmid: number, name: string, version: IpVersion): string {
  const id = `${vmid}-${name}-v${version}`;
  return `PVEFW-${id.length > longest ? fnv31a(id) : id}`;
}

function fnv31a(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash & 0x7fffffff) >>> 0).toString(16).toUpperCase().padStart(8, "0");
}

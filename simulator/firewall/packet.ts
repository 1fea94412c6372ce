import type { Sets } from "./address-sets.js";
import type { IpVersion } from "./rule-addresses.js";

/** A packet on its way, as far as the rules look at it. */
export interface Packet {
  readonly source: string;
  readonly dest: string;
  /** Number of the protocol: 6 is TCP. */
  readonly proto: number;
  readonly sport?: number;
  readonly dport?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  /** The interface that it came in by, or goes out by. */
  readonly in?: string;
  readonly out?: string;
  /** The bridge's ports, for packets that a bridge forwards. */
  readonly physIn?: string;
  readonly physOut?: string;
  readonly mac?: string;
  /** What the kernel knows of its connection; the first packet of one is `NEW`. */
  readonly state: "NEW" | "ESTABLISHED" | "RELATED" | "INVALID";
}

export const familyOf = ({ dest }: Packet): IpVersion => (dest.includes(":") ? 6 : 4);

/** What becomes of a packet. */
export type Verdict = "accept" | "drop" | "reject";

/** What the kernel keeps beside the packet while it goes through the chains. */
export interface Passage {
  readonly packet: Packet;
  readonly sets: Sets;
  mark: number;
}

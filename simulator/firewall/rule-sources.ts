import type { IpVersion } from "./rule-addresses.js";
import type { FirewallConf } from "./firewall-conf.js";

/** A network device of a guest that is behind the firewall. */
export interface GuestDevice {
  /** `net0`. */
  readonly id: string;
  /** `tap100i0`, `veth100i0`. */
  readonly iface: string;
  readonly mac: string;
  /** Addresses of a container's configuration. */
  readonly addresses: readonly string[];
}

/** A guest of the node: its file, and its network devices. */
export interface LocalGuest {
  readonly vmid: number;
  readonly conf: FirewallConf;
  readonly devices: readonly GuestDevice[];
}

export interface CorosyncAddress {
  readonly node: string;
  readonly link: string;
  readonly address: string;
  readonly version: IpVersion;
}

/** What pve-firewall makes its rules of on one node. */
export interface Sources {
  readonly cluster: FirewallConf;
  readonly host: FirewallConf;
  /** Those that have a file. */
  readonly guests: readonly LocalGuest[];
  /** The network of the node's own address, as its kernel's routes have it. */
  readonly localNetwork: string | undefined;
  readonly node: string;
  /** Names and addresses on the links of corosync.conf, by link; absent: no cluster. */
  readonly corosync?: { readonly addresses: readonly CorosyncAddress[]; readonly multicast: boolean };
}

/** The same with what is worked out for all tables. */
export interface Whole extends Sources {
  /** How often rules may log. */
  readonly limit: string | undefined;
}

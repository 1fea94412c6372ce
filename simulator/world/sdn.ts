/** A section of one of SDN's files: the type, and options as texts; ranges of DHCP are a list. */
export interface SdnSection {
  type: string;
  [option: string]: string | string[];
}

/** What is applied together. */
export interface SdnConfig {
  zones: Record<string, SdnSection>;
  vnets: Record<string, SdnSection>;
  /** By id: `zone-10.0.0.0-24`. */
  subnets: Record<string, SdnSection>;
  controllers: Record<string, SdnSection>;
}

/** /etc/pve/sdn. */
export interface Sdn extends SdnConfig {
  ipams: Record<string, SdnSection>;
  dns: Record<string, SdnSection>;
  fabrics: Record<string, SdnFabric>;
  /** What was applied last; absent: nothing ever was. */
  running?: SdnConfig & { version: number; fabrics?: Record<string, SdnFabric> };
  /** The token of who holds the configuration. */
  lock?: string;
  /** The built-in IPAM: entries by zone, network and address. It has no part in what is staged and applied. */
  addresses: Record<string, Record<string, Record<string, SdnAddress>>>;
}

export interface SdnFabric {
  options: Record<string, string>;
  nodes: Record<string, SdnSection>;
}

export interface SdnAddress {
  vmid?: number;
  mac?: string;
  hostname?: string;
  gateway?: 1;
}

/** /etc/network/interfaces.d/sdn of a node: options of each interface, and whom its DHCP server serves. */
export interface NodeSdn {
  version: number;
  ifaces: Record<string, string[]>;
  /** Vnets with a DHCP server on this node; absent: dnsmasq does not run. */
  dhcp?: string[];
}

import type { NodeSdn } from "./sdn.js";

/** A network card of a machine. */
interface NetworkPort {
  name: string;
  /** It has a link. */
  up: boolean;
  /** It is on a bus (Proxmox then says `exists`). */
  physical?: boolean;
  /** Addresses with prefix lengths that were set by hand, of which no file says anything. */
  addresses?: string[];
}

/** What a node knows of its network. */
export interface NodeNetwork {
  /** /etc/network/interfaces. */
  interfaces: string;
  /** What the kernel has: the file that `ifreload -a` was last given. Absent: `interfaces`. */
  running?: string;
  /** /etc/network/interfaces.new, while changes are staged. */
  pending?: string;
  /** Proxmox's next `ifreload` takes so long (ms), with the lock held and the old network in the kernel. */
  slowReload?: number;
  /** `ifreload` is at work, and has the lock: what it has read, and until when. */
  reloading?: { text: string; until: number };
  /** When the two were written, in milliseconds. */
  appliedAt?: number;
  stagedAt?: number;
  /** /etc/network/interfaces.d/sdn as the last reload wrote it, and what `ifreload` was last given of it. */
  sdn?: NodeSdn;
  sdnRunning?: NodeSdn;
  /** Whom the dnsmasq of each zone knows, by MAC address (/etc/dnsmasq.d/<zone>/ethers). */
  ethers?: Record<string, Record<string, string[]>>;
  /** Open vSwitch is installed. */
  openvswitch?: boolean;
  /** Physical ports, in the order in which the kernel names them. */
  ports: NetworkPort[];
  hosts: string;
  dns: Record<string, string>;
}

/** What a node knows of its network. */
export interface NodeNetwork {
  /** /etc/network/interfaces. */
  interfaces: string;
  /** /etc/network/interfaces.new, while changes are staged. */
  pending?: string;
  /** When the two were written, in milliseconds. */
  appliedAt?: number;
  stagedAt?: number;
  /** Open vSwitch is installed. */
  openvswitch?: boolean;
  /** Physical ports, in the order in which the kernel names them; `up` has a link, `physical` is on a bus (Proxmox then says `exists`). */
  ports: { name: string; up: boolean; physical?: boolean }[];
  hosts: string;
  dns: Record<string, string>;
}

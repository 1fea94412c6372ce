/** What a node knows of its network. */
export interface NodeNetwork {
  /** /etc/network/interfaces. */
  interfaces: string;
  /** /etc/network/interfaces.new, while changes are staged. */
  pending?: string;
  /** Physical ports, in the order in which the kernel names them; `up` has a link. */
  ports: { name: string; up: boolean }[];
  hosts: string;
  dns: Record<string, string>;
}

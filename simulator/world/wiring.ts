/** What the machines' ports are plugged into, and where the client is. All devices are the world's own. */
export interface Wiring {
  /** By name: a switch carries frames of up to so many bytes (without Ethernet's own header). */
  switches: Record<string, { mtu: number }>;
  /** By `node/port`; a port that is not here is plugged into nothing. */
  ports: Record<string, SwitchPort>;
  /** Addresses of the router, one for each network that it connects. */
  router: PluggedIn[];
  /** Where the person sits who asks the nodes. */
  client: PluggedIn & { mtu: number; gateway?: string };
}

/** How a port of a switch is set up. */
interface SwitchPort {
  switch: string;
  /** The VLAN of frames without a tag; default 1. */
  native?: number;
  /** VLANs that it takes with a tag; default all. */
  tagged?: number[];
}

/** A device that is no node. */
interface PluggedIn {
  /** With the prefix length. */
  address: string;
  switch: string;
  /** Default 1. */
  vlan?: number;
}

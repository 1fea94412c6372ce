import type { Wiring } from "../world/wiring.js";
import type { NodeState } from "../world/world.js";
import { exitsOf, kernelOf, type Kernel } from "./kernel.js";

/** Where an interface comes out of its machine: a VLAN on a switch, for frames of up to so many bytes. */
interface Place {
  readonly network: string;
  readonly mtu: number;
}

/** An address of a machine, with the places where it can be met. */
export interface HostAddress {
  readonly address: string;
  /** With the prefix length. */
  readonly cidr: string;
  readonly interface: string;
  readonly mtu: number;
  readonly places: readonly Place[];
}

/** Whoever has addresses: a node, the router, the client. */
export interface Host {
  readonly name: string;
  readonly addresses: readonly HostAddress[];
  readonly gateway?: string;
  readonly gateway6?: string;
  readonly forwards?: true;
}

const networkOf = (switchName: string, vlan: number): string => `${switchName} ${vlan}`;

/** A node, by what its kernel has. */
export function nodeHost(wiring: Wiring, node: NodeState): Host {
  const kernel = kernelOf(node.network);
  const addresses = [...kernel.links.values()].flatMap((link) =>
    link.addresses.map((cidr) => ({
      ...{ cidr, address: cidr.split("/")[0] ?? "", interface: link.name, mtu: link.mtu },
      places: placesOf(wiring, node, kernel, link.name),
    })),
  );
  const { gateway, gateway6 } = kernel;
  return {
    name: node.name,
    addresses,
    ...(gateway === undefined ? {} : { gateway }),
    ...(gateway6 === undefined ? {} : { gateway6 }),
  };
}

function placesOf(wiring: Wiring, node: NodeState, kernel: Kernel, name: string): Place[] {
  return exitsOf(node.network, kernel, name).flatMap(({ port, tag, mtu }) => {
    const plug = wiring.ports[`${node.name}/${port}`];
    const device = plug && wiring.switches[plug.switch];
    if (!plug || !device || (tag !== undefined && plug.tagged && !plug.tagged.includes(tag))) return [];
    return [{ network: networkOf(plug.switch, tag ?? plug.native ?? 1), mtu: Math.min(mtu, device.mtu) }];
  });
}

/** The router and the client. */
export function otherHosts({ router, client, switches }: Wiring): { router: Host; client: Host } {
  const plugged = ({ address, switch: name, vlan = 1 }: Wiring["router"][number], mtu: number): HostAddress => ({
    ...{ cidr: address, address: address.split("/")[0] ?? "", interface: "", mtu },
    places: [{ network: networkOf(name, vlan), mtu: Math.min(mtu, switches[name]?.mtu ?? 0) }],
  });
  const { gateway } = client;
  return {
    router: { name: "router", addresses: router.map((one) => plugged(one, 1500)), forwards: true },
    client: {
      name: "client",
      addresses: [plugged(client, client.mtu)],
      ...(gateway === undefined ? {} : { gateway }),
    },
  };
}

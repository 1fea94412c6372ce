import type { NodeState, World } from "../world/world.js";

/** What the switches of the seeds carry. */
const jumbo = 9216;

/**
 * Plugs a freshly installed node in: its first port into the same switch as those of the others, its second port into
 * another one, and so on. At the first switch are the router, and the client in the network of the first node.
 */
export function plugIn(world: World, node: NodeState, prefix: number, gateway: string): void {
  const first = "switch0";
  const network = node.address.replace(/\d+$/, "");
  world.wiring ??= {
    switches: {},
    ports: {},
    router: [],
    client: { address: `${network}250/${prefix}`, switch: first, mtu: 1500, gateway },
  };
  const { switches, ports, router } = world.wiring;
  for (const [index, { name }] of node.network.ports.entries()) {
    switches[`switch${index}`] = { mtu: jumbo };
    ports[`${node.name}/${name}`] = { switch: `switch${index}` };
  }
  const address = `${gateway}/${prefix}`;
  if (!router.some((one) => one.address === address)) router.push({ address, switch: first });
}

import { versionOf } from "../firewall/rule-addresses.js";
import type { World } from "../world/world.js";
import { prefixWith } from "./prefixes.js";

/** The network behind the router in which a client sits whose address is of no network that is there. */
const outside = { switch: "outside", prefix: 24, mtu: 1500 };

/**
 * Puts the client at an IPv4 address: into a network that the router connects when it is of one, else into one of its
 * own behind the router.
 */
export function placeClient(world: World, address: string): void {
  if (versionOf(address) !== 4) throw new Error(`the client's address ${address} is no IPv4 address`);
  const { wiring } = world;
  if (!wiring) throw new Error("this world has no wiring: everybody reaches everybody, and the client has no address");
  const near = wiring.router.find((one) => prefixWith(one.address, address) !== undefined);
  if (near) {
    const [gateway = "", prefix = ""] = near.address.split("/");
    if (gateway === address) throw new Error(`${address} is the router's address`);
    const { vlan } = near;
    wiring.client = {
      ...{ address: `${address}/${prefix}`, switch: near.switch, mtu: wiring.client.mtu, gateway },
      ...(vlan === undefined ? {} : { vlan }),
    };
    return;
  }
  const [network, last] = [address.replace(/\d+$/, ""), Number(address.split(".")[3])];
  const gateway = `${network}${last === 1 ? 2 : 1}`;
  wiring.switches[outside.switch] = { mtu: outside.mtu };
  wiring.router.push({ address: `${gateway}/${outside.prefix}`, switch: outside.switch });
  wiring.client = {
    ...{ address: `${address}/${outside.prefix}`, switch: outside.switch, mtu: outside.mtu, gateway },
  };
}

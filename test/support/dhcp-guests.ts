import assert from "node:assert/strict";
import type { World } from "../../simulator";
import { packagesOf } from "../../simulator/packages/node-packages.js";
import { debianImage, debianTemplate, vm, type Described } from "./described";
import { labWorld } from "./lab";

/** The three nodes of seed `doggos`, with dnsmasq for DHCP and a storage for guests' disks. */
export function dhcpWorld(): World {
  const seed = labWorld("doggos");
  for (const node of Object.values(seed.nodes)) packagesOf(node).installed["dnsmasq"] = "2.91-1";
  const [cluster] = Object.values(seed.clusters);
  assert.ok(cluster);
  cluster.storages["local-lvm"] ??= { type: "lvmthin", thinpool: "data", vgname: "pve", content: "images" };
  return seed;
}

/** A template on one node, and three guests on a network of 10.80.0.0/24: two with leases, one with an address of its own. */
export function dhcpGuests(bridge: string): { readonly template: Described[]; readonly guests: Described[] } {
  const guest = (name: string, address: string): Described =>
    vm(name, {
      networks: [{ bridge }],
      cloudInit: { user: "admin", addresses: [{ address, ...(address === "dhcp" ? {} : { gateway: "10.80.0.1" }) }] },
    });
  return {
    template: [
      { ...debianImage, args: { ...debianImage.args, node: "holly" } },
      { ...debianTemplate, args: { ...debianTemplate.args, node: "holly" } },
    ],
    guests: [guest("web-1", "dhcp"), guest("web-2", "dhcp"), guest("web-3", "10.80.0.50/24")],
  };
}

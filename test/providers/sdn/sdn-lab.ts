import assert from "node:assert/strict";
import type { World } from "../../../simulator";
import { packagesOf } from "../../../simulator/packages/node-packages.js";
import { Lab, labWorld } from "../../support/lab";

/** Three nodes of which each has what DHCP takes. */
export function sdnWorld(): World {
  const world = labWorld("doggos");
  for (const node of Object.values(world.nodes)) packagesOf(node).installed["dnsmasq"] = "2.91-1";
  return world;
}

type Args = Record<string, unknown>;

/** A zone with DHCP, a vnet in it, and its subnet, written by their names. */
export const described: readonly (readonly [kind: string, name: string, args: Args])[] = [
  ["SdnZone", "lab", { type: "simple", ipam: "pve", dhcp: "dnsmasq" }],
  ["SdnVnet", "web", { zone: "lab" }],
  [
    "SdnSubnet",
    "net",
    {
      ...{ vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true },
      dhcpRanges: [{ start: "10.80.0.100", end: "10.80.0.199" }],
    },
  ],
];

/** What the program tells of its others, as the shells do. */
const besides = described.map(([kind, resource, args]) => ({
  ...{ kind, resource, unknown: [] },
  args: Object.fromEntries(Object.entries(args).filter(([, value]) => typeof value !== "object")),
}));

/** The inputs of one of them. */
const withBeside = (args: Args): Args => ({ ...args, __beside: besides });

export const sdnOf = (lab: Lab) => {
  const [cluster] = Object.values(lab.sim.world.clusters);
  assert.ok(cluster);
  return cluster.sdn;
};

/** Requests of a route, such as `PUT /cluster/sdn`, that were made. */
export const asked = (lab: Lab, route: string): number =>
  lab.sim.requests.filter((request) => request.route === route).length;

/** Bridges of SDN that each node's kernel has. */
export const bridges = (lab: Lab): Record<string, string[]> =>
  Object.fromEntries(
    Object.values(lab.sim.world.nodes).map(({ name, network }) => [
      name,
      Object.keys(network.sdnRunning?.ifaces ?? {}).sort(),
    ]),
  );

export const createAll = (lab: Lab) =>
  Promise.allSettled(described.map(([kind, name, args]) => lab.create(kind, name, withBeside(args))));

import type { Corosync, World } from "../world/world.js";

/** Corosync's totem section as Proxmox writes it. */
function totemOf(name: string, version: number): Record<string, unknown> {
  return {
    ...{ cluster_name: name, config_version: String(version), version: "2", interface: { "0": { linknumber: "0" } } },
    ...{ ip_version: "ipv4-6", link_mode: "passive", secauth: "on", token_coefficient: "125" },
  };
}

/**
 * Makes one cluster of the world's nodes, in their order: the first one's cluster file system serves all, the others
 * got new certificates when they joined.
 */
export function formCluster(world: World, name: string, links: (node: string) => Record<string, string>): Corosync {
  const [first, ...others] = Object.values(world.nodes);
  const cluster = first && world.clusters[first.cluster];
  if (!cluster) throw new Error("a cluster needs a node");
  const members = [first, ...others];
  const corosync: Corosync = {
    name,
    configVersion: members.length,
    nodes: Object.fromEntries(
      members.map((node, index) => [node.name, { nodeid: index + 1, votes: 1, links: links(node.name) }]),
    ),
    totem: totemOf(name, members.length),
  };
  cluster.corosync = corosync;
  for (const node of others) {
    delete world.clusters[node.cluster];
    node.cluster = first.cluster;
    node.certificate++;
  }
  return corosync;
}

import { isLinkUp, liveNodes } from "../corosync.js";
import { isOnline } from "../resources.js";
import type { Shell } from "../ssh/node-shell.js";
import type { Ended } from "../ssh/ssh-record.js";

/** `corosync-cmapctl -g totem.config_version`; undefined for anything else. */
export function cmapctl({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "-g totem.config_version") return undefined;
  const { corosync } = simulation.clusterOf(node);
  if (!corosync || corosync.dead || node.corosyncStopped)
    return { code: 1, stderr: "Failed to initialize the cmap API. Error CS_ERR_LIBRARY\n" };
  const version = corosync.refused?.configVersion ?? corosync.configVersion;
  return { code: 0, stdout: `totem.config_version (u64) = ${version}\n` };
}

/** `corosync-cfgtool -n`: the nodes that are reached, each with its links (`nodestatusget_do` in corosync-cfgtool.c). */
export function cfgtool({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "-n") return undefined;
  const { corosync } = simulation.clusterOf(node);
  if (!corosync || corosync.dead || node.corosyncStopped)
    return { code: 1, stderr: "Could not initialize corosync configuration API error 2\n" };
  const nodes = liveNodes(corosync);
  const own = nodes[node.name];
  const others = Object.entries(nodes)
    .filter(([name]) => name !== node.name && isOnline(simulation, name, node))
    .sort(([, a], [, b]) => a.nodeid - b.nodeid);
  const rows = others.map(([name, { nodeid, links }]) => {
    const other = simulation.node(name);
    const lines = Object.entries(links).map(([number, address]) => {
      const up = isLinkUp(simulation.world, corosync, node, other, number);
      return `   LINK: ${number} udp (${own?.links[number] ?? ""}->${address}) enabled${up ? " connected" : ""} mtu: ${up ? 1397 : 469}\n`;
    });
    return `nodeid: ${nodeid} reachable   onwire (min/max/cur): 0, 1, 1\n${lines.join("")}\n`;
  });
  return { code: 0, stdout: `Local node ID ${own?.nodeid ?? 0}, transport knet\n${rows.join("")}` };
}

import { paramError } from "../../errors.js";
import type { Routes } from "../../call.js";
import { unifiedDiff } from "../../network/unified-diff.js";
import { generateSdn, sdnInterfaces, sdnStatus } from "../../sdn/node-sdn.js";
import { commitSdn, runningSdn, sdnOf } from "../../sdn/sdn.js";
import { parseNet } from "../../qemu/network-device.js";
import type { NodeSdn } from "../../world/sdn.js";

/** The file as text. */
function textOf(sdn: NodeSdn | undefined): string {
  if (!sdn) return "";
  const ifaces = Object.entries(sdn.ifaces).sort(([a], [b]) => (a < b ? -1 : 1));
  const stanzas = ifaces.map(([name, options]) => [
    `auto ${name}`,
    `iface ${name}`,
    ...options.map((one) => `\t${one}`),
  ]);
  return `${[`#version:${sdn.version}`, ...stanzas.map((lines) => `\n${lines.join("\n")}`)].join("\n")}\n`;
}

/** What a node really has of SDN. */
export const nodeRoutes: Routes = {
  "GET /nodes/{node}/sdn/zones": (call) =>
    Object.entries(sdnStatus(call.cluster, call.node).zones)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([zone, status]) => ({ zone, status })),
  "GET /nodes/{node}/sdn/zones/{zone}": () => ["content", "bridges", "ip-vrf"].map((subdir) => ({ subdir })),
  "GET /nodes/{node}/sdn/zones/{zone}/content": (call) =>
    Object.entries(sdnStatus(call.cluster, call.node).vnets)
      .filter(([, { zone }]) => zone === call.text("zone"))
      .map(([vnet, { status, statusmsg }]) => ({ vnet, status, statusmsg })),
  // Vnets of the zone whatever the node has; what the kernel says of a bridge is missing where there is none.
  "GET /nodes/{node}/sdn/zones/{zone}/bridges": (call) => {
    const zone = call.text("zone");
    const { zones, vnets } = runningSdn(call.cluster);
    if (!zones[zone]) throw paramError({ zone: "zone does not exist" });
    const there = sdnInterfaces(call.node);
    return Object.keys(vnets)
      .filter((id) => vnets[id]?.["zone"] === zone)
      .filter((id) => call.rights.hasAny(`/sdn/zones/${zone}/${id}`, "SDN.Audit", "SDN.Allocate"))
      .map((name) => ({
        name,
        ...(there[name] ? { vlan_filtering: there[name].includes("bridge-vlan-aware yes") ? 1 : 0 } : {}),
        ports: there[name] ? portsOf(call.cluster.guests, call.node.name, name) : [],
      }));
  },
  "GET /cluster/sdn/dry-run": (call) => {
    const committed = structuredClone(call.cluster);
    const { version } = runningSdn(committed);
    commitSdn(sdnOf(committed));
    const next = generateSdn(committed, call.node, () => undefined);
    // the version is not raised for it
    const staged = next && { ...next, version: Math.max(1, version) };
    const names = { from: "/etc/network/interfaces.d/sdn", to: "/proc/1200/fd/12" };
    const [before, after] = [textOf(call.node.network.sdn), textOf(staged)];
    return { "frr-diff": null, "interfaces-diff": before === after ? null : unifiedDiff(before, after, names) };
  },
};

/** Devices of running guests on a bridge. */
function portsOf(
  guests: Readonly<Record<string, { vmid: number; node: string; config: Record<string, string>; running?: object }>>,
  node: string,
  bridge: string,
) {
  return Object.values(guests).flatMap(({ vmid, node: on, config, running }) =>
    !running || on !== node
      ? []
      : Object.keys(config)
          .filter((key) => /^net\d+$/.test(key) && parseNet(config[key] ?? "").bridge === bridge)
          .map((key) => ({ name: `tap${vmid}i${key.slice(3)}`, vmid, index: key })),
  );
}

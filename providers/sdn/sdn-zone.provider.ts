import { wire } from "../../pve";
import { isMade, onNode } from "../checks/made-here";
import { checkNode } from "../checks/nodes";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { zoneKind } from "./staged-kinds";
import { sdnLife } from "./sdn-life";
import { membersOf, nodesWithout } from "./sdn-nodes";
import { inspectRouting } from "./inspect-routing";
import { checkNamed, namesInProgram } from "./sdn-program";
import type { SdnView } from "./sdn-view";
import type { SdnZoneInputs } from "./sdn-zone.model";

export const sdnZoneProvider = (session: Session) =>
  sdnLife<SdnZoneInputs>({ kind: zoneKind, inspect: inspectZone }, session);

/** What Proxmox lets through, and what then is in no node, or does not work. */
async function inspectZone(
  pve: Pve,
  call: Call,
  inputs: Partial<SdnZoneInputs>,
  was: Partial<SdnZoneInputs> | undefined,
  view: SdnView,
): Promise<Problem[]> {
  const picture = await pve.picture();
  // One that is offline will have it when it is back.
  const known = { coming: picture.coming, nodes: picture.nodes.map((row) => ({ ...row, status: "online" as const })) };
  const { nodes: wanted = [] } = inputs;
  const problems = wanted.flatMap((node, index) => checkNode(known, node, `nodes[${index}]`));
  if (was !== undefined && JSON.stringify(was) === JSON.stringify(inputs)) return problems;
  const old = was?.zoneId;
  const isReplaced = old !== undefined && (old !== inputs.zoneId || was?.type !== inputs.type);
  const own = [...view.config.vnets].filter(([, vnet]) => vnet["zone"] === old).map(([name]) => name);
  if (isReplaced && inputs.zoneId !== undefined && inputs.type !== undefined && own.length > 0)
    problems.push({
      path: old === inputs.zoneId ? "type" : "zoneId",
      message:
        `cannot be changed while vnet ${own.join(", ")} is in zone ${old}, which Proxmox would not delete; take its ` +
        "vnets out of the program first, or make another zone beside it",
    });
  const connection = pve.process.connection;
  const { online } = await membersOf(connection);
  const on = online.filter((node) => wanted.length === 0 || wanted.includes(node));
  const listed = async (path: string, key: string): Promise<string[]> =>
    wire
      .list((await connection.transport.request("GET", `/cluster/sdn/${path}`)).data)
      .map((row) => wire.string(row[key]) ?? "");
  if (inputs.ipam !== undefined) {
    const there = await listed("ipams", "ipam");
    problems.push(...checkNamed(inputs.ipam, "ipam", "IPAM", there, namesInProgram(call, "SdnIpam", "ipamId")));
  }
  for (const path of ["dnsServer", "reverseDnsServer"] as const)
    if (inputs[path] !== undefined) {
      const own = namesInProgram(call, "SdnDns", "dnsId");
      problems.push(...checkNamed(inputs[path], path, "SDN DNS server", await listed("dns", "dns"), own));
    }
  switch (inputs.type) {
    case "simple":
      if (inputs.dhcp !== undefined) problems.push(...(await inspectDhcp(pve, on)));
      break;
    case "vlan":
    case "qinq":
      if (inputs.bridge !== undefined) problems.push(...(await inspectBridge(pve, on, inputs.bridge)));
      break;
    case "vxlan":
      if (inputs.fabric !== undefined)
        problems.push(...checkNamed(inputs.fabric, "fabric", "SDN fabric", await listed("fabrics/fabric", "id"), []));
      break;
    case "evpn": {
      const evpn = [...view.config.controllers].filter(([, { type }]) => type === "evpn").map(([name]) => name);
      const own = namesInProgram(call, "SdnController", "controllerId");
      problems.push(...checkNamed(inputs.controller, "controller", "EVPN controller", evpn, own));
      const names = inputs.exitNodes ?? [];
      problems.push(...names.flatMap((node, index) => checkNode(known, node, `exitNodes[${index}]`)));
      problems.push(...(await inspectRouting(pve, on, "controller")));
      break;
    }
    case undefined:
  }
  return problems;
}

async function inspectDhcp(pve: Pve, nodes: readonly string[]): Promise<Problem[]> {
  const missing = (await nodesWithout(pve.process.connection, "dhcp", nodes)).filter(
    (node) => !isMade(pve, "package", onNode(node, "dnsmasq")),
  );
  if (missing.length === 0) return [];
  return [
    {
      path: "dhcp",
      message:
        `takes the package dnsmasq, which ${missing.join(", ")} ${missing.length > 1 ? "have" : "has"} not: Proxmox ` +
        'would serve nobody and say nothing; install it (new SystemPackage(…, { packages: ["dnsmasq"] }), which the ' +
        "zone depends on), and stop its own service dnsmasq.service",
    },
  ];
}

async function inspectBridge(pve: Pve, nodes: readonly string[], bridge: string): Promise<Problem[]> {
  if (isMade(pve, "bridge", bridge)) return [];
  const without: string[] = [];
  for (const node of nodes) {
    const { data } = await pve.process.connection.transport.request("GET", `/nodes/${node}/network`, {
      type: "any_local_bridge",
    });
    if (!wire.list(data).some((row) => row["iface"] === bridge)) without.push(node);
  }
  if (without.length === 0) return [];
  return [
    {
      path: "bridge",
      message:
        `there is no bridge ${bridge} on ${without.join(", ")}: vnets of the zone would not come up there; write ` +
        "another bridge, or the nodes that have it",
    },
  ];
}

import { wire } from "../../pve";
import { isMade, onNode } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import { membersOf, nodesWithout } from "./sdn-nodes";

const what =
  "Proxmox would configure no routing there and say nothing; install it (new SystemPackage(…, { packages: " +
  '["frr-pythontools"] }), which brings frr along), and depend on it';

async function missing(pve: Pve, nodes: readonly string[]): Promise<string[]> {
  const without = await nodesWithout(pve.process.connection, "routing", nodes);
  return without.filter((node) => !isMade(pve, "package", onNode(node, "frr-pythontools")));
}

/** Routes are exchanged by FRR, which is there on no node by itself. */
export async function inspectRouting(pve: Pve, nodes: readonly string[], path: string): Promise<Problem[]> {
  const without = await missing(pve, nodes);
  if (without.length === 0) return [];
  const have = without.length > 1 ? "have" : "has";
  return [{ path, message: `takes the package frr-pythontools, which ${without.join(", ")} ${have} not: ${what}` }];
}

/** On which nodes the controller of EVPN is needed, its zones say. */
export async function warnOfRouting(pve: Pve, call: Call): Promise<void> {
  const without = await missing(pve, (await membersOf(pve.process.connection)).online);
  if (without.length > 0)
    call.report.warn(
      `zones of EVPN will not work on ${without.join(", ")}, without the package frr-pythontools: ${what}`,
    );
}

interface Interfaces {
  readonly loopback?: string | undefined;
  readonly interfaces?: readonly string[] | undefined;
}

/** An interface that is not there is no error to Proxmox; it may be made by hand, of which Proxmox knows nothing. */
export async function warnOfInterfaces(pve: Pve, call: Call, node: string, wanted: Interfaces): Promise<void> {
  const names = [...(wanted.interfaces ?? []), ...(wanted.loopback === undefined ? [] : [wanted.loopback])];
  const { data } = await pve.process.connection.transport.request("GET", `/nodes/${node}/network`);
  const there = new Set(
    wire
      .list(data)
      .flatMap((row) => [row["iface"], ...(Array.isArray(row["altnames"]) ? (row["altnames"] as unknown[]) : [])]),
  );
  const unknown = names.filter((name) => name !== "lo" && !there.has(name) && !isMade(pve, "bridge", name));
  if (unknown.length > 0)
    call.report.warn(
      `there is no interface ${unknown.join(", ")} in the network of ${node}: Proxmox writes it down all the same, and ` +
        "nothing is routed by it until it is there",
    );
}

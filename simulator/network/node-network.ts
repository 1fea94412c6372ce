import { paramError, die } from "../errors.js";
import { refuse } from "../fail.js";
import { splitList } from "../formats/list.js";
import type { NodeNetwork } from "../world/network.js";
import { portsOf } from "./check-interfaces.js";
import { textOf, wordsOf, type Iface, type Interfaces, type IfaceValue } from "./interfaces.js";
import { unusableIpv6 } from "./netmask.js";
import { parseInterfaces } from "./parse-interfaces.js";
import { unifiedDiff } from "./unified-diff.js";
import { writeInterfaces } from "./write-interfaces.js";

export type InterfaceParameters = Readonly<Record<string, string | number | undefined>>;

/** The staged configuration if there is one, else the applied one. */
function readInterfaces(network: NodeNetwork): Interfaces {
  return parseInterfaces(network.pending ?? network.interfaces, network.ports, activeInterfaces(network));
}

/** Interfaces that are up: those started at boot or by the last apply, and the ports that they use. */
export function activeInterfaces(network: NodeNetwork): ReadonlySet<string> {
  const { ifaces } = parseInterfaces(network.running ?? network.interfaces, [], new Set());
  const active = new Set<string>();
  const start = (name: string): void => {
    if (active.has(name)) return;
    active.add(name);
    const iface = ifaces[name];
    if (!iface) return;
    portsOf(iface).forEach(start);
    const parent = textOf(iface, "vlan-raw-device");
    if (parent) start(parent);
  };
  for (const [name, iface] of Object.entries(ifaces)) if (textOf(iface, "autostart")) start(name);
  return active;
}

/** What `GET /nodes/{node}/network` says beside the list while changes are staged. */
export function stagedChanges(network: NodeNetwork): string | undefined {
  if (network.pending === undefined) return undefined;
  const stamp = (ms: number) => new Date(ms).toISOString().replace("T", " ").replace("Z", "000000 +0000");
  return unifiedDiff(network.interfaces, network.pending, {
    from: `/etc/network/interfaces\t${stamp(network.appliedAt ?? 0)}`,
    to: `/etc/network/interfaces.new\t${stamp(network.stagedAt ?? 0)}`,
  });
}

/** The list of interfaces; the loopback device is not in it. */
export function listInterfaces(network: NodeNetwork, type?: string): (Iface & { iface: string })[] {
  return Object.entries(readInterfaces(network).ifaces)
    .filter(([name]) => name !== "lo")
    .filter(([, iface]) => {
      if (type === undefined || type === "include_sdn") return true;
      const isBridge = iface.type === "bridge" || iface.type === "OVSBridge";
      return iface.type === type || (isBridge && /^any(?:_local)?_bridge$/.test(type));
    })
    .map(([name, iface]) => ({ ...iface, iface: name }));
}

export function readInterface(network: NodeNetwork, name: string): Iface {
  return readInterfaces(network).ifaces[name] ?? refuse({ iface: "interface does not exist" });
}

/** `DELETE /nodes/{node}/network`. */
export function revertInterfaces(network: NodeNetwork): void {
  delete network.pending;
  delete network.stagedAt;
}

/** What the reload task does first: the staged file replaces the applied one, whatever comes of it. */
export function applyInterfaces(network: NodeNetwork): void {
  if (network.pending === undefined) return;
  network.interfaces = network.pending;
  if (network.stagedAt !== undefined) network.appliedAt = network.stagedAt;
  revertInterfaces(network);
}

/** `POST /nodes/{node}/network`. `now` in milliseconds. */
export function createInterface(network: NodeNetwork, name: string, given: InterfaceParameters, now: number): void {
  const interfaces = readInterfaces(network);
  const { ifaces } = interfaces;
  const iface = definedValues(given);
  if (ifaces[name]) throw paramError({ iface: "interface already exists" });
  checkGateways(ifaces, name, iface);
  checkPorts(ifaces, name, iface);
  splitCidr(iface);
  setFamilies(iface);
  const type = String(iface.type);
  if (type.startsWith("OVS") && !network.openvswitch) {
    throw die("Open VSwitch is not installed (need package 'openvswitch-switch')");
  }
  if (type === "OVSIntPort" || type === "OVSBond") joinOvsBridge(ifaces, name, textOf(iface, "ovs_bridge"));
  checkVlanIds(iface);
  if (textOf(iface, "bridge_vids")) iface.bridge_vids = splitList(String(iface.bridge_vids)).join(" ");
  ifaces[name] = iface;
  stage(network, interfaces, now);
}

/** `PUT /nodes/{node}/network/{iface}`: a merge, but method and families come from this request alone. */
export function updateInterface(
  network: NodeNetwork,
  name: string,
  given: InterfaceParameters,
  deletions: readonly string[],
  now: number,
): void {
  const interfaces = readInterfaces(network);
  const { ifaces } = interfaces;
  const changes = definedValues(given);
  const iface = ifaces[name] ?? refuse({ iface: "interface does not exist" });
  for (const key of deletions) {
    delete iface[key];
    if (key === "cidr" || key === "cidr6") {
      delete iface[key.replace("cidr", "netmask")];
      delete iface[key.replace("cidr", "address")];
    }
  }
  splitCidr(changes);
  checkGateways(ifaces, name, changes);
  checkPorts(ifaces, name, changes);
  setFamilies(changes);
  Object.assign(iface, changes);
  checkVlanIds(changes);
  stage(network, interfaces, now);
}

/** `DELETE /nodes/{node}/network/{iface}`. */
export function deleteInterface(network: NodeNetwork, name: string, now: number): void {
  const interfaces = readInterfaces(network);
  const { ifaces } = interfaces;
  const iface = ifaces[name] ?? refuse({ iface: "interface does not exist" });
  const bridge = ifaces[textOf(iface, "ovs_bridge") ?? ""];
  if ((iface.type === "OVSIntPort" || iface.type === "OVSBond") && bridge) {
    bridge.ovs_ports = wordsOf(bridge, "ovs_ports")
      .filter((port) => port !== name)
      .join(" ");
  }
  delete ifaces[name];
  stage(network, interfaces, now);
}

function stage(network: NodeNetwork, interfaces: Interfaces, now: number): void {
  network.pending = writeInterfaces(interfaces);
  network.stagedAt = now;
}

function definedValues(given: InterfaceParameters): Iface {
  const values: Record<string, IfaceValue> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) values[key] = value;
  return values;
}

function checkGateways(ifaces: Record<string, Iface>, name: string, given: Iface): void {
  for (const [key, title] of [
    ["gateway", "Default gateway"],
    ["gateway6", "Default ipv6 gateway"],
  ] as const) {
    if (!textOf(given, key)) continue;
    const other = Object.keys(ifaces).find((each) => each !== name && textOf(ifaces[each], key));
    if (other !== undefined) throw paramError({ [key]: `${title} already exists on interface '${other}'.` });
  }
}

function checkPorts(ifaces: Record<string, Iface>, name: string, given: Iface): void {
  const wanted = new Set(portsOf(given));
  const key = ["bridge_ports", "ovs_ports", "slaves", "ovs_bonds"].find((each) => textOf(given, each));
  if (key === undefined) return;
  for (const [other, iface] of Object.entries(ifaces)) {
    if (other === name) continue;
    const taken = portsOf(iface).find((port) => wanted.has(port));
    if (taken !== undefined) throw paramError({ [key]: `${taken} is already used on interface '${other}'.` });
  }
}

function splitCidr(given: Iface): void {
  for (const suffix of ["", "6"]) {
    const cidr = textOf(given, `cidr${suffix}`);
    if (cidr === undefined) continue;
    for (const key of [`address${suffix}`, `netmask${suffix}`]) {
      if (textOf(given, key)) throw paramError({ [key]: `${key} conflicts with cidr${suffix}` });
    }
    const [, address = "", netmask = ""] = /^(.*)\/(\d+)$/.exec(cidr) ?? [];
    given[`address${suffix}`] = address;
    given[`netmask${suffix}`] = netmask;
    delete given[`cidr${suffix}`];
  }
}

function setFamilies(given: Iface): void {
  const address6 = textOf(given, "address6");
  if (address6) {
    const netmask = Number(given.netmask6);
    if (netmask < 0 || netmask > 128) refuse({ netmask: `${netmask} is not a valid subnet length for ipv6` });
    const kind = unusableIpv6(address6);
    if (kind) refuse({ address: `${address6} with type '${kind}', cannot be used as host IPv6 address.` });
  }
  const families = [...(textOf(given, "address") ? ["inet"] : []), ...(address6 ? ["inet6"] : [])];
  given.families = families.length > 0 ? families : ["inet"];
  given.method = textOf(given, "address") ? "static" : "manual";
  given.method6 = address6 ? "static" : "manual";
}

function checkVlanIds(given: Iface): void {
  const ids = textOf(given, "bridge_vids");
  if (ids && splitList(ids).length === 0) throw paramError({ bridge_vids: "VLAN list items are empty" });
}

function joinOvsBridge(ifaces: Record<string, Iface>, name: string, bridge: string | undefined): void {
  if (bridge === undefined) throw paramError({ ovs_bridge: "parameter is required" });
  const iface = ifaces[bridge] ?? refuse({ ovs_bridge: `bridge '${bridge}' does not exist` });
  if (iface.type !== "OVSBridge") throw paramError({ ovs_bridge: `interface '${bridge}' is no OVS bridge` });
  const ports = wordsOf(iface, "ovs_ports");
  if (!ports.includes(name)) iface.ovs_ports = [...ports, name].join(" ");
}

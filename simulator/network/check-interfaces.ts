import { die } from "../errors.js";
import { splitList } from "../formats/list.js";
import { textOf, wordsOf, type Iface } from "./interfaces.js";

type Ifaces = Record<string, Iface>;

/**
 * What Proxmox checks and completes in the whole configuration before it writes it
 * (`__write_etc_network_interfaces` in PVE/Network/Interfaces.pm); the result is a copy.
 */
export function checkInterfaces(given: Readonly<Ifaces>): Ifaces {
  const ifaces: Ifaces = Object.fromEntries(Object.entries(given).map(([name, iface]) => [name, { ...iface }]));
  const users = checkPortsUsedOnce(ifaces);
  dropLooseOvsPorts(ifaces, users);
  checkOvsBridges(ifaces);
  checkOvsBonds(ifaces);
  checkBonds(ifaces);
  checkVlans(ifaces);
  checkUplinks(ifaces);
  checkBridges(ifaces);
  return ifaces;
}

function checkPortsUsedOnce(ifaces: Ifaces): Record<string, string> {
  const users: Record<string, string> = {};
  for (const [name, iface] of Object.entries(ifaces)) {
    for (const suffix of ["", "6"]) {
      const cidr = iface[`cidr${suffix}`];
      delete iface[`cidr${suffix}`];
      if (cidr !== undefined) iface[`address${suffix}`] ??= cidr;
    }
    for (const port of portsOf(iface)) {
      const user = users[port];
      if (user !== undefined && user !== name) throw die(`port '${port}' is already used on interface '${user}'`);
      users[port] = name;
    }
  }
  return users;
}

/** The ports of a bridge or bond of any kind. */
export function portsOf(iface: Iface): string[] {
  return ["bridge_ports", "ovs_ports", "slaves", "ovs_bonds"].flatMap((key) => splitList(textOf(iface, key) ?? ""));
}

const isOvsPort = (iface: Iface | undefined) => ["OVSPort", "OVSIntPort", "OVSBond"].includes(String(iface?.type));

/** A port whose bridge is gone is an ordinary card again. */
function dropLooseOvsPorts(ifaces: Ifaces, users: Record<string, string>): void {
  for (const [name, iface] of Object.entries(ifaces)) {
    if (!isOvsPort(iface)) continue;
    const bridge = ifaces[users[name] ?? ""];
    if (!bridge) ifaces[name] = { type: "eth", exists: 1, method: "manual", families: ["inet"] };
    else if (bridge.type !== "OVSBridge") delete ifaces[name];
    else iface.autostart = 0;
  }
}

function checkOvsBridges(ifaces: Ifaces): void {
  for (const [name, iface] of Object.entries(ifaces)) {
    if (iface.type !== "OVSBridge") continue;
    for (const port of wordsOf(iface, "ovs_ports")) {
      const member = ifaces[port];
      if (!member) throw die(`OVS bridge '${name}' - unable to find port '${port}'`);
      member.autostart = 0;
      if (member.type === "eth") member.type = "OVSPort";
      else if (!isOvsPort(member)) throw die(`interface '${port}' is not defined as OVS port/bond`);
      member.ovs_bridge = name;
      checkMtu(ifaces, name, port);
    }
  }
}

function checkOvsBonds(ifaces: Ifaces): void {
  for (const [name, iface] of Object.entries(ifaces)) {
    if (iface.type !== "OVSBond") continue;
    for (const port of wordsOf(iface, "ovs_bonds")) {
      const type = textOf(ifaces[port], "type") ?? "";
      if (type !== "eth")
        throw die(`OVS bond '${name}' - wrong interface type on slave '${port}' ('${type}' != 'eth')`);
      (ifaces[port] ??= {}).autostart = 1;
      checkMtu(ifaces, name, port);
    }
  }
}

function checkBonds(ifaces: Ifaces): void {
  for (const [name, iface] of Object.entries(ifaces)) {
    if (iface.type !== "bond" || !textOf(iface, "slaves")) continue;
    const slaves = wordsOf(iface, "slaves");
    for (const port of slaves) {
      const type = textOf(ifaces[port], "type") ?? "";
      // A missing slave gets this text as well: Proxmox' check for it comes after the slave was made up.
      if (type !== "eth" && type !== "bond") {
        throw die(`bond '${name}' - wrong interface type on slave '${port}' ('${type}' != 'eth or bond')`);
      }
      (ifaces[port] ??= {}).autostart = 1;
      checkMtu(ifaces, name, port);
    }
    const primary = textOf(iface, "bond-primary");
    if (primary && !slaves.includes(primary)) {
      const where = "at /usr/share/perl5/PVE/Network/Interfaces.pm line 908.";
      throw die(`bond '${name}' - bond-primary interface is not a slave ${where}`);
    }
  }
}

function checkVlans(ifaces: Ifaces): void {
  for (const [name, iface] of Object.entries(ifaces)) {
    if (iface.type !== "vlan") continue;
    const { parent, id } = vlanOf(name, iface);
    if (Number(id) > 4094) throw die(`vlan '${name}' - vlan-id ${id} should be <= 4094`);
    const below = ifaces[parent];
    if (!below) throw die(`vlan '${name}' - unable to find parent '${parent}'`);
    if (!["eth", "bridge", "bond", "vlan"].includes(String(below.type))) {
      const type = textOf(below, "type") ?? "";
      throw die(`vlan '${name}' - wrong interface type on parent '${parent}' ('${type}' != 'eth|bond|bridge|vlan' )`);
    }
    checkMtu(ifaces, parent, name);
  }
}

/** Parent and id of a VLAN; what its name says already is not written again. */
function vlanOf(name: string, iface: Iface): { parent: string; id: string } {
  const dotted = /^(\S+)\.(\d+)$/.exec(name);
  if (dotted) {
    delete iface["vlan-raw-device"];
    delete iface["vlan-id"];
    return { parent: dotted[1] ?? "", id: dotted[2] ?? "" };
  }
  const parent = textOf(iface, "vlan-raw-device");
  if (!parent) throw die("missing vlan-raw-device option at /usr/share/perl5/PVE/Network/Interfaces.pm line 954.");
  const named = /^vlan(\d+)$/.exec(name)?.[1];
  if (named !== undefined) {
    delete iface["vlan-id"];
    return { parent, id: named };
  }
  const id = textOf(iface, "vlan-id");
  if (!id) throw die("missing vlan-id option at /usr/share/perl5/PVE/Network/Interfaces.pm line 962.");
  return { parent, id };
}

function checkUplinks(ifaces: Ifaces): void {
  const seen: Record<string, string> = {};
  for (const [name, iface] of Object.entries(ifaces)) {
    const id = textOf(iface, "uplink-id");
    if (!id) continue;
    if (iface.type !== "eth" && iface.type !== "bond") {
      throw die(`iface '${name}' - uplink-id ${id} is only allowed on physical and linux bond interfaces`);
    }
    if (seen[id]) throw die(`iface '${name}' - uplink-id ${id} is already assigned on '${seen[id]}'`);
    seen[id] = name;
  }
}

function checkBridges(ifaces: Ifaces): void {
  const known: Ifaces = { ...ifaces };
  for (const [name, iface] of Object.entries(ifaces)) {
    if (iface.type !== "bridge") continue;
    for (const port of wordsOf(iface, "bridge_ports")) {
      const parent = /(\S+)\.\d+$/.exec(port)?.[1];
      if (parent !== undefined && !known[port]) {
        const mtu = known[parent]?.mtu;
        known[port] = { type: "vlan", method: "manual", method6: "manual", ...(mtu === undefined ? {} : { mtu }) };
      }
      const member = known[port];
      if (!member) throw die(`bridge '${name}' - unable to find bridge port '${port}'`);
      const hasAddress =
        (member.method === "static" && member.address !== "0.0.0.0") ||
        (member.method6 === "static" && member.address6 !== "::");
      if (hasAddress) throw die(`iface ${port} - ip address can't be set on interface if bridged in ${name}`);
      checkMtu(known, port, name);
    }
  }
}

/** A parent without MTU has 1500, a bond without one takes what its slaves have. */
function checkMtu(ifaces: Ifaces, parent: string, child: string): void {
  const wanted = textOf(ifaces[child], "mtu");
  if (!wanted) return;
  const above = ifaces[parent];
  const mtu = textOf(above, "mtu") ?? (above?.type === "bond" ? wanted : "1500");
  if (Number(mtu) < Number(wanted)) {
    throw die(`interface '${parent}' - mtu ${mtu} is lower than '${child}' - mtu ${wanted}`);
  }
}

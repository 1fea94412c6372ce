import { portName, textOf, wordsOf, type Iface, type Interfaces, type Port } from "./interfaces.js";
import { cidrOf } from "./netmask.js";

/** Spellings of /etc/network/interfaces for which the API has another name. */
const apiNames: Record<string, string> = {
  ovs_mtu: "mtu",
  "bond-slaves": "slaves",
  bond_slaves: "slaves",
  "bond-xmit-hash-policy": "bond_xmit_hash_policy",
  "bond-mode": "bond_mode",
  "bond-miimon": "bond_miimon",
  "bridge-vlan-aware": "bridge_vlan_aware",
  "bridge-fd": "bridge_fd",
  "bridge-stp": "bridge_stp",
  "bridge-ports": "bridge_ports",
  "bridge-vids": "bridge_vids",
};

const simple = new Set([
  "mtu",
  "ovs_type",
  "ovs_options",
  "ovs_bridge",
  "ovs_bonds",
  "ovs_ports",
  "bridge_fd",
  "bridge_vids",
  "bridge-access",
  "bridge-learning",
  "bridge-arp-nd-suppress",
  "bridge-unicast-flood",
  "bridge-multicast-flood",
  "bridge-disable-mac-learning",
  "bond_miimon",
  "bond_xmit_hash_policy",
  "bond-primary",
  "link-type",
  "uplink-id",
  "vlan-protocol",
  "vlan-raw-device",
  "vlan-id",
  "vxlan-id",
  "vxlan-svcnodeip",
  "vxlan-physdev",
  "vxlan-local-tunnelip",
]);

const bondModes = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];

/** Reads /etc/network/interfaces as Proxmox does: types are derived from names and content, never stored. */
export function parseInterfaces(text: string, ports: readonly Port[], active: ReadonlySet<string>): Interfaces {
  const { ifaces, options } = parseStanzas(text.split("\n"));
  for (const { name, physical } of ports) if (physical) (ifaces[name] ??= {}).exists = 1;
  for (const name of active) if (ifaces[name]) ifaces[name].active = 1;
  ifaces.lo ??= { priority: 1, method: "loopback", type: "loopback", autostart: 1 };

  const physical = new Set(ports.filter((port) => port.physical).map(({ name }) => name));
  for (const name of Object.keys(ifaces).sort()) {
    const iface = ifaces[name] ?? {};
    iface.type = "unknown";
    deriveType(name, iface, ifaces, physical);
    mapAddress(iface, "");
    mapAddress(iface, "6");
    iface.method = textOf(iface, "method") ?? "manual";
    iface.method6 = textOf(iface, "method6") ?? "manual";
    if (textOf(iface, "comments6") !== undefined) {
      iface.comments = `${textOf(iface, "comments") ?? ""}${textOf(iface, "comments6")}`;
    }
    delete iface.comments6;
    iface.families ??= ["inet"];
  }
  return { ifaces, options: options.filter(({ line }) => !/^allow-ovs\s/.test(line)) };
}

function parseStanzas(lines: string[]): Interfaces {
  const ifaces: Record<string, Iface> = {};
  const options: Interfaces["options"] = [];
  let priority = 2; // 1 is reserved for lo
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^\s*#/.test(line)) continue;
    const auto = /^\s*(?:allow-auto|auto|allow-ovs|allow-hotplug)\s+(.*)$/.exec(line)?.[1];
    const stanza = /^\s*iface\s+(\S+)(?:\s+(inet6?)\s+(\S+))?\s*$/.exec(line);
    if (auto !== undefined) {
      for (const name of auto.split(/\s+/)) (ifaces[name] ??= {}).autostart = 1;
    } else if (stanza) {
      const iface = (ifaces[stanza[1] ?? ""] ??= {});
      iface.priority ??= priority++;
      at = parseStanza(lines, at + 1, iface, stanza[2], stanza[3]) - 1;
    } else if (/\w/.test(line)) {
      options.push({ priority: priority++, line });
    }
  }
  return { ifaces, options };
}

/** Reads the lines of one stanza; returns the number of the first line after it. */
function parseStanza(
  lines: string[],
  start: number,
  iface: Iface,
  family: string | undefined,
  method: string | undefined,
): number {
  const suffix = family === "inet6" ? "6" : "";
  const own: Iface = method === undefined ? {} : { method };
  iface.families = [...((iface.families ?? []) as (string | null)[]), family ?? null];
  let at = start;
  for (; at < lines.length; at++) {
    const line = (lines[at] ?? "").trimEnd();
    const comment = /^\s*#(.*?)\s*$/.exec(line)?.[1];
    if (comment !== undefined) {
      own.comments = `${textOf(own, "comments") ?? ""}${comment}\n`;
      continue;
    }
    if (/^\s*(?:(?:iface|mapping|auto|source|source-directory)\s|allow-)/.test(line)) break;
    const option = /^\s*((\S+)\s+(.+))$/.exec(line);
    if (!option) break;
    parseOption(iface, own, { line: option[1] ?? "", key: option[2] ?? "", value: option[3] ?? "" }, family, suffix);
  }
  for (const [key, value] of Object.entries(own)) iface[`${key}${suffix}`] = value;
  return at;
}

function parseOption(
  iface: Iface,
  own: Iface,
  { line, key, value }: { line: string; key: string; value: string },
  family: string | undefined,
  suffix: string,
): void {
  const name = apiNames[key] ?? key;
  if (["address", "netmask", "broadcast", "gateway"].includes(name)) {
    const six = family === undefined ? name !== "netmask" && value.includes(":") : suffix === "6";
    iface[six ? `${name}6` : name] = value;
  } else if (simple.has(name)) {
    iface[name] = value;
  } else if (name === "slaves" || name === "bridge_ports") {
    const found = [...new Set(value.split(/\s+/).filter((port) => port !== "none"))].sort().join(" ");
    const before = textOf(iface, name);
    iface[name] = before === undefined ? found : `${before}${found && ` ${found}`}`;
  } else if (name === "bridge_stp") {
    iface[name] = /^\s*(?:on|yes)\s*$/i.test(value) ? "on" : "off";
  } else if (name === "bridge_vlan_aware") {
    iface[name] = 1;
  } else if (name === "bond_mode") {
    iface[name] = /^\d$/.test(value) ? (bondModes[Number(value)] ?? value) : value;
  } else {
    own.options = [...((own.options ?? []) as string[]), line];
  }
}

function deriveType(name: string, iface: Iface, ifaces: Record<string, Iface>, physical: ReadonlySet<string>): void {
  const ovsType = textOf(iface, "ovs_type");
  const alias = /^(\S+):\d+$/.exec(name);
  const vlan = /^(\S+)\.(\d+)$/.exec(name);
  if (iface.bridge_ports !== undefined) {
    iface.type = "bridge";
    iface.bridge_stp ??= "off";
    if (iface.bridge_fd === undefined && iface.bridge_stp === "off") iface.bridge_fd = 0;
  } else if (ovsType === "OVSBridge") {
    iface.type = ovsType;
  } else if (/^bond\d+$/.test(name)) {
    if (ovsType === undefined) iface.type = "bond";
    else if (ovsType === "OVSBond") readOvsBond(iface);
  } else if (alias) {
    iface.type = "alias";
    inheritExists(iface, ifaces, alias[1] ?? "");
  } else if (vlan || textOf(iface, "vlan-raw-device") !== undefined) {
    iface.type = "vlan";
    const id = vlan?.[2] ?? /^vlan(\d+)$/.exec(name)?.[1];
    const parent = textOf(iface, "vlan-raw-device") ?? vlan?.[1] ?? "";
    iface["vlan-raw-device"] = parent;
    if (id !== undefined && Number(id) !== 0) iface["vlan-id"] = id;
    inheritExists(iface, ifaces, parent);
  } else if (physical.has(name) || portName.test(name)) {
    if (ovsType === undefined) iface.type = "eth";
    else if (ovsType === "OVSPort") readOvsPort(iface, ovsType);
  } else if (name === "lo") {
    iface.type = "loopback";
  } else if (iface["vxlan-id"] !== undefined) {
    iface.type = "vxlan";
  } else if (ovsType === "OVSIntPort") {
    readOvsPort(iface, ovsType);
  } else if (iface["link-type"] === "dummy") {
    iface.type = "dummy";
  }
}

/** VLANs and aliases exist as their parent does; a parent that no stanza names is remembered as missing. */
function inheritExists(iface: Iface, ifaces: Record<string, Iface>, parent: string): void {
  const known = ifaces[parent];
  if (known) iface.exists = known.exists ?? null;
  else {
    ifaces[parent] = { exists: 0 };
    iface.exists = 0;
  }
}

function readOvsPort(iface: Iface, type: string): void {
  iface.type = type;
  const tag = takeOvsOption(iface, "tag");
  if (tag !== undefined) iface.ovs_tag = tag;
}

function readOvsBond(iface: Iface): void {
  readOvsPort(iface, "OVSBond");
  const mode = takeOvsOption(iface, "bond_mode");
  const lacp = takeOvsOption(iface, "lacp") === "active";
  if (mode === "balance-slb" && lacp) iface.bond_mode = "lacp-balance-slb";
  else if (mode === "balance-tcp") iface.bond_mode = "lacp-balance-tcp";
  else iface.bond_mode = mode ?? null;
}

function takeOvsOption(iface: Iface, name: string): string | undefined {
  const words = wordsOf(iface, "ovs_options");
  const value = words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const rest = words.filter((word) => !word.startsWith(`${name}=`));
  if (rest.length > 0) iface.ovs_options = rest.join(" ");
  else delete iface.ovs_options;
  return value;
}

function mapAddress(iface: Iface, suffix: "" | "6"): void {
  const address = textOf(iface, `address${suffix}`);
  if (address === undefined) return;
  const cidr = cidrOf(address, textOf(iface, `netmask${suffix}`));
  iface[`cidr${suffix}`] = cidr ?? `${address}/${suffix === "6" ? 128 : 32}`;
  const [, base, mask] = /^(.+)\/(\d+)$/.exec(cidr ?? "") ?? [];
  if (base === undefined || mask === undefined) return;
  if (suffix === "" || address.includes("/")) iface[`netmask${suffix}`] = mask;
  if (address.includes("/")) iface[`address${suffix}`] = base;
}

import { createHash } from "node:crypto";
import { shownValue, type Section, type VmConfig } from "./config-file.js";
import { drivesOf, isCloudinit } from "./drive.js";
import { netmask, parseIpConfig, type IpConfig } from "./ipconfig.js";
import { netIndices, parseNet } from "./network-device.js";
import { percentDecoded } from "./ssh-keys.js";

/** Size of the generated image. */
export const CLOUDINIT_SIZE = 4 * 1024 * 1024;

/** Options that only matter to cloud-init, besides `ipconfigN`. */
const cloudinitOptions: readonly string[] = [
  "cicustom",
  "cipassword",
  "citype",
  "ciupgrade",
  "ciuser",
  "nameserver",
  "searchdomain",
  "sshkeys",
];

/** Whether an option is one of cloud-init's. */
export function isCloudinitOption(key: string): boolean {
  return cloudinitOptions.includes(key) || /^ipconfig\d+$/.test(key);
}

/** The node's resolver, used where a VM names none. */
export interface Resolver {
  readonly search?: string;
  readonly nameservers: readonly string[];
}

/** Key of the drive that holds the cloud-init image. */
export function cloudinitDrive(values: Section, except?: string): string | undefined {
  return drivesOf(values).find(([key, drive]) => key !== except && isCloudinit(drive))?.[0];
}

function words(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(/\s+/).filter((word) => word !== "");
}

function dns(values: Section, resolver: Resolver): { search: string[]; servers: string[] } {
  return {
    search: words(values.searchdomain ?? resolver.search),
    servers: values.nameserver === undefined ? [...resolver.nameservers] : words(values.nameserver),
  };
}

/** Host name and fully qualified name that cloud-init gives the guest. */
export function guestNames(values: Section, vmid: number): { hostname: string; fqdn: string } {
  const name = values.name ?? `VM${vmid}`;
  if (name.includes(".")) return { hostname: name.replace(/\..*$/, ""), fqdn: name };
  return { hostname: name, fqdn: values.searchdomain ? `${name}.${values.searchdomain}` : name };
}

function userData(values: Section, vmid: number, mask: boolean): string {
  const { hostname, fqdn } = guestNames(values, vmid);
  const lines = ["#cloud-config", `hostname: ${hostname}`, "manage_etc_hosts: true", `fqdn: ${fqdn}`];
  const user = values.ciuser;
  if (user !== undefined) lines.push(`user: ${user}`);
  if (user === "root") lines.push("disable_root: False");
  if (values.cipassword !== undefined) lines.push(`password: ${mask ? "**********" : values.cipassword}`);
  if (values.sshkeys !== undefined) {
    lines.push("ssh_authorized_keys:");
    const keys = percentDecoded(values.sshkeys).split("\n");
    lines.push(...keys.filter((key) => /\S/.test(key)).map((key) => `  - ${key}`));
  }
  lines.push("chpasswd:", "  expire: False");
  if (user !== "root") lines.push("users:", "  - default");
  if (values.ciupgrade !== "0") lines.push("package_upgrade: true");
  return `${lines.join("\n")}\n`;
}

function interfaces(values: Section): { index: number; ip: IpConfig; mac: string }[] {
  return netIndices(values)
    .filter((index) => values[`ipconfig${index}`])
    .sort((one, other) => String(one).localeCompare(String(other)))
    .map((index) => ({
      index,
      ip: parseIpConfig(values[`ipconfig${index}`] ?? "") ?? {},
      mac: (parseNet(values[`net${index}`] ?? "").macaddr ?? "").toLowerCase(),
    }));
}

function nocloudNetwork(values: Section, resolver: Resolver): string {
  const lines = ["version: 1", "config:"];
  for (const { index, ip, mac } of interfaces(values)) {
    lines.push("    - type: physical", `      name: eth${index}`, `      mac_address: '${mac}'`, "      subnets:");
    if (ip.ip === "dhcp") lines.push("      - type: dhcp4");
    else if (ip.ip) {
      const [address, prefix] = ip.ip.split("/");
      lines.push(
        "      - type: static",
        `        address: '${address}'`,
        `        netmask: '${netmask(Number(prefix))}'`,
      );
      if (ip.gw) lines.push(`        gateway: '${ip.gw}'`);
    }
    if (ip.ip6 === "dhcp") lines.push("      - type: dhcp6");
    else if (ip.ip6 === "auto") lines.push("      - type: ipv6_slaac");
    else if (ip.ip6) {
      lines.push("      - type: static6", `        address: '${ip.ip6}'`);
      if (ip.gw6) lines.push(`        gateway: '${ip.gw6}'`);
    }
  }
  const { search, servers } = dns(values, resolver);
  lines.push("    - type: nameserver");
  if (servers.length > 0) lines.push("      address:", ...servers.map((server) => `      - '${server}'`));
  if (search.length > 0) lines.push("      search:", ...search.map((domain) => `      - '${domain}'`));
  return `${lines.join("\n")}\n`;
}

function interfacesFile(values: Section, resolver: Resolver): string {
  const { search, servers } = dns(values, resolver);
  const lines = ["auto lo", "iface lo inet loopback", ""];
  if (servers.length > 0) lines.push(`        dns_nameservers ${servers.join(" ")}`);
  if (search.length > 0) lines.push(`        dns_search ${search.join(" ")}`);
  for (const { index, ip } of interfaces(values)) {
    const name = `eth${index}`;
    lines.push(`auto ${name}`);
    if (ip.ip === "dhcp") lines.push(`iface ${name} inet dhcp`);
    else if (ip.ip) {
      const [address, prefix] = ip.ip.split("/");
      lines.push(`iface ${name} inet static`, `        address ${address}`);
      lines.push(`        netmask ${netmask(Number(prefix))}`);
      if (ip.gw) lines.push(`        gateway ${ip.gw}`);
    }
    if (ip.ip6 === "dhcp" || ip.ip6 === "auto") lines.push(`iface ${name} inet6 ${ip.ip6}`);
    else if (ip.ip6) {
      const [address, prefix] = ip.ip6.split("/");
      lines.push(`iface ${name} inet6 static`, `        address ${address}`, `        netmask ${prefix}`);
      if (ip.gw6) lines.push(`        gateway ${ip.gw6}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Format of the cloud-init image: what the VM says, else what its operating system reads. */
export function cloudinitFormat(values: Section): string {
  const windows = /^(wxp|w2k|w2k3|w2k8|wvista|win\d+)$/.test(values.ostype ?? "");
  return values.citype ?? (windows ? "configdrive2" : "nocloud");
}

/** GET cloudinit/dump: the files that the image would hold. */
export function dumpCloudinit(
  values: Section,
  vmid: number,
  type: "user" | "network" | "meta",
  resolver: Resolver,
  mask: boolean,
): string {
  if (type === "user") return userData(values, vmid, mask);
  const nocloud = cloudinitFormat(values) === "nocloud";
  const network = nocloud ? nocloudNetwork(values, resolver) : interfacesFile(values, resolver);
  if (type === "network") return network;
  const id = createHash("sha1")
    .update(userData(values, vmid, false) + network)
    .digest("hex");
  if (nocloud) return `instance-id: ${id}\n`;
  return `{\n     "uuid": "${id}",\n     "network_config": { "content_path": "/content/0000" }\n}\n`;
}

/** One line of GET cloudinit. */
interface CloudinitEntry {
  key: string;
  value?: string | number;
  pending?: string | number;
  delete?: 1;
}

/** GET cloudinit: what the image says and what it would say if it were made now. */
export function cloudinitEntries(file: VmConfig): CloudinitEntry[] {
  const shown = (key: string, text: string): string | number =>
    key === "cipassword" ? "**********" : shownValue(key, text);
  const { added = "", ...recorded } = file.cloudinit ?? {};
  const entries: CloudinitEntry[] = [];
  for (const key of added.split(",").filter((name) => name !== "")) {
    const now = file.config[key];
    entries.push({ key, ...(now === undefined ? {} : { pending: shown(key, now) }) });
  }
  for (const key of cloudinitOptions) {
    const now = file.config[key];
    if (!now || now === "0" || added.includes(key)) continue;
    const old = recorded[key];
    entries.push(old ? { key, value: shown(key, old), pending: shown(key, now) } : { key, value: shown(key, now) });
  }
  for (const key of Object.keys(recorded)) {
    if (!file.config[key]) entries.push({ key, delete: 1 });
  }
  return entries;
}

/** Notes that a cloud-init option of a running VM now differs from the image, or no longer does. */
export function recordCloudinitChange(file: VmConfig, key: string, old: string | undefined, now?: string): void {
  if (!isCloudinitOption(key) && key !== "name" && !/^net\d+$/.test(key)) return;
  const { added: names = "", ...rest } = file.cloudinit ?? {};
  const recorded: Section = rest;
  const added = new Set(names.split(",").filter((name) => name !== ""));
  if (now !== undefined) {
    if (recorded[key] !== undefined) {
      if (recorded[key] === now) delete recorded[key];
    } else if (!added.has(key)) {
      if (old === undefined) added.add(key);
      else recorded[key] = old;
    }
  } else if (old !== undefined && recorded[key] === undefined && !added.delete(key)) {
    recorded[key] = old;
  }
  file.cloudinit = { ...recorded, ...(added.size > 0 ? { added: [...added].sort().join(",") } : {}) };
}

import { createHash } from "node:crypto";
import { offeredAddresses } from "../sdn/dhcp.js";
import { runningSdn } from "../sdn/sdn.js";
import { cloudinitDrive } from "./cloudinit.js";
import type { Vm, VmContext } from "./context.js";
import { addressesIn, ownNetworkConfig } from "./nocloud.js";
import { parseIpConfig } from "./ipconfig.js";
import { netIndices, parseNet } from "./network-device.js";

interface Address {
  "ip-address": string;
  "ip-address-type": "ipv4" | "ipv6";
  prefix: number;
}

/** A network interface as the guest agent tells it. */
interface GuestInterface {
  name: string;
  "hardware-address": string;
  "ip-addresses"?: Address[];
  statistics?: Record<string, number>;
}

const ipv4 = (address: string, prefix: number): Address => ({
  "ip-address": address,
  "ip-address-type": "ipv4",
  prefix,
});
const ipv6 = (address: string, prefix: number): Address => ({
  "ip-address": address,
  "ip-address-type": "ipv6",
  prefix,
});

/** What `guest-network-get-interfaces` answers: loopback, then the devices that the guest was started with. */
export function guestInterfaces(context: VmContext, vm: Vm): GuestInterface[] {
  const loopback = [ipv4("127.0.0.1", 8), ipv6("::1", 128)];
  return [
    { name: "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": loopback, statistics: statistics(0) },
    ...netIndices(vm.config).map((index) => guestInterface(context, vm, index)),
  ];
}

function guestInterface(context: VmContext, vm: Vm, index: number): GuestInterface {
  const mac = (parseNet(vm.config[`net${index}`] ?? "").macaddr ?? "").toLowerCase();
  const shown: GuestInterface = { name: `eth${index}`, "hardware-address": mac };
  // the guest has not configured what came later
  if (vm.running?.hotplugged?.includes(`net${index}`)) return shown;
  const addresses = configuredAddresses(context, vm, index);
  return { ...shown, "ip-addresses": [...addresses, ipv6(linkLocal(mac), 64)], statistics: statistics(3) };
}

/** Static addresses of cloud-init, else a lease; a device that cloud-init does not mention stays without. */
function configuredAddresses(context: VmContext, vm: Vm, index: number): Address[] {
  const own = vm.running?.os?.address;
  if (own !== undefined) return index === 0 ? [cidr(own)] : [];
  const { bridge } = parseNet(vm.config[`net${index}`] ?? "");
  const network = ownNetworkConfig(context, vm);
  if (network !== undefined)
    return addressesIn(network, index).flatMap((address) =>
      address === "dhcp" ? leases(context, vm, index, bridge) : [cidr(address)],
    );
  if (cloudinitDrive(vm.config) === undefined) return leases(context, vm, index, bridge);
  const text = vm.config[`ipconfig${index}`];
  const config = text?.trim() ? parseIpConfig(text) : undefined;
  if (!config) return [];
  const addresses: Address[] = [];
  if (config.ip === "dhcp") addresses.push(...leases(context, vm, index, bridge));
  else if (config.ip) addresses.push(cidr(config.ip));
  if (config.ip6?.includes("/")) addresses.push(cidr(config.ip6));
  else if (config.ip6 === "dhcp" && bridge !== undefined)
    addresses.push(...vnetLeases(context, vm, index, bridge).filter((address) => !isIpv4Address(address)));
  return addresses;
}

function cidr(text: string): Address {
  const [address = "", prefix = "0"] = text.split("/");
  return address.includes(":") ? ipv6(address, Number(prefix)) : ipv4(address, Number(prefix));
}

/** What DHCP gives a device: on a vnet what the node's server has for it, elsewhere an address always comes. */
function leases(context: VmContext, vm: Vm, index: number, bridge: string | undefined): Address[] {
  if (bridge === undefined || !runningSdn(context.cluster).vnets[bridge]) return [lease(context, vm, index, bridge)];
  return vnetLeases(context, vm, index, bridge).filter(isIpv4Address);
}

/** A guest asks until something comes, and keeps it until it boots anew, whatever the IPAM has for it by then. */
function vnetLeases(context: VmContext, vm: Vm, index: number, vnet: string): Address[] {
  const { macaddr } = parseNet(vm.config[`net${index}`] ?? "");
  if (macaddr === undefined || !vm.running) return [];
  const key = `${vnet} ${macaddr}`;
  const has = vm.running.leases?.[key] ?? offeredAddresses(context.cluster, context.node, vnet, macaddr);
  if (has.length > 0) (vm.running.leases ??= {})[key] = has;
  return has.map(cidr);
}

const isIpv4Address = (address: Address): boolean => address["ip-address-type"] === "ipv4";

/** A lease in the bridge's network that depends on nothing but the VM: the same after every start. */
function lease(context: VmContext, vm: Vm, index: number, bridge: string | undefined): Address {
  const network = bridgeNetwork(context, bridge) ?? "192.168.0.1/24";
  const [address = "", prefix = "24"] = network.split("/");
  const hash = createHash("sha256").update(`${vm.vmid}/${index}`).digest();
  const host = index === 0 && vm.vmid >= 100 && vm.vmid < 250 ? vm.vmid : 50 + ((hash[0] as number) % 200);
  return ipv4(`${address.split(".").slice(0, 3).join(".")}.${host}`, Number(prefix));
}

/** The node's own address on a bridge, with its prefix. */
function bridgeNetwork(context: VmContext, bridge: string | undefined): string | undefined {
  const stanza = new RegExp(`iface\\s+${bridge ?? "vmbr0"}\\s+inet\\s+static([^]*?)(?:\\n\\s*\\n|$)`);
  const lines = stanza.exec(context.node.network.interfaces)?.[1] ?? "";
  return /address\s+(\d+\.\d+\.\d+\.\d+\/\d+)/.exec(lines)?.[1];
}

/** Link-local address by EUI-64. */
function linkLocal(mac: string): string {
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16);
  return `fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`;
}

function statistics(packets: number): Record<string, number> {
  const counters = ["dropped", "errs", "bytes", "packets"].flatMap((name) => [`rx-${name}`, `tx-${name}`]);
  return {
    ...Object.fromEntries(counters.map((name) => [name, 0])),
    "tx-packets": packets,
    "tx-bytes": packets * 88,
  };
}

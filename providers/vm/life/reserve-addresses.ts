import { wire } from "../../../pve";
import { inNetworkOf, parseAddress, parseCidr } from "../../../pve/format/cidr";
import { isMade } from "../../checks/made-here";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { VmConfig } from "../config/vm-config";
import { nicsOf } from "../config/guest-fields";
import type { GuestRef } from "../outputs";
import type { GuestInputs } from "../vm.model";

/** Zones of vnets whose addresses the built-in IPAM has, by vnet. */
type Vnets = ReadonlyMap<string, string>;

const makeVnets = () => new Map<"all", Promise<Vnets>>();

/**
 * Reserves static addresses of devices on vnets in the built-in IPAM, so that nobody else gets them: a new device has been
 * given any address there, which is exchanged for the one that the program says. Proxmox frees them with the device.
 */
export async function reserveAddresses(
  pve: Pve,
  call: Call,
  { vmid }: GuestRef,
  guest: VmConfig,
  inputs: GuestInputs,
): Promise<void> {
  const macs = nicsOf(guest);
  const wanted = (inputs.networks ?? []).flatMap(({ bridge }, index) => {
    const { address, address6 } = inputs.cloudInit?.addresses?.[index] ?? {};
    const own = [address, address6].flatMap((text) => parseCidr(text ?? "")?.address.toString() ?? []);
    const mac = macs[`net${index}`];
    return mac === undefined ? [] : own.map((ip) => ({ vnet: bridge, ip, mac }));
  });
  if (wanted.length === 0) return;
  for (const { vnet, ip, mac } of wanted) {
    const zone = (await vnetsOf(pve, vnet)).get(vnet);
    if (zone === undefined) continue;
    if (!(await isInSubnet(pve, vnet, ip))) {
      call.report.warn(`${ip} is in no subnet of vnet ${vnet}, and was not reserved in the IPAM`);
      continue;
    }
    const holder = await holderOf(pve, vnet, ip);
    if (holder === mac.toUpperCase()) continue;
    if (holder !== undefined)
      throw new Error(`${ip} is not free in vnet ${vnet}: the IPAM has given it to ${holder}; write another address`);
    await pve.write(call, {
      what: `reserving ${ip} in vnet ${vnet}`,
      lock: "cluster:sdn-ipam.cfg",
      send: async () => {
        const { transport } = pve.process.connection;
        // Only an address that the device has can be exchanged.
        const has = (await entriesOf(pve, vnet)).some(
          (row) => wire.string(row["mac"])?.toUpperCase() === mac.toUpperCase() && isSameFamily(row["ip"], ip),
        );
        const path = `/cluster/sdn/vnets/${vnet}/ips`;
        if (has) await transport.request("PUT", path, { zone, ip, mac, vmid });
        else await transport.request("POST", path, { zone, ip, mac });
      },
      happened: async () => (await holderOf(pve, vnet, ip)) === mac.toUpperCase(),
    });
  }
}

async function entriesOf(pve: Pve, vnet: string): Promise<wire.WireObject[]> {
  const { data } = await pve.process.connection.transport.request("GET", "/cluster/sdn/ipams/pve/status");
  return wire.list(data).filter((row) => row["vnet"] === vnet);
}

const isSameFamily = (one: unknown, other: string): boolean =>
  parseAddress(wire.string(one) ?? "")?.kind() === parseAddress(other)?.kind();

/** Proxmox refuses an address outside the subnets that were applied. */
async function isInSubnet(pve: Pve, vnet: string, ip: string): Promise<boolean> {
  const { transport } = pve.process.connection;
  const { data } = await transport.request("GET", `/cluster/sdn/vnets/${vnet}/subnets`, { running: 1 });
  const address = parseAddress(ip);
  return wire.list(data).some((row) => {
    const cidr = parseCidr(wire.string(row["cidr"]) ?? "");
    return cidr !== undefined && address !== undefined && inNetworkOf(cidr, address);
  });
}

/** Whose address it is in the IPAM: a MAC address, or what else has it. */
async function holderOf(pve: Pve, vnet: string, ip: string): Promise<string | undefined> {
  const entry = (await entriesOf(pve, vnet)).find((row) => row["ip"] === ip);
  if (!entry) return undefined;
  const mac = wire.string(entry["mac"]);
  return mac?.toUpperCase() ?? (wire.boolean(entry["gateway"]) ? "the gateway" : "somebody without a MAC address");
}

/** Only of zones that serve DHCP the IPAM tells anything, or gives anything away. */
async function vnetsOf(pve: Pve, vnet: string): Promise<Vnets> {
  const memory = pve.memory("vm: vnets with addresses", makeVnets);
  const known = await memory.get("all");
  // One that the program makes may be newer than the list.
  if (known && (known.has(vnet) || !isMade(pve, "bridge", vnet))) return known;
  const reading = readVnets(pve);
  memory.set("all", reading);
  reading.catch(() => memory.delete("all"));
  return reading;
}

async function readVnets(pve: Pve): Promise<Vnets> {
  const { transport } = pve.process.connection;
  const list = async (path: string) => wire.list((await transport.request("GET", path, { running: 1 })).data);
  const vnets = await list("/cluster/sdn/vnets");
  if (vnets.length === 0) return new Map();
  const zones = (await list("/cluster/sdn/zones")).filter((row) => row["ipam"] === "pve" && row["dhcp"] !== undefined);
  const serving = new Set(zones.map((row) => wire.string(row["zone"])));
  return new Map(
    vnets.flatMap((row): [string, string][] => {
      const [vnet, zone] = [wire.string(row["vnet"]), wire.string(row["zone"])];
      return vnet !== undefined && zone !== undefined && serving.has(zone) ? [[vnet, zone]] : [];
    }),
  );
}

import { wire } from "../../../pve";
import { isMade } from "../../checks/made-here";
import type { ServedSubnet } from "../../checks/served-addresses";
import type { Pve } from "../../kernel/session/pve-session";

/** A vnet whose zone serves DHCP: only of those an IPAM gives anything away. */
interface ServedVnet {
  readonly zone: string;
  readonly ipam: string;
}

type Vnets = ReadonlyMap<string, ServedVnet>;

const makeVnets = () => new Map<"all", Promise<Vnets>>();

/** The vnet as it was applied last; undefined where nothing gives out its addresses, or it is no vnet. */
export async function servedVnet(pve: Pve, vnet: string): Promise<ServedVnet | undefined> {
  const memory = pve.memory("vm: vnets with addresses", makeVnets);
  const known = await memory.get("all");
  // One that the program makes may be newer than the list.
  if (known && (known.has(vnet) || !isMade(pve, "bridge", vnet))) return known.get(vnet);
  const reading = readVnets(pve);
  memory.set("all", reading);
  reading.catch(() => memory.delete("all"));
  return (await reading).get(vnet);
}

async function readVnets(pve: Pve): Promise<Vnets> {
  const { transport } = pve.process.connection;
  const list = async (path: string) => wire.list((await transport.request("GET", path, { running: 1 })).data);
  const vnets = await list("/cluster/sdn/vnets");
  if (vnets.length === 0) return new Map();
  const zones = (await list("/cluster/sdn/zones")).filter((row) => row["dhcp"] !== undefined && row["dhcp"] !== null);
  const ipams = new Map(zones.map((row) => [wire.string(row["zone"]), wire.string(row["ipam"])]));
  return new Map(
    vnets.flatMap((row): [string, ServedVnet][] => {
      const [vnet, zone] = [wire.string(row["vnet"]), wire.string(row["zone"])];
      const ipam = ipams.get(zone);
      return vnet !== undefined && zone !== undefined && ipam !== undefined ? [[vnet, { zone, ipam }]] : [];
    }),
  );
}

/** Its subnets, as they were applied last. */
export async function appliedSubnets(pve: Pve, vnet: string, ipam: string): Promise<ServedSubnet[]> {
  const { transport } = pve.process.connection;
  const { data } = await transport.request("GET", `/cluster/sdn/vnets/${vnet}/subnets`, { running: 1 });
  return wire.list(data).map((row) => ({
    ...{ vnet, ipam, cidr: wire.string(row["cidr"]) ?? "", gateway: wire.string(row["gateway"]) },
    ranges: (row["dhcp-range"] === undefined || row["dhcp-range"] === null ? [] : wire.list(row["dhcp-range"])).map(
      (range) => ({ start: wire.string(range["start-address"]) ?? "", end: wire.string(range["end-address"]) ?? "" }),
    ),
  }));
}

/** Whose address it is in the built-in IPAM. */
export interface Holder {
  /** A MAC address, or what else has it. */
  readonly called: string;
  readonly vmid: number | undefined;
}

export async function entriesOf(pve: Pve, vnet: string): Promise<wire.WireObject[]> {
  const { data } = await pve.process.connection.transport.request("GET", "/cluster/sdn/ipams/pve/status");
  return wire.list(data).filter((row) => row["vnet"] === vnet);
}

export async function holderOf(pve: Pve, vnet: string, ip: string): Promise<Holder | undefined> {
  const entry = (await entriesOf(pve, vnet)).find((row) => row["ip"] === ip);
  if (!entry) return undefined;
  const mac = wire.string(entry["mac"])?.toUpperCase();
  const other = wire.boolean(entry["gateway"]) ? "the gateway" : "somebody without a MAC address";
  return { called: mac ?? other, vmid: wire.integer(entry["vmid"]) };
}

import { wire, type Connection } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import { stagedFabrics } from "./sdn-fabrics";

/** The kinds that are staged and applied, in the order in which they stand on each other. */
export const collections = ["controllers", "zones", "vnets", "subnets"] as const;

export type Collection = (typeof collections)[number];

/** An object as Proxmox keeps it; ranges of DHCP in one text. */
export type SdnObjects = Readonly<Record<Collection, ReadonlyMap<string, Texts>>>;

/** The SDN of a cluster: what was applied last, and what is configured and will be applied next. */
export interface SdnView {
  readonly running: SdnObjects;
  readonly config: SdnObjects;
  /** What is staged of fabrics, a line each: an apply takes it along. */
  readonly fabrics: readonly string[];
}

type Reader = Pick<Connection, "transport">;

/** Keys that say where an object is, or follow from others. */
const aside = new Set([...["digest", "state", "pending", "controller-id", "id", "cidr", "network", "mask", "subnet"]]);

/** A subnet is known by its vnet and its network. */
export const subnetKey = (vnet: string, cidr: string): string => `${vnet}/${cidr}`;

/** The id that Proxmox makes of both, with the zone of the vnet. */
export const subnetId = (zone: string, cidr: string): string => `${zone}-${cidr.replace("/", "-")}`;

function textsOf(row: wire.WireObject, ...names: string[]): Texts {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(row)) {
    if (aside.has(key) || names.includes(key) || value === null) continue;
    if (key === "dhcp-range") {
      const ranges = wire.list(value).map((range) => {
        const [start, end] = [wire.string(range["start-address"]), wire.string(range["end-address"])];
        return `start-address=${start ?? ""},end-address=${end ?? ""}`;
      });
      if (ranges.length > 0) texts[key] = ranges.join(";");
      continue;
    }
    const text = wire.string(value);
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

async function rows({ transport }: Reader, path: string, running: boolean): Promise<readonly wire.WireObject[]> {
  const { data } = await transport.request("GET", path, running ? { running: 1 } : {});
  return wire.list(data);
}

async function objects(reader: Reader, running: boolean, vnetNames?: readonly string[]): Promise<SdnObjects> {
  const at = "/cluster/sdn";
  const named = (list: readonly wire.WireObject[], key: string) =>
    new Map(
      list.map((row) => {
        const { [key]: name, ...rest } = row;
        return [wire.string(name) ?? "", textsOf(rest)] as const;
      }),
    );
  const [controllers, zones, vnets] = await Promise.all([
    rows(reader, `${at}/controllers`, running),
    rows(reader, `${at}/zones`, running),
    rows(reader, `${at}/vnets`, running),
  ]);
  const of = vnetNames ?? vnets.map((row) => wire.string(row["vnet"]) ?? "");
  const subnets = await Promise.all(of.map((vnet) => rows(reader, `${at}/vnets/${vnet}/subnets`, running)));
  return {
    controllers: named(controllers, "controller"),
    zones: named(zones, "zone"),
    vnets: new Map([...named(vnets, "vnet")].map(([name, texts]) => [name, { ...texts, type: "vnet" }])),
    subnets: new Map(
      subnets.flat().map((row) => {
        const key = subnetKey(wire.string(row["vnet"]) ?? "", wire.string(row["cidr"]) ?? "");
        const { zone: _, ...texts } = textsOf(row);
        return [key, { ...texts, type: "subnet" }];
      }),
    ),
  };
}

/**
 * Reads all of it. Proxmox leaves out of its lists what the user may not see, so that the right to see all of it is asked
 * for first; and it tells subnets only of vnets that are configured.
 */
export async function readView(reader: Reader): Promise<SdnView> {
  await reader.transport.request("GET", "/cluster/sdn");
  const [config, fabrics] = await Promise.all([objects(reader, false), stagedFabrics(reader)]);
  return { config, running: await objects(reader, true, [...config.vnets.keys()]), fabrics };
}

/** One object whose configuration is not what was applied. */
export interface SdnDifference {
  readonly collection: Collection;
  readonly id: string;
  /** As it was applied; undefined: not there. */
  readonly before: Texts | undefined;
  readonly after: Texts | undefined;
}

/** Keys whose values differ. */
export function differing(one: Texts = {}, other: Texts = {}): string[] {
  const plain = (key: string, text: string | undefined) =>
    text !== undefined && listKeys.has(key) ? text.split(/[,;]/).sort().join() : text;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => plain(key, one[key]) !== plain(key, other[key]),
  );
}

const listKeys = new Set(["nodes", "exitnodes", "dhcp-range", "peers", "rt-import", "isis-ifaces"]);

/** What differs between two states. */
export function differences(before: SdnObjects, after: SdnObjects): SdnDifference[] {
  return collections.flatMap((collection) => {
    const ids = new Set([...before[collection].keys(), ...after[collection].keys()]);
    return [...ids].sort().flatMap((id) => {
      const [one, other] = [before[collection].get(id), after[collection].get(id)];
      const same = one !== undefined && other !== undefined && differing(one, other).length === 0;
      return same ? [] : [{ collection, id, before: one, after: other }];
    });
  });
}

const nouns: Readonly<Record<Collection, string>> = {
  controllers: "controller",
  zones: "zone",
  vnets: "vnet",
  subnets: "subnet",
};

/** A difference for people, a line. */
export function shown({ collection, id, before, after }: SdnDifference): string {
  const what = `${nouns[collection]} ${id}`;
  if (after === undefined) return `${what}: deleted`;
  const keys = differing(before, after);
  const value = (texts: Texts | undefined, key: string) => texts?.[key] ?? "not set";
  if (before === undefined) return `${what}: new (${keys.map((key) => `${key} ${value(after, key)}`).join(", ")})`;
  return `${what}: ${keys.map((key) => `${key} ${value(before, key)} -> ${value(after, key)}`).join(", ")}`;
}

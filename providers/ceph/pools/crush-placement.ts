import { wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";

/** A rule of one choice, as Proxmox and Ceph make them. */
export interface PlacementRule {
  readonly name: string;
  readonly root: string;
  readonly deviceClass: string | undefined;
  /** The kind of place that no two copies share. */
  readonly failureDomain: string;
}

/** The rules in the map as `crushtool -d` writes it; one with several choices has none of the facts, and is left out. */
export function rulesIn(text: string): PlacementRule[] {
  const found: PlacementRule[] = [];
  for (const [, name = "", body = ""] of text.matchAll(/^rule (\S+) \{\n([^}]*)\}/gm)) {
    const takes = [...body.matchAll(/^\s*step take (\S+)(?: class (\S+))?\s*$/gm)];
    const choices = [...body.matchAll(/^\s*step choose(?:leaf)? \w+ -?\d+ type (\S+)\s*$/gm)];
    const [take, choice] = [takes[0], choices[0]];
    if (!take || !choice || takes.length > 1 || choices.length > 1) continue;
    found.push({ name, root: take[1] ?? "", deviceClass: take[2], failureDomain: choice[1] ?? "" });
  }
  return found;
}

/** All names of rules, also of those that are not judged. */
export const ruleNamesIn = (text: string): string[] =>
  [...text.matchAll(/^rule (\S+) \{/gm)].map(([, name = ""]) => name);

/** An OSD of the tree, with the places around it. */
interface PlacedOsd {
  readonly id: number;
  readonly deviceClass: string | undefined;
  readonly serving: boolean;
  /** Names of the places around it by their kinds: `host`, `rack`, `root`. */
  readonly within: Readonly<Record<string, string>>;
}

/** The OSDs of `GET /nodes/{node}/ceph/osd`. */
export function osdsIn(answer: unknown): PlacedOsd[] {
  const root = wire.object(wire.object(answer)["root"]);
  if (!Array.isArray(root["children"]))
    throw new Error("the answer to what OSDs there are is not whole; nothing was changed");
  const found: PlacedOsd[] = [];
  const visit = (row: wire.WireObject, around: Readonly<Record<string, string>>): void => {
    const kind = wire.string(row["type"]) ?? "";
    if (kind === "osd") {
      found.push({
        id: wire.integer(row["id"]) ?? -1,
        deviceClass: wire.string(row["device_class"]),
        serving: row["status"] === "up" && wire.boolean(row["in"]),
        within: { ...around, osd: wire.string(row["id"]) ?? "" },
      });
      return;
    }
    const within = { ...around, [kind]: wire.string(row["name"]) ?? "" };
    for (const child of wire.list(row["children"])) visit(child, within);
  };
  for (const child of wire.list(root["children"])) visit(child, {});
  return found;
}

/** The OSDs that a rule places on, and the different places among those that serve. */
export function placesOf(rule: PlacementRule, osds: readonly PlacedOsd[]): { osds: number; places: string[] } {
  const serving = osds.filter(
    (osd) =>
      osd.serving &&
      Object.values(osd.within).includes(rule.root) &&
      (rule.deviceClass === undefined || osd.deviceClass === rule.deviceClass),
  );
  const places = serving.map(({ within }) => within[rule.failureDomain] ?? "").filter((name) => name !== "");
  return { osds: serving.length, places: [...new Set(places)].sort() };
}

/** Rules and OSDs as they are now. */
export interface Placement {
  readonly rules: readonly PlacementRule[];
  readonly ruleNames: readonly string[];
  readonly osds: readonly PlacedOsd[];
}

export async function readPlacement(pve: Pve, node: string): Promise<Placement> {
  const at = pve.api.nodes.$(node).ceph;
  const text: unknown = await at.crush.$get();
  if (typeof text !== "string" || !text.includes("# begin crush map"))
    throw new Error("the answer to what the CRUSH map is, is no map; nothing was changed");
  return { rules: rulesIn(text), ruleNames: ruleNamesIn(text), osds: await readOsds(pve, node) };
}

/** A map without any bucket is a refusal of Proxmox's (PVE/API2/Ceph/OSD.pm): then there are no OSDs. */
async function readOsds(pve: Pve, node: string): Promise<PlacedOsd[]> {
  try {
    return osdsIn(await pve.api.nodes.$(node).ceph.osd.$get());
  } catch (error) {
    if (error instanceof Error && /no (?:tree nodes|root node) found/.test(error.message)) return [];
    throw error;
  }
}

import { wire } from "../../pve";
import { itemsIn, type Texts } from "../kernel/fields/codec";

/** An interface as Proxmox tells it: its keys as texts. */
export type InterfaceRow = Texts;
/** The interfaces of a node by their names. */
export type Rows = ReadonlyMap<string, InterfaceRow>;

/** What says nothing of what is configured: places in the file, and what the kernel has. */
const passing = new Set(["priority", "exists", "active", "altnames", "iface"]);

export function rowsOf(list: unknown): Map<string, InterfaceRow> {
  return new Map(
    wire.list(list).flatMap((row) => {
      const name = wire.string(row["iface"]);
      return name === undefined ? [] : [[name, rowOf(row)] as const];
    }),
  );
}

function rowOf(row: wire.WireObject): InterfaceRow {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(row)) {
    if (passing.has(key)) continue;
    // Lines that Proxmox only keeps, and the families of the addresses.
    const text = Array.isArray(value) ? value.map(String).join("\n") : wire.string(value);
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

const portKeys = ["bridge_ports", "slaves", "ovs_ports", "ovs_bonds"];

/** The interfaces that a bridge or bond joins. */
export const portsOf = (row: InterfaceRow): string[] => portKeys.flatMap((key) => itemsIn(row[key] ?? ""));

/** What an interface stands on: its ports, a VLAN's parent, an alias's interface, the bridge of a port of Open vSwitch. */
export function below(name: string, row: InterfaceRow): string[] {
  const [, dotted] = /^([^.:]+)[.:]\d+$/.exec(name) ?? [];
  return [
    ...portsOf(row),
    ...[row["vlan-raw-device"] ?? dotted, row["type"] === "OVSIntPort" ? row["ovs_bridge"] : undefined].filter(
      (one) => one !== undefined,
    ),
  ];
}

/** A port `eno2.9` that no stanza names is made by its bridge. */
export const parentOf = (port: string): string | undefined => /^(.+)\.\d+$/.exec(port)?.[1];

/** The keys in which two states of an interface differ. */
export function differing(one: InterfaceRow | undefined, other: InterfaceRow | undefined): string[] {
  return [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])].filter(
    (key) => meaning(key, one?.[key]) !== meaning(key, other?.[key]),
  );
}

const meaning = (key: string, text: string | undefined): string => {
  if (portKeys.includes(key)) return [...new Set(itemsIn(text ?? ""))].sort().join(" ");
  if (key === "comments") return (text ?? "").trimEnd();
  return text ?? "";
};

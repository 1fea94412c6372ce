import { isDeepStrictEqual } from "node:util";
import type { Model } from "../kernel/resource-kind";
import { mappedIn } from "../kernel/fields/codec";
import type { Known } from "../kernel/fields/field";
import { changeOfTexts, fromTexts, toTexts, type MappedFields } from "../kernel/fields/mapping";
import type { InterfaceRow, Rows } from "./row";

/** What a program writes of every interface. */
export interface InterfaceInputs {
  readonly node: string;
  readonly name: string;
  readonly adopt?: boolean | undefined;
  readonly nodeLocal?: boolean | undefined;
  readonly peers?: readonly string[] | undefined;
  readonly jumbo?: boolean | undefined;
  readonly restoreAfter?: string | undefined;
  readonly unguarded?: boolean | undefined;
}

/** What the state knows an interface by. */
export interface InterfaceOutputs {
  readonly node: string;
  readonly name: string;
}

/** One kind of interfaces, and its way to and from Proxmox. */
export interface Kind {
  readonly kind: string;
  /** What messages call it. */
  readonly noun: string;
  /** Proxmox's `type`; more than one where Proxmox changes it by itself. */
  readonly types: readonly [string, ...string[]];
  readonly model: Model;
  readonly mapped: MappedFields;
  /** What stands on others has a higher number. */
  readonly layer: number;
  /** It is hardware: neither made nor removed. */
  readonly physical?: boolean;
}

type Shape = Readonly<Record<string, Known>>;

export const mapped = (shape: Shape): MappedFields => mappedIn(shape);

type Values = Readonly<Record<string, unknown>>;

/** Parameters of a request. */
export type Sent = Readonly<Record<string, string>>;

/** What makes the interface. */
export function creation({ types, mapped: fields }: Kind, { name, ...inputs }: InterfaceInputs): Sent {
  return { iface: name, type: types[0], ...nonZero(toTexts(fields, inputs)) };
}

/** Any value of it switches VLAN awareness on: off is not to say it. */
const nonZero = ({ bridge_vlan_aware: aware, bridge_vids: ids, ...rest }: Sent): Sent => ({
  ...rest,
  ...(aware === "1" ? { bridge_vlan_aware: "1", ...(ids === undefined ? {} : { bridge_vids: ids }) } : {}),
});

/** These are looked for in each request alone: left out, the method becomes manual and IPv6 is lost. */
export const resent = ["cidr", "gateway", "cidr6", "gateway6"];

/**
 * What must be sent so that the interface is as wanted, and what was managed and no longer is, reset; undefined when
 * nothing. `rows`: all of the node's, for what a bridge of Open vSwitch holds without naming it.
 */
export function change(kind: Kind, row: InterfaceRow, wanted: Values, was: Values, rows: Rows): Sent | undefined {
  const live = ownPorts(kind, row, rows, String(wanted["name"]));
  const { set, delete: gone } = changeOfTexts(kind.mapped, live, wanted, was);
  const { bridge_vlan_aware: aware, ...values } = set;
  const deleted = new Set(gone);
  if (aware === "1") values["bridge_vlan_aware"] = "1";
  else if (aware !== undefined && row["bridge_vlan_aware"] !== undefined) deleted.add("bridge_vlan_aware");
  if (deleted.has("bridge_vlan_aware") && values["bridge_vids"] === undefined) deleted.add("bridge_vids");
  for (const suffix of ["", "6"])
    if (deleted.has(`cidr${suffix}`) && row[`gateway${suffix}`] !== undefined && !values[`gateway${suffix}`])
      deleted.add(`gateway${suffix}`);
  if (values["ovs_ports"] !== undefined)
    values["ovs_ports"] = [values["ovs_ports"], ...joined(rows, String(wanted["name"]))].join(" ").trim();
  if (Object.keys(values).length === 0 && deleted.size === 0) return undefined;
  const type = kind.types.find((one) => one === row["type"]) ?? kind.types[0];
  const kept = resent.filter((key) => row[key] !== undefined && !deleted.has(key));
  return {
    type,
    ...Object.fromEntries(kept.map((key) => [key, row[key] ?? ""])),
    ...values,
    ...(deleted.size > 0 ? { delete: [...deleted].join(",") } : {}),
  };
}

/** The ports that name a bridge of Open vSwitch themselves. */
const joined = (rows: Rows, bridge: string): string[] =>
  [...rows].flatMap(([name, row]) =>
    /^OVS(?:IntPort|Bond)$/.test(row["type"] ?? "") && row["ovs_bridge"] === bridge ? [name] : [],
  );

/** A bridge of Open vSwitch as its resource sees it: with the ports that nobody else brings. */
function ownPorts({ types }: Kind, row: InterfaceRow, rows: Rows, name: string): InterfaceRow {
  const { ovs_ports: ports } = row;
  if (types[0] !== "OVSBridge" || ports === undefined) return row;
  const others = joined(rows, name);
  return {
    ...row,
    ovs_ports: ports
      .split(/\s+/)
      .filter((port: string) => !others.includes(port))
      .join(" "),
  };
}

/** The interface in the terms of the inputs; a field that is not there is undefined. */
export function liveInputs(kind: Kind, row: InterfaceRow, wanted: Values, rows: Rows): Record<string, unknown> {
  const found = fromTexts(kind.mapped, ownPorts(kind, row, rows, String(wanted["name"])), wanted);
  return Object.fromEntries(Object.keys(kind.mapped).map((name) => [name, found[name]]));
}

/** The interface as it will be. */
export function rowAfter(
  kind: Kind,
  row: InterfaceRow | undefined,
  wanted: Values,
  was: Values,
  rows: Rows,
): InterfaceRow {
  if (row === undefined) {
    const { iface: _, ...made } = creation(kind, wanted as unknown as InterfaceInputs);
    return made;
  }
  const { delete: gone = "", ...set } = change(kind, row, wanted, was, rows) ?? {};
  const deleted = gone.split(",");
  return Object.fromEntries(Object.entries({ ...row, ...set }).filter(([key]) => !deleted.includes(key)));
}

/** Fields of which the interface is another one than wanted. */
export function changedFields(kind: Kind, row: InterfaceRow, wanted: Values, rows: Rows): string[] {
  const live = liveInputs(kind, row, wanted, rows);
  return Object.keys(kind.mapped).filter((name) => {
    const [value, now] = [wanted[name], live[name]];
    return value !== undefined && !isDeepStrictEqual(value, now) && !kind.model.same?.(name, value, now);
  });
}

/** What makes a physical interface as if no resource had ever described it. */
export function reset({ mapped: fields, types }: Kind, row: InterfaceRow, managed: Values): Sent | undefined {
  const keys = Object.entries(fields).flatMap(([name, { key }]) =>
    managed[name] !== undefined && row[key] !== undefined ? [key] : [],
  );
  if (keys.length === 0) return undefined;
  const gone = new Set(keys.flatMap((key) => (key.startsWith("cidr") ? [key, key.replace("cidr", "gateway")] : [key])));
  const kept = resent.filter((key) => row[key] !== undefined && !gone.has(key));
  return {
    type: types.find((one) => one === row["type"]) ?? types[0],
    ...Object.fromEntries(kept.map((key) => [key, row[key] ?? ""])),
    delete: [...gone].join(","),
  };
}

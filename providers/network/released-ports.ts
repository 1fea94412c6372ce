import { itemsIn } from "../kernel/fields/codec";
import { resent, type Sent } from "./kind";
import { portsOf, type InterfaceRow, type Rows } from "./row";

/** Keys of those that give up ports by themselves; a bridge of Open vSwitch is told by its ports. */
const keys = ["bridge_ports", "slaves"];

/** What gives up ports before anything else is staged, and what takes them back. */
export interface Release {
  readonly send: Sent;
  readonly back: Sent;
}

/**
 * A card that moves from a bridge into a bond below it, or a swap between two bridges: neither can be staged before the
 * other one, for Proxmox looks for each port and lets two have none in common. So the ports that go are given up first;
 * undefined where nothing is in the way of the change itself. A bond without any port is none: it keeps one at least.
 */
export function releaseOf(name: string, row: InterfaceRow, sent: Sent | undefined, rows: Rows): Release | undefined {
  const key = keys.find((one) => sent?.[one] !== undefined);
  if (sent === undefined || key === undefined) return undefined;
  const [has, wanted] = [itemsIn(row[key] ?? ""), itemsIn(sent[key] ?? "")];
  const kept = has.filter((port) => wanted.includes(port));
  const taken = new Set([...rows].flatMap(([other, one]) => (other === name ? [] : portsOf(one))));
  const isBlocked = wanted.some((port) => !has.includes(port) && (!rows.has(port) || taken.has(port)));
  if (!isBlocked || kept.length === has.length || (key === "slaves" && kept.length === 0)) return undefined;
  const asItIs = {
    type: row["type"] ?? "",
    ...Object.fromEntries(resent.flatMap((one) => (row[one] === undefined ? [] : [[one, row[one]]]))),
  };
  return { send: { ...asItIs, [key]: kept.join(" ") }, back: { ...asItIs, [key]: has.join(" ") } };
}

/** Has it given up ports, and nothing else, on the way to those that it is to have? */
export function isReleased(before: InterfaceRow, after: InterfaceRow, wanted: Sent): boolean {
  const key = keys.find((one) => wanted[one] !== undefined);
  if (key === undefined) return false;
  const [had, has, next] = [before, after, wanted].map((one) => itemsIn(one[key] ?? ""));
  return has!.length < had!.length && has!.every((port) => had!.includes(port) && next!.includes(port));
}

/** Words of the file that a release changes. */
export const releasedWords: ReadonlySet<string> = new Set(["bridge-ports", "bond-slaves"]);

import type { Guest } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";
import { suggestion } from "../../kernel/state/problems";
import { ownGuests } from "../life/own-guests";

type Kind = "VM" | "template";

/** The one guest that a template's VMID or name means. */
export async function resolveTemplate(pve: Pve, template: string | number): Promise<Guest> {
  const found = await oneGuest(pve, template, "template");
  if ("problem" in found) throw new Error(`source.clone.template: ${found.problem}`);
  return found.row;
}

/** The one guest of this VMID or name, or why it cannot be told. */
export async function oneGuest(
  pve: Pve,
  wanted: string | number,
  kind: Kind,
): Promise<{ row: Guest } | { problem: string }> {
  const found = preferOurs(pve, matching(await pve.snapshot.guests(), wanted));
  // The list may be older than a template that this very run has made.
  const rows = found.length === 0 ? preferOurs(pve, matching(await pve.guestsNow(), wanted)) : found;
  const [row] = rows;
  if (row && rows.length === 1) return { row };
  return { problem: guestProblem(rows, wanted, await pve.snapshot.guests(), kind) };
}

/** A new version of a template has the name of the one that it is about to supersede: this run's own is meant. */
function preferOurs(pve: Pve, rows: readonly Guest[]): readonly Guest[] {
  const ours = rows.filter(({ vmid }) => ownGuests(pve).making.has(vmid));
  return rows.length > 1 && ours.length === 1 ? ours : rows;
}

const matching = (guests: readonly Guest[], wanted: string | number): Guest[] =>
  guests.filter((row) => row.type === "qemu" && (typeof wanted === "number" ? row.vmid : row.name) === wanted);

/** Why a guest cannot be told, with those that may be meant. */
function guestProblem(rows: readonly Guest[], wanted: string | number, guests: readonly Guest[], kind: Kind): string {
  if (rows.length > 1)
    return `${rows.length} guests are named "${wanted}": ${rows.map(place).join(", ")}; write the VMID of the one you mean`;
  const known = guests.filter((row) => row.type === "qemu" && row.template === (kind === "template"));
  const names = known.flatMap(({ name }) => name ?? []);
  const near = typeof wanted === "string" ? suggestion(wanted, names) : "";
  const list = known.map((row) => `${row.name ?? "unnamed"} (${row.vmid})`).sort();
  const shown = list.length > 20 ? [...list.slice(0, 20), `${list.length - 20} more`] : list;
  return `there is no ${kind} ${JSON.stringify(wanted)}${near}; ${
    shown.length > 0 ? `known ${kind}s: ${shown.join(", ")}` : `the cluster has no ${kind}s`
  }`;
}

const place = ({ vmid, node }: Guest): string => `${vmid} on ${node}`;

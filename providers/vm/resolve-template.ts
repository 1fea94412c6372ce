import type { Guest } from "../../pve";
import type { Place, Pve } from "../pve-session";
import type { Call } from "../runtime/call";
import { during } from "../runtime/during";
import { readPending, type GuestConfig, type PendingRow } from "./guest-config";

/** The config of a guest that others clone, read once for all of them. */
export function templateConfig(pve: Pve, call: Call, { node, vmid }: Place): Promise<GuestConfig> {
  const { templates, connection } = pve.process;
  let config = templates.get(vmid);
  if (!config) {
    config = connection.api.nodes
      .$(node)
      .qemu.$(vmid)
      .pending.$get()
      .then((rows) => readPending(rows as unknown as PendingRow[]));
    templates.set(vmid, config);
    config.catch(() => templates.delete(vmid));
  }
  return during(call.signal, config);
}

/** The one guest that a template's VMID or name means. */
export async function resolveTemplate(pve: Pve, template: string | number): Promise<Guest> {
  const found = matching(await pve.snapshot.guests(), template);
  // The list may be older than a template that this very run has made.
  const rows = found.length === 0 ? matching(await pve.guestsNow(), template) : found;
  const problem = templateProblem(rows, template, await pve.snapshot.guests());
  if (problem !== undefined) throw new Error(problem);
  return rows[0] as Guest;
}

export const matching = (guests: readonly Guest[], template: string | number): Guest[] =>
  guests.filter(
    (row) => row.type === "qemu" && (typeof template === "number" ? row.vmid === template : row.name === template),
  );

/** Why the template cannot be told, or undefined when exactly one guest is meant. */
export function templateProblem(
  rows: readonly Guest[],
  template: string | number,
  guests: readonly Guest[],
): string | undefined {
  if (rows.length === 1) return undefined;
  if (rows.length > 1)
    return `${rows.length} guests are named "${template}": ${rows.map(place).join(", ")}; write the VMID of the one you mean`;
  const known = guests.filter((row) => row.template).map((row) => `${row.name} (${row.vmid})`);
  return `there is no template ${JSON.stringify(template)}; ${known.length > 0 ? `known templates: ${known.sort().join(", ")}` : "the cluster has no templates"}`;
}

const place = ({ vmid, node }: Guest): string => `${vmid} on ${node}`;

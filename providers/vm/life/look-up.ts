import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { addressesNow } from "./addresses";
import type { VmConfig } from "../config/vm-config";
import { readGuest } from "../identity";
import { oneGuest } from "../template/resolve-template";
import type { GuestOutputs } from "../outputs";
import { outputsOf } from "./sync";

/** The guest that `get` names: by its VMID, or by its name as `name:<name>`. */
export async function lookupGuest(
  pve: Pve,
  call: Call,
  id: string,
  kind: "VM" | "template",
): Promise<{ id: string; outputs: Partial<GuestOutputs>; guest: VmConfig }> {
  const name = /^name:(.+)$/.exec(id)?.[1];
  const found = await oneGuest(pve, name ?? Number(id), kind);
  if ("problem" in found) throw new Error(found.problem);
  const { row } = found;
  if (row.template !== (kind === "template"))
    throw new Error(
      `${row.name ?? row.vmid} (${row.vmid}) on ${row.node} is ${kind === "VM" ? "a template" : "no template"}`,
    );
  const guest = await readGuest(pve, row);
  const agent = row.status === "running" && /^(?:enabled=)?1/.test(guest.config["agent"] ?? "");
  const ips = agent ? await addressesNow(pve, row) : [];
  const { vmid, node } = row;
  const at = { vmid, node, uuid: "", __mark: "", name: row.name ?? "", macs: [], ips, __volumes: {} };
  const { __mark, __volumes, ...outputs } = outputsOf(guest, at);
  call.report.result(`${kind} ${row.vmid} on ${row.node}`);
  return { id: String(row.vmid), outputs, guest };
}

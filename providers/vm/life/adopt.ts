import type { Guest } from "../../../pve";
import { randomBytes } from "node:crypto";
import { isOwnerKnown } from "../../kernel/identity/mark";
import { withMark } from "../config/mark-line";
import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import { takenByUuid } from "./adopting.model";
import { changeConfig } from "../config/change-config";
import { markOf, uuidOf, type VmConfig } from "../config/vm-config";
import type { GuestRef } from "../outputs";
import { readGuest } from "../identity";
import { oneGuest } from "../template/resolve-template";
import type { GuestInputs } from "../vm.model";
import { ownGuests } from "./own-guests";

/** Which guest the program says to adopt, and as what. */
type Adoption = Partial<Pick<GuestInputs, "name" | "vmid" | "adopt" | "uuid">> & {
  readonly kind: "VM" | "template";
};

/**
 * Takes over a guest that exists: marks it as this resource's own and changes nothing else. The mark stays unfinished
 * until the engine has recorded the resource, so that a run that was killed here can go on.
 */
export async function adopt(pve: Pve, call: Call, adoption: Adoption): Promise<GuestRef> {
  const found = await adoptee(pve, call, adoption);
  if ("problem" in found) throw new Error(found.problem);
  const { row, guest } = found;
  call.report.progress(`adopting ${called(row)}`);
  await call.safePoint();
  const uuid = uuidOf(guest) ?? "";
  const before = markOf(guest);
  const again = before.mark === call.mark;
  const adopted = again ? randomBytes(4).toString("hex") : undefined;
  await changeConfig(
    pve,
    call,
    row,
    {
      description: withMark(before.description, call.mark, { unfinished: true, base: before.base, uuid, adopted }),
      ...(guest.digest ? { digest: guest.digest } : {}),
    },
    "marking as adopted",
  );
  ownGuests(pve).making.add(row.vmid);
  return { vmid: row.vmid, node: row.node, uuid, __mark: call.mark, __adopted: adopted };
}

/** The one guest that is meant, or why it cannot be adopted. */
export async function adoptee(
  pve: Pve,
  call: Call,
  adoption: Adoption,
): Promise<{ row: Guest; guest: VmConfig } | { problem: string }> {
  const { vmid, name } = adoption;
  const wanted = vmid ?? name ?? "";
  const field = vmid === undefined ? "name" : "vmid";
  const found = await oneGuest(pve, wanted, adoption.kind);
  if ("problem" in found) return { problem: `${field}: cannot adopt: ${found.problem}` };
  const { row } = found;
  const guest = await readGuest(pve, row);
  const problem = adoptionProblem(row, guest, adoption, isOwnerKnown(call) ? call.mark : undefined);
  return problem === undefined ? { row, guest } : { problem: `${field}: cannot adopt ${called(row)}: ${problem}` };
}

/** Why a guest is not to be taken over, or undefined. A preview does not know its own mark. */
function adoptionProblem(
  row: Pick<Guest, "template" | "vmid">,
  { config, ...guest }: VmConfig,
  { adopt, uuid, kind }: Adoption,
  own: string | undefined,
): string | undefined {
  const { mark, unfinished, retired } = markOf({ config, ...guest });
  const template = config["template"] === "1";
  if (template && kind === "VM") return "it is a template; adopt it as a Template, or clone it";
  if (!template && kind === "template")
    return `it is no template; adopt it as a Vm, or make a template of it with source: { vm: ${row.vmid} }`;
  if (config["lock"] !== undefined)
    return `it is locked (${config["lock"]}); wait for the end of the task that works on it`;
  const has = uuidOf({ config, ...guest });
  const wanted = takenByUuid(adopt) ?? uuid;
  if (wanted !== undefined && wanted.toLowerCase() !== has)
    return `its uuid is ${has ?? "not set"}, not ${wanted}; write the uuid of the guest that you mean`;
  // Named by what no other guest has, it is taken over from whoever had it.
  if (typeof adopt === "object") return undefined;
  // What this very resource of this stack has let go of, and the program names by its uuid.
  if (uuid !== undefined && mark !== undefined && (own === undefined || mark === own) && retired === undefined)
    return undefined;
  if (retired !== undefined) return "it is a retired version of another template; name the current one";
  // An earlier run of this resource may have been killed in the midst of adopting it.
  if (own === undefined && unfinished) return undefined;
  if (mark === undefined || (mark === own && unfinished)) return undefined;
  const letGo = `If it was let go of (retainOnDelete, or pulumi state delete), write ${takeOver(has)}`;
  return mark === own
    ? `this resource has it already, and a replacement cannot adopt what it replaces. ${letGo}`
    : `it belongs to another resource, of this stack or another one, as its mark tells. ${letGo}`;
}

const takeOver = (uuid: string | undefined): string =>
  uuid === undefined
    ? 'adopt: { uuid: "..." }, after it was given a uuid (its SMBIOS settings have none)'
    : `adopt: { uuid: "${uuid}" }, which takes it over`;

export const called = ({ name, vmid, node }: Pick<Guest, "name" | "vmid" | "node">): string =>
  `${name ? `${name} (${vmid})` : vmid} on ${node}`;

import { wire, type Params } from "../../pve";
import type { Call } from "../kernel/call/call";
import { sees } from "../kernel/session/own-sight";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { WriteLock } from "../kernel/write";
import { placeId, placeWords, type FirewallPlace } from "./place.model";

/** One path of the API: the same calls stand at several, and their declarations are of an older Proxmox. */
interface Endpoint {
  $get(params?: Params): Promise<unknown>;
  $post(params?: Params): Promise<unknown>;
  $put(params?: Params): Promise<unknown>;
  $delete(params?: Params): Promise<unknown>;
}

type Branch = Endpoint & { $(step: string | number): Branch };

/** A place of the firewall that is there. */
export interface Located {
  readonly pve: Pve;
  readonly place: FirewallPlace;
  readonly lock: WriteLock;
  at(...steps: readonly (string | number)[]): Endpoint;
}

const reach = (pve: Pve, steps: readonly (string | number)[]): Branch =>
  steps.reduce((branch, step) => branch.$(step), pve.api as unknown as Branch);

const clusterLock: WriteLock = "cluster:firewall.cfg";

/** Where the calls for a place are; undefined when the guest is certainly gone. */
export async function locate(session: Session, call: Call, place: FirewallPlace): Promise<Located | undefined> {
  const pve = place.node === undefined ? await session.pve(call) : await session.node(call, place.node);
  return locateIn(pve, place);
}

export async function locateIn(pve: Pve, place: FirewallPlace): Promise<Located | undefined> {
  const found = await baseOf(pve, place);
  if (!found) return undefined;
  return { pve, place, lock: found.lock, at: (...steps) => reach(pve, [...found.base, ...steps]) };
}

async function baseOf(
  pve: Pve,
  place: FirewallPlace,
): Promise<{ base: readonly (string | number)[]; lock: WriteLock } | undefined> {
  if (place.node !== undefined) return { base: ["nodes", place.node, "firewall"], lock: `host:${place.node}` };
  if (place.vnet !== undefined) return { base: ["cluster", "sdn", "vnets", place.vnet, "firewall"], lock: clusterLock };
  if (place.guest === undefined) return { base: ["cluster", "firewall"], lock: clusterLock };
  const vmid = place.guest;
  const guest =
    (await pve.snapshot.guest(vmid)) ?? (await pve.guestsNow()).find((candidate) => candidate.vmid === vmid);
  if (guest) return { base: ["nodes", guest.node, guest.type, vmid, "firewall"], lock: `vm:${vmid}` };
  if (await sees(pve, `/vms/${vmid}`, "VM.Audit")) return undefined;
  throw new Error(`whether there is a guest ${vmid} cannot be seen: VM.Audit on /vms/${vmid} is missing`);
}

/** The place, or an error that says what is not there. */
export async function located(session: Session, call: Call, place: FirewallPlace): Promise<Located> {
  const found = await locate(session, call, place);
  if (!found) throw new Error(`there is no guest ${place.guest ?? ""}; ${placeWords(place)} has no firewall`);
  return found;
}

/** Rules of a place, or of a security group, which has them at its own path. */
export const rulesAt = ({ place, at }: Located, ...steps: readonly number[]): Endpoint =>
  place.group === undefined ? at("rules", ...steps) : at("groups", place.group, ...steps);

/** The digest that Proxmox gives with every item of a list, and with options. */
export function digestOf(answer: unknown): Params {
  const rows = Array.isArray(answer) ? wire.list(answer) : [wire.object(answer)];
  const digest = wire.string(rows[0]?.["digest"]);
  return digest === undefined ? {} : { digest };
}

/** Two resources for one thing would undo each other's work. */
export const thingOf = (what: string, place: FirewallPlace, name?: string): string =>
  `firewall: ${what} of ${placeId(place)}${name === undefined ? "" : ` ${name.toLowerCase()}`}`;

import { isProxmoxError, parsePropertyString } from "../../pve";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import type { Pve } from "../kernel/session/pve-session";
import { isThere, type Place } from "../vm/place";
import { GuestAgent } from "./guest-agent";
import { GuestFiles } from "./guest-files";

/** A guest as it is found. */
export interface FoundGuest {
  readonly place: Place;
  readonly uuid: string;
  readonly running: boolean;
}

/** The guest has no agent in its config. */
export class HasNoAgent extends Error {
  override readonly name = "HasNoAgent";
}

/** The VM of this number as it is now; undefined when it is certainly gone. */
export async function findGuest(pve: Pve, vmid: number, node: string | undefined): Promise<FoundGuest | undefined> {
  const place = await placeOf(pve, vmid, node);
  if (!place) return undefined;
  const { status } = await pve.api.nodes.$(place.node).qemu.$(vmid).status.current.$get();
  return { place, uuid: await uuidAt(pve, place), running: status === "running" };
}

/** A list may be late, or not show everything: the node itself says that it has no such VM, and a fresh list that no other has. */
async function placeOf(pve: Pve, vmid: number, node: string | undefined): Promise<Place | undefined> {
  const last = (await pve.snapshot.guest(vmid))?.node ?? node;
  if (last !== undefined && (await isThere(pve, { node: last, vmid }))) return { node: last, vmid };
  const now = (await pve.guestsNow()).find((guest) => guest.vmid === vmid && guest.type === "qemu");
  if (!now) return undefined;
  const place = { node: now.node, vmid };
  if (await isThere(pve, place)) return place;
  throw new Error(`VM ${vmid} is on node ${now.node} by the cluster's list, and that node has none; run again`);
}

async function uuidAt(pve: Pve, { node, vmid }: Place): Promise<string> {
  const config = await pve.api.nodes.$(node).qemu.$(vmid).config.$get();
  const { uuid } = parsePropertyString(String((config as { smbios1?: string }).smbios1 ?? ""), "uuid");
  if (uuid === undefined) throw new Error(`VM ${vmid} has no uuid (smbios1), by which it would be known again`);
  return uuid.toLowerCase();
}

/** Waits for the agent. Whatever is done by it later is done in this very guest. */
export async function openGuest(
  pve: Pve,
  call: Call,
  { place, uuid }: FoundGuest,
  { agentTimeout = "10m" }: { readonly agentTimeout?: string | undefined },
): Promise<GuestFiles> {
  const agent = new GuestAgent(pve, call, place, async () => {
    if ((await uuidAt(pve, place)) !== uuid)
      throw new Error(`VM ${place.vmid} has become another one meanwhile; nothing more was done in it`);
  });
  try {
    await agent.ready(milliseconds(agentTimeout));
  } catch (error) {
    if (isProxmoxError(error) && /No QEMU guest agent configured/.test(error.message))
      throw new HasNoAgent(`VM ${place.vmid} has no guest agent in its config; write agent: true for it`, {
        cause: error,
      });
    throw error;
  }
  return new GuestFiles(agent);
}

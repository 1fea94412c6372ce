import { isProxmoxError, NoLogin, parsePropertyString, Ssh, type SshOptions } from "../../pve";
import { guestProblems } from "../checks/guest-reach";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { revealReferences } from "../kernel/secrets/references";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { isThere, type Place } from "../vm/place";
import { GuestAgent } from "./guest-agent";
import type { GuestSshAccess, GuestWay } from "./guest-access.model";
import { GuestFiles } from "./guest-files";
import { GuestSsh } from "./guest-ssh";

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

/** Waits for the guest. Whatever is done in it later is done in this very guest. */
export async function openGuest(
  session: Session,
  pve: Pve,
  call: Call,
  found: FoundGuest,
  access: GuestWay,
): Promise<GuestFiles> {
  const { place, uuid } = found;
  const assertSame = async (): Promise<void> => {
    if ((await uuidAt(pve, place)) !== uuid)
      throw new Error(`VM ${place.vmid} has become another one meanwhile; nothing more was done in it`);
  };
  const longest = milliseconds(access.agentTimeout ?? "10m");
  const overSsh = await sshTo(session, pve, call, found, access, assertSame);
  if (overSsh) {
    await overSsh.ready(access.once === true ? 0 : longest);
    return new GuestFiles(overSsh);
  }
  const agent = new GuestAgent(pve, call, place, assertSame);
  try {
    await agent.ready(longest);
  } catch (error) {
    if (isProxmoxError(error) && /No QEMU guest agent configured/.test(error.message))
      throw new HasNoAgent(
        `VM ${place.vmid} has no guest agent in its config; write agent: true for it, or ssh for this resource`,
        { cause: error },
      );
    throw error;
  }
  return new GuestFiles(agent);
}

/** Nobody can sign in so. */
export const loginProblems = (ssh: GuestSshAccess | undefined): Problem[] =>
  !ssh || ssh.privateKey !== undefined || process.env["SSH_AUTH_SOCK"]
    ? []
    : [
        {
          path: "ssh.privateKey",
          message: "there is no way to log in: write it, or a reference to it, or start an ssh-agent",
          lacking: true,
        },
      ];

/** A machine that the config alone knows, by the name under which it has its address and its host key. */
export async function openNamed(pve: Pve, call: Call, guest: string): Promise<GuestFiles> {
  return new GuestFiles(new GuestSsh({ pve, call, ssh: await namedSsh(pve, guest), name: guest }));
}

async function namedSsh(pve: Pve, guest: string): Promise<Ssh> {
  const problems = await guestProblems(pve, guest);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return (pve.process.ssh as Ssh).guests;
}

/** The way into the guest by SSH; undefined where it is its agent. */
async function sshTo(
  session: Session,
  pve: Pve,
  call: Call,
  { place, uuid }: FoundGuest,
  { guest, ssh }: GuestWay,
  assertSame: () => Promise<void>,
): Promise<GuestSsh | undefined> {
  if (guest !== undefined) {
    const vm = { uuid, assertSame, address: guest, setting: "the address of this name in proxmox:sshAddresses" };
    return new GuestSsh({ pve, call, ssh: await namedSsh(pve, guest), name: guest, vm });
  }
  if (!ssh) return undefined;
  const { address } = ssh;
  const name = `VM ${place.vmid}`;
  const options = await sshOptions(session, call, place.vmid, ssh);
  const own = new Ssh({ ...options, addresses: { [name]: address }, lookUp: async () => address });
  return new GuestSsh({ pve, call, ssh: own, name, vm: { uuid, assertSame, address, setting: "ssh.address" } });
}

async function sshOptions(
  session: Session,
  call: Call,
  vmid: number,
  ssh: GuestSshAccess,
): Promise<Omit<SshOptions, "lookUp" | "addresses">> {
  const { privateKey } = await keyOf(session, vmid, ssh);
  if (typeof privateKey === "string") session.secrets.remember(privateKey);
  return {
    user: ssh.user ?? "root",
    privateKey: typeof privateKey === "string" ? privateKey : undefined,
    agent: process.env["SSH_AUTH_SOCK"] || undefined,
    hostKeys: { fingerprints: ssh.hostKeys, insecure: ssh.insecure },
    redact: (text) => session.secrets.redact(text),
    warn: () =>
      call.report.warn(
        `the host key of VM ${vmid} is not verified (ssh.insecure): whoever is in between gets root in it; write hostKeys`,
      ),
  };
}

/** Whoever only looks may not have the key. */
async function keyOf(session: Session, vmid: number, ssh: GuestSshAccess) {
  try {
    return await revealReferences(session.secrets, ssh, ["privateKey"]);
  } catch (error) {
    throw new NoLogin(`VM ${vmid}`, (error as Error).message);
  }
}

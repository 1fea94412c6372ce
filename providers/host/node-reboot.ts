import { wire, type Guest } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { type NodeCommands } from "./node-commands";
import { isUnreached } from "../checks/unreached";
import { listed } from "./packages/apt-output";
import { kernelsOf } from "./packages/kernels";

/** How long the guests of a node may take to be up again after it. */
const guestsMs = 300_000;

/** Does the node wait for a reboot? Its kernel is another one than the next boot takes, or Debian says so. */
export async function needsReboot(pve: Pve, commands: NodeCommands, node: string): Promise<boolean> {
  const { running, newest } = await kernelsOf(pve, node);
  const pin = (await commands.readFile("/etc/kernel/proxmox-boot-pin"))?.toString("utf8").trim();
  const next = pin === undefined || pin === "" ? newest : pin;
  if (running !== undefined && next !== undefined && running !== next) return true;
  return (await commands.readFile("/run/reboot-required")) !== undefined;
}

export const guestsOn = (guests: readonly Guest[], node: string): Guest[] =>
  guests.filter((guest) => guest.node === node && guest.status === "running");

const guestNames = (guests: readonly Guest[]): string =>
  listed(guests.map(({ vmid, name }) => (name === undefined ? String(vmid) : `${vmid} (${name})`)));

export const guestsForbid = (node: string, guests: readonly Guest[]): string =>
  `a reboot of node ${node} shuts down ${guests.length === 1 ? "the guest that runs" : `the ${guests.length} guests that run`} there: ` +
  `${guestNames(guests)}. Migrate or stop them first, or allow it with shutdownGuests: true`;

/** Reboots the node and waits until it is back, with its guests that start with it. */
export async function rebootNode(
  pve: Pve,
  call: Call,
  commands: NodeCommands,
  { node, shutdownGuests }: { readonly node: string; readonly shutdownGuests: boolean },
): Promise<void> {
  // One node at a time, of all that this run reboots: the others keep the quorum and what they serve.
  await pve.limits(["host:reboot"], call, async () => {
    const away = (await nodesNow(pve)).filter((row) => row.node !== node && row.status !== "online");
    if (away.length > 0)
      throw new Error(
        `node ${node} is not rebooted while ${listed(away.map((row) => row.node))} of its cluster is not online; bring it back, then run this again`,
      );
    const guests = guestsOn(await pve.guestsNow(), node);
    if (guests.length > 0 && !shutdownGuests) throw new Error(guestsForbid(node, guests));
    const coming = await thoseWithOnBoot(pve, node, guests);
    const before = await commands.bootId();
    await pve.write(call, {
      what: `rebooting node ${node}`,
      lock: `host:${node}`,
      // An answer that was lost is no reason to reboot it twice.
      send: async () => {
        if ((await commands.bootId()) === before) await pve.api.nodes.$(node).status.$post({ command: "reboot" });
      },
      happened: async () => (await bootIdIfUp(commands)) !== before,
    });
    await untilBack(pve, call, commands, node, before);
    await untilGuestsRun(pve, call, coming);
  });
}

async function nodesNow(pve: Pve) {
  await pve.snapshot.refresh();
  return pve.snapshot.nodes();
}

/** Undefined while it cannot be asked. */
async function bootIdIfUp(commands: NodeCommands): Promise<string | undefined> {
  try {
    return await commands.bootId(10_000);
  } catch (error) {
    if (!isUnreached(error)) throw error;
    return undefined;
  }
}

async function untilBack(pve: Pve, call: Call, commands: NodeCommands, node: string, before: string): Promise<void> {
  call.report.progress(`node ${node} reboots`);
  await pve.until(
    `node ${node} to be back`,
    async () => {
      const id = await bootIdIfUp(commands);
      if (id === undefined) return { pending: "it does not answer over SSH" };
      if (id === before) return { pending: "it has not gone down yet" };
      try {
        await pve.api.nodes.$(node).status.$get();
        const row = (await nodesNow(pve)).find((one) => one.node === node);
        return row?.status === "online" ? { done: true } : { pending: "its cluster does not see it yet" };
      } catch (error) {
        if (!isUnreached(error)) throw error;
        return { pending: "its API does not answer yet" };
      }
    },
    call.remainingMs(),
  );
}

/** Those of the guests that the node starts again by itself. */
async function thoseWithOnBoot(pve: Pve, node: string, guests: readonly Guest[]): Promise<Guest[]> {
  const found: Guest[] = [];
  for (const guest of guests) {
    const at = pve.api.nodes.$(node);
    const config: unknown = await (guest.type === "lxc" ? at.lxc : at.qemu).$(guest.vmid).config.$get();
    if (wire.boolean(wire.object(config)["onboot"])) found.push(guest);
  }
  return found;
}

/** What does not come back is told; the reboot itself is over. */
async function untilGuestsRun(pve: Pve, call: Call, coming: readonly Guest[]): Promise<void> {
  if (coming.length === 0) return;
  const missing = async (): Promise<Guest[]> => {
    const now = await pve.guestsNow();
    return coming.filter(({ vmid }) => !now.some((guest) => guest.vmid === vmid && guest.status === "running"));
  };
  try {
    await pve.until(
      "the guests of the node to run again",
      async () => {
        const left = await missing();
        return left.length === 0 ? { done: true } : { pending: guestNames(left) };
      },
      Math.min(guestsMs, call.remainingMs()),
    );
  } catch (error) {
    if (!pve.isTimeout(error)) throw error;
    call.report.warn(`after the reboot these guests do not run again: ${guestNames(await missing())}`);
  }
}

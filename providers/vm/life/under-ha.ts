import { parseUpid, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Place } from "../place";

/** A guest's power state, and what HA's manager makes of it: nothing where HA leaves it alone. */
interface Power {
  readonly running: boolean;
  readonly ha: { readonly state: string | undefined } | undefined;
}

export async function powerOf(pve: Pve, { node, vmid }: Place): Promise<Power> {
  const answer = wire.object(await pve.api.nodes.$(node).qemu.$(vmid).status.current.$get());
  const ha = wire.object(answer["ha"]);
  return {
    running: answer["status"] === "running",
    ha: wire.boolean(ha["managed"]) ? { state: wire.string(ha["state"]) } : undefined,
  };
}

/** Why `started` is not what decides: two would start and stop the guest in turn. */
export const decidedByHa = (vmid: number, started: boolean): string =>
  `VM ${vmid} is under HA, which has it ${started ? "stopped" : "running"} and decides; write state: ` +
  `"${started ? "started" : "stopped"}" in its HaResource, and leave started out here`;

/**
 * Starts or stops a guest, and waits until it is so. Of one under HA the task only hands the request to HA's manager, which
 * carries it out by its rounds.
 */
export async function switchPower(
  pve: Pve,
  call: Call,
  what: string,
  at: Place,
  wanted: "running" | "stopped",
  send: () => Promise<unknown>,
  done?: () => Promise<boolean>,
): Promise<void> {
  let isRequest = false;
  const dispatch = async () => {
    const reply = await send();
    isRequest = typeof reply === "string" && /^ha(?:start|stop)$/.test(parseUpid(reply)?.type ?? "");
    return reply;
  };
  await pve.task(call, what, dispatch, done);
  if (!isRequest) return;
  await pve.until(
    `HA has VM ${at.vmid} ${wanted}`,
    async () => {
      const { running, ha } = await powerOf(pve, at);
      if (running === (wanted === "running")) return { done: true };
      if (ha?.state === "error")
        throw new Error(
          `HA has given VM ${at.vmid} up (its error state), and does nothing with it: set its HA state to disabled first`,
        );
      return { pending: `HA has it in state ${ha?.state ?? "queued"}` };
    },
    call.remainingMs(),
  );
}

import { isVmidTaken, retryLocked } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { changing, type Pve } from "../../kernel/session/pve-session";
import { forgetTemplateConfig } from "../template/template-config";

/** What this process itself does with guests, so that nobody takes it for the work of an earlier run. */
interface OwnGuests {
  /** Guests that this process is making or has made, and the tasks that make them. */
  readonly making: Set<number>;
  readonly tasks: Set<string>;
}

const makeOwnGuests = (): OwnGuests => ({ making: new Set(), tasks: new Set() });

export const ownGuests = (pve: Pve): OwnGuests => pve.memory("vm: own guests", makeOwnGuests);

/** Claims a VMID by creating with it: `make` is called with the next candidate until Proxmox accepts one. */
export async function claim(
  pve: Pve,
  call: Call,
  wanted: number | undefined,
  keys: readonly string[],
  make: (vmid: number) => Promise<void>,
): Promise<number> {
  const making = async (vmid: number) => {
    ownGuests(pve).making.add(vmid);
    // A creation that did not get a lock has made nothing. The lock of the VMID itself means that somebody else is
    // claiming it: then the next one is tried instead.
    let taken: Error | undefined;
    await retryLocked(
      async () => {
        try {
          await changing(call, () => make(vmid));
        } catch (error) {
          if (!isVmidTaken(error, vmid)) throw error;
          taken = error as Error;
        }
      },
      { find: () => Promise.resolve(undefined), clock: pve.process.connection.clock, signal: call.signal },
    );
    if (taken !== undefined) throw taken;
  };
  return pve.limits(keys, call, async () => {
    if (wanted === undefined) {
      const range = pve.process.vmids;
      return (await pve.vmids.claim(making, range === undefined ? {} : { range })).vmid;
    }
    await making(wanted);
    return wanted;
  });
}

/** The guest is gone; its VMID may be given out again. */
export function forget(pve: Pve, vmid: number): void {
  pve.snapshot.remove(vmid);
  forgetTemplateConfig(pve, vmid);
  pve.vmids.release(vmid);
  ownGuests(pve).making.delete(vmid);
}

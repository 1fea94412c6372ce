import type { Pve } from "../../kernel/session/pve-session";
import type { Call } from "../../kernel/call/call";
import type { VmInputs } from "../vm.model";
import type { GuestRef } from "../outputs";
import type { Place } from "../place";
import { whileOurs } from "./still-ours";
import { decidedByHa, powerOf, switchPower } from "./under-ha";

/**
 * A running VM with values that wait is rebooted once; the guest's power state follows `started`. One that was shut down
 * for a change is started again.
 */
export async function syncPower(
  pve: Pve,
  call: Call,
  at: GuestRef,
  inputs: VmInputs,
  state: PowerState,
): Promise<{ booted: boolean }> {
  const power = pve.api.nodes.$(at.node).qemu.$(at.vmid).status;
  if (await isAsWanted(pve, at, inputs, state)) return { booted: false };
  const { running, ha } = state.untouched ? { running: false, ha: undefined } : await powerOf(pve, at);
  const wanted = inputs.started ?? (state.creating || state.stopped ? true : running);
  // What was shut down for a change is started again; else HA's own state is HaResource's to write.
  if (ha && running !== wanted && !(state.stopped && wanted))
    throw new Error(`started: ${decidedByHa(at.vmid, wanted)}`);
  if (!running && wanted) {
    await start(pve, call, at);
    pve.snapshot.patch(at.vmid, { status: "running" });
    return { booted: true };
  }
  if (running && !wanted) {
    const shutDown = () => power.shutdown.$post({ timeout: 60, forceStop: true });
    await switchPower(pve, call, "shutting down", at, "stopped", whileOurs(pve, at, shutDown));
    pve.snapshot.patch(at.vmid, { status: "stopped" });
    return { booted: false };
  }
  if (!running) return { booted: false };
  if (state.waiting) {
    if (inputs.allowReboot === false)
      throw new Error(
        "the changes need a reboot, and allowReboot is false; they wait in the VM's config until its next reboot",
      );
    const reboot = () => power.reboot.$post({ timeout: 120 });
    await pve.task(call, "rebooting", whileOurs(pve, at, reboot));
    return { booted: true };
  }
  if (state.rebuilt)
    await pve.write(call, {
      what: "making the cloud-init drive anew",
      lock: `vm:${at.vmid}`,
      send: () => pve.api.nodes.$(at.node).qemu.$(at.vmid).cloudinit.$put(),
      // Nothing tells; once more does no harm.
      happened: async () => false,
    });
  return { booted: false };
}

interface PowerState {
  /** Values wait for a reboot. */
  readonly waiting: boolean;
  /** The cloud-init drive must be made anew. */
  readonly rebuilt: boolean;
  readonly creating: boolean;
  /** It was running, and was shut down for a change. */
  readonly stopped: boolean;
  /** `started` as it was managed before. */
  readonly was: boolean | undefined;
  /** This very operation has made it, and nobody has started it. */
  readonly untouched: boolean;
}

/**
 * Nothing is to be done in any case: for that the shared list is recent enough. Before anything is done the guest itself
 * is asked.
 */
async function isAsWanted(pve: Pve, { vmid }: Place, { started }: VmInputs, state: PowerState): Promise<boolean> {
  // The list lags behind: of a power state that is to change it is not believed.
  if (state.waiting || state.rebuilt || state.creating || state.stopped || started !== state.was) return false;
  const status = (await pve.snapshot.guest(vmid))?.status;
  return (status === "running" || status === "stopped") && (started ?? status === "running") === (status === "running");
}

async function start(pve: Pve, call: Call, at: GuestRef): Promise<void> {
  const power = pve.api.nodes.$(at.node).qemu.$(at.vmid).status;
  const running = async () => (await power.current.$get()).status === "running";
  try {
    const send = whileOurs(pve, at, () => power.start.$post(), { looked: true });
    await switchPower(pve, call, "starting", at, "running", send, running);
  } catch (error) {
    // An earlier run that still works may have been quicker.
    if (!pve.isTaskFailure(error) || !(await running())) throw error;
  }
}

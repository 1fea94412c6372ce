import type { Pve } from "../kernel/session/pve-session";
import { readMark, withMark } from "../vm/config/mark-line";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { changeAsSeen } from "../vm/config/change-config";
import { ensureGuest, type Making } from "../vm/life/create";
import { cloudInitSlot, type VmConfig } from "../vm/config/vm-config";
import { carriedOver, KnownVolumes } from "../vm/disks/known-volumes";
import { bareOutputs, findOwn, readGuest } from "../vm/identity";
import { settled } from "../vm/life/leftovers";
import { migrateGuest } from "../vm/life/migrate";
import { withEnding } from "../vm/name";
import { removeGuest } from "../vm/life/remove";
import { planClone, planNew } from "../vm/life/sources";
import type { GuestOutputs, GuestRef } from "../vm/outputs";
import { whileOurs } from "../vm/life/still-ours";
import { broughtAlong, claimParts, syncGuest } from "../vm/life/sync";
import { readContent, withContent } from "./content-line";
import { GuestAgent } from "../guest/guest-agent";
import { isContentOf, type GoldenTemplateInputs } from "./golden-template.model";
import { provision } from "./provision";
import { versionOf, type ImageVersion } from "./versions";
import { ownGuests } from "../vm/life/own-guests";

/** The inputs in the terms that a golden image shares with every guest. */
export function asGuestInputs(inputs: Partial<GoldenTemplateInputs>) {
  const {
    disk,
    imageVolumeId,
    template,
    provision,
    verify,
    generalise,
    keep,
    keepFailed,
    agentTimeout,
    content,
    ...rest
  } = inputs;
  void [imageVolumeId, template, provision, verify, generalise, keep, keepFailed, agentTimeout, content];
  return { ...rest, ...(disk ? { disks: [disk] } : {}) };
}

/** Name of the VM while it is built; the image's own name stays with the version that clones are made from. */
const buildName = (name: string): string => withEnding(name, "-building");

/**
 * Builds one version: a VM from the image, booted, provisioned and generalised through its guest agent, shut down and
 * converted. What an interrupted build has left is continued as long as nothing was done in the guest, taken as it is
 * when it was finished, and removed otherwise, because provisioning cannot be repeated.
 */
export async function build(pve: Pve, call: Call, inputs: GoldenTemplateInputs, fresh: boolean): Promise<ImageVersion> {
  const name = inputs.name ?? "";
  const content = inputs.content ?? "";
  const own = await leftover(pve, call, name);
  if (own) {
    const { guest } = own;
    const left = readContent(readMark(guest.config["description"]).description);
    // References count by their names: the inputs at hand hold their values.
    const same = isContentOf(left.content, call.inputs) && !fresh;
    if (same && guest.config["template"] === "1") {
      call.report.progress(`taking over template ${own.at.vmid}, which an earlier run has finished`);
      return versionOf(own.at, guest, content, await partsOf(pve, call, inputs, guest));
    }
    if (!same || left.provisioning || guest.config["template"] === "1") {
      call.report.progress(`removing VM ${own.at.vmid}, which an interrupted build has left`);
      await discard(pve, call, inputs, own);
    }
  }
  const made = { at: await machine(pve, call, inputs, content) };
  try {
    return await provisioned(pve, call, made, inputs, content);
  } catch (error) {
    await tidy(pve, call, made.at, inputs, error);
    throw error;
  }
}

/** The unfinished VM of an earlier run of this resource, however far it had come. */
export async function leftover(
  pve: Pve,
  call: Call,
  name: string,
): Promise<{ at: GuestRef; guest: VmConfig } | undefined> {
  const at = (await findOwn(pve, call, buildName(name))) ?? (await findOwn(pve, call, name));
  if (!at) return undefined;
  await settled(pve, call, at);
  return { at, guest: await readGuest(pve, at) };
}

/**
 * Removes an unfinished VM of an earlier run; what the build has not made (snapshots, volumes that were detached or that
 * somebody has attached) stays, and it with it.
 */
export async function discard(
  pve: Pve,
  call: Call,
  inputs: Partial<GoldenTemplateInputs>,
  { at, guest }: { readonly at: GuestRef; readonly guest: VmConfig },
): Promise<void> {
  await removeGuest(pve, call, bareOutputs(at, "", await partsOf(pve, call, inputs, guest)), false);
}

/**
 * The volumes of a VM of an earlier run, by slot. Nothing of them was recorded: its own are those that the program names,
 * and those that came with the template that it begins with.
 */
async function partsOf(
  pve: Pve,
  call: Call,
  inputs: Partial<GoldenTemplateInputs>,
  guest: VmConfig,
): Promise<Record<string, string>> {
  const known = new KnownVolumes({}, call);
  const { template } = inputs;
  const brought = template === undefined ? [] : await broughtAlong(pve, call, template, "template", { __volumes: {} });
  const drive = cloudInitSlot(guest);
  claimParts(known, guest, asGuestInputs(inputs), false, drive === undefined ? brought : [...brought, drive]);
  return known.in(guest);
}

async function machine(pve: Pve, call: Call, inputs: GoldenTemplateInputs, content: string): Promise<GuestOutputs> {
  const { protection: _, ...shared } = asGuestInputs(inputs);
  const wanted = {
    ...shared,
    name: buildName(inputs.name ?? ""),
    description: withContent(inputs.description, content),
  };
  const { imageVolumeId: image, template } = inputs;
  const asked = new Set<number>();
  const plan = async (): Promise<Making> => {
    const making =
      template === undefined
        ? await planNew(pve, call, wanted, inputs.node, { image: image as string })
        : await planClone(pve, call, wanted, { template, full: true });
    return {
      ...making,
      dispatch: (vmid) => {
        asked.add(vmid);
        return making.dispatch(vmid);
      },
    };
  };
  try {
    // The state holds finished versions only: an unfinished one is found by its mark.
    const { at } = await ensureGuest(pve, call, { ...wanted, kind: "template" }, () => undefined, plan);
    const here = await migrateGuest(pve, call, at, { node: inputs.node });
    const { known, guest } = await syncGuest(pve, call, here, wanted, {}, { building: true, made: true });
    // An interrupted run that is gone on with has recorded nothing.
    const resumed = Object.keys(at.__volumes).length === 0;
    return { ...here, __volumes: { ...(resumed ? await partsOf(pve, call, inputs, guest) : {}), ...known.in(guest) } };
  } catch (error) {
    // Begun anew after a lost answer, the build goes on with what it has made, and makes no second one.
    for (const vmid of asked) ownGuests(pve).making.delete(vmid);
    throw error;
  }
}

async function provisioned(
  pve: Pve,
  call: Call,
  made: { at: GuestOutputs },
  inputs: GoldenTemplateInputs,
  content: string,
): Promise<ImageVersion> {
  const { at } = made;
  const machine = pve.api.nodes.$(at.node).qemu.$(at.vmid);
  if ((await machine.status.current.$get()).status !== "running")
    await pve.task(call, "starting", () => machine.status.start.$post());
  pve.snapshot.patch(at.vmid, { status: "running" });
  const agent = new GuestAgent(pve, call, at);
  call.report.progress("waiting for the guest agent");
  await agent.ready(milliseconds(inputs.agentTimeout ?? "10m"));
  const notes = (provisioning: boolean) =>
    withMark(withContent(inputs.description, content, provisioning), at.__mark, true);
  await call.safePoint();
  await changeAsSeen(pve, call, at, () => ({ description: notes(true) }), "noting that provisioning begins");
  await provision(agent, call, inputs);
  await pve.task(
    call,
    "shutting down",
    whileOurs(pve, at, () => machine.status.shutdown.$post({ timeout: 300 })),
  );
  const before = await readGuest(pve, at);
  await pve.task(
    call,
    "converting to a template",
    whileOurs(pve, at, () => machine.template.$post()),
  );
  pve.snapshot.patch(at.vmid, { status: "stopped", template: true });
  // Converting renames the volumes, each in its slot.
  const parts = carriedOver(at.__volumes, before, await readGuest(pve, at));
  made.at = { ...at, __volumes: parts };
  // From here on the version is whole: an interrupted run leaves it to the next one.
  const done = { name: inputs.name ?? "", description: notes(false), ...(inputs.protection ? { protection: 1 } : {}) };
  await changeAsSeen(pve, call, at, () => done, "naming the version");
  pve.snapshot.patch(at.vmid, { name: inputs.name ?? "" });
  return versionOf(at, await readGuest(pve, at), content, parts);
}

/** A failed build leaves nothing, unless it shall be looked at or nobody would record that it is gone. */
async function tidy(
  pve: Pve,
  call: Call,
  at: GuestOutputs,
  inputs: GoldenTemplateInputs,
  error: unknown,
): Promise<void> {
  // A later operation of this very process shall find it too.
  ownGuests(pve).making.delete(at.vmid);
  if (call.signal.aborted) return;
  if (inputs.keepFailed === true) {
    call.report.warn(`VM ${at.vmid} on ${at.node} is left as the failed build made it; the next up removes it`);
    return;
  }
  try {
    await removeGuest(pve, call, bareOutputs(at, "", at.__volumes), false);
  } catch (second) {
    throw new Error(
      `${(error as Error).message}\nVM ${at.vmid} on ${at.node} could not be removed either (${(second as Error).message}); the next up removes it`,
      { cause: second },
    );
  }
}

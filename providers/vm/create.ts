import { importSource } from "../image/import-source";
import type { Call } from "../runtime/call";
import { withMark } from "../identity/mark";
import type { Pve } from "../pve-session";
import { formatOption, newDriveString } from "./sync-disks";
import { driveOptions, slotOf, type Disk } from "./disk.model";
import { guestToConfig } from "./guest-fields";
import { settled } from "./leftovers";
import { findOwn, readGuest, type GuestRef } from "./identity";
import type { Guest } from "../../pve";
import { drives, sizeGiB, uuidOf } from "./guest-config";
import type { GuestOutputs } from "./sync";
import { resolveTemplate, templateConfig } from "./resolve-template";
import type { GuestInputs, VmInputs } from "./vm.model";

/** What makes a guest: the request that claims the VMID and carries the owner's mark, and where it goes. */
interface Making {
  readonly node: string;
  readonly what: string;
  readonly limits: readonly string[];
  /** Sends the one request that creates; returns its task. */
  dispatch(vmid: number): Promise<string>;
}

const fresh = (ref: GuestRef, name: string): GuestOutputs => ({ ...ref, name, macs: [], ips: [], __volumes: {} });

/**
 * Makes a guest, or takes over the one that an earlier, interrupted run of this resource has made. From the moment in
 * which Proxmox has accepted the request, every failure but that of the task itself leaves a recorded resource.
 */
export async function ensureGuest(
  pve: Pve,
  call: Call,
  inputs: {
    readonly name?: string | undefined;
    readonly vmid?: number | undefined;
    readonly pool?: string | undefined;
  },
  made: (id: string, at: GuestOutputs) => void,
  plan: () => Promise<Making>,
): Promise<{ id: string; at: GuestOutputs }> {
  const name = inputs.name ?? "";
  const own = await findOwn(pve, call, name);
  if (own && (inputs.vmid === undefined || inputs.vmid === own.vmid)) {
    const at = fresh(own, name);
    pve.process.takenOver.add(own.vmid);
    made(String(own.vmid), at);
    call.report.progress(`taking over VM ${own.vmid}, which an earlier run has made`);
    await settled(pve, call, own);
    const uuid = uuidOf(await readGuest(pve, own)) ?? "";
    return { id: String(own.vmid), at: { ...at, uuid } };
  }

  const { node, what, limits, dispatch } = await plan();
  const vmid = await pve.claim(call, inputs.vmid, limits, async (id) => {
    call.report.progress(`${what} as VM ${id} on ${node}`);
    const at = fresh({ vmid: id, node, uuid: "", __mark: call.mark }, name);
    await call.safePoint();
    const upid = await dispatch(id);
    pve.process.ownTasks.add(upid);
    try {
      await pve.wait(call, upid, `${what} as VM ${id}`);
    } catch (error) {
      // A failed task removes what it began; whatever else went wrong, the guest may be there or still be coming.
      if (!pve.isTaskFailure(error)) made(String(id), at);
      throw error;
    }
    made(String(id), at);
  });
  const uuid = uuidOf(await readGuest(pve, { node, vmid })) ?? "";
  pve.snapshot.put({
    vmid,
    node,
    name,
    type: "qemu",
    status: "stopped",
    template: false,
    tags: [],
    pool: inputs.pool,
    lock: undefined,
  });
  return { id: String(vmid), at: fresh({ vmid, node, uuid, __mark: call.mark }, name) };
}

export function ensureVm(pve: Pve, call: Call, inputs: VmInputs, made: (id: string, at: GuestOutputs) => void) {
  return ensureGuest(pve, call, inputs, made, () =>
    inputs.source.clone
      ? planClone(pve, call, inputs)
      : planImport(pve, call, inputs, inputs.node, inputs.source.cloudImage as string),
  );
}

async function planClone(pve: Pve, call: Call, inputs: VmInputs): Promise<Making> {
  const { template, full = true } = inputs.source.clone as NonNullable<VmInputs["source"]["clone"]>;
  const source = await resolveTemplate(pve, template);
  await checkDisks(pve, call, source, inputs.disks ?? []);
  const storage = full ? inputs.disks?.[0]?.storage : undefined;
  const format = full ? inputs.disks?.[0]?.format : undefined;
  const target = inputs.node !== undefined && inputs.node !== source.node ? inputs.node : undefined;
  return {
    node: inputs.node ?? source.node,
    what: `cloning ${source.name ?? source.vmid} (${source.vmid}, ${full ? "full" : "linked"})`,
    limits: [`node:${source.node}`, ...(storage ? [`storage:${storage}`] : [])],
    dispatch: (vmid) =>
      pve.api.nodes
        .$(source.node)
        .qemu.$(source.vmid)
        .clone.$post({
          newid: vmid,
          ...(inputs.name === undefined ? {} : { name: inputs.name }),
          description: withMark(inputs.description, call.mark, true),
          full,
          ...(storage === undefined ? {} : { storage }),
          ...(storage === undefined || format === undefined ? {} : { format }),
          ...(target === undefined ? {} : { target }),
          ...(inputs.pool === undefined ? {} : { pool: inputs.pool }),
        }),
  };
}

/** Told before anything is made: a boot disk that would come as a second disk beside the template's, or would shrink. */
async function checkDisks(pve: Pve, call: Call, template: Guest, disks: readonly Disk[]): Promise<void> {
  const [boot] = disks;
  if (!boot) return;
  const present = drives(await templateConfig(pve, call, template));
  const name = `the template ${template.name ?? template.vmid}`;
  const drive = present.get(slotOf(boot, 0));
  if (!drive && present.size > 0)
    throw new Error(
      `disks[0].slot: ${name} boots from ${[...present.keys()].join(", ")}; write slot: "${[...present.keys()][0]}"`,
    );
  const size = drive && sizeGiB(drive);
  if (boot.sizeGiB !== undefined && size !== undefined && boot.sizeGiB < size)
    throw new Error(`disks[0].sizeGiB: the disk of ${name} has ${size} GiB and cannot shrink; write at least ${size}`);
}

/** Everything that Proxmox takes at creation goes into the one request; the disk's size and the start come after. */
export async function planImport(
  pve: Pve,
  call: Call,
  inputs: GuestInputs,
  node: string | undefined,
  image: string,
): Promise<Making> {
  const on = node ?? (await nodeOfVolume(pve, image));
  const source = await importSource(pve, on, image);
  const disks = inputs.disks as Disk[];
  const [boot] = disks as [Disk, ...Disk[]];
  const drives = Object.fromEntries(
    disks.map((disk, i) => [slotOf(disk, i), i === 0 ? importString(disk, source) : newDriveString(disk)]),
  );
  const cloudInit = inputs.cloudInit ? { ide2: `${inputs.cloudInit.storage ?? boot.storage}:cloudinit` } : {};
  return {
    node: on,
    what: `importing ${image}`,
    limits: [`node:${on}`, `storage:${boot.storage}`],
    dispatch: (vmid) =>
      pve.api.nodes.$(on).qemu.$post({
        vmid,
        scsihw: "virtio-scsi-single",
        ...guestToConfig(inputs, withMark(inputs.description, call.mark, true)),
        ...drives,
        ...cloudInit,
        boot: `order=${slotOf(boot, 0)}`,
        ...(inputs.pool === undefined ? {} : { pool: inputs.pool }),
      }),
  };
}

/** The node on which an image's storage is: any, when it is shared. */
async function nodeOfVolume(pve: Pve, volumeId: string): Promise<string> {
  const storage = volumeId.split(":")[0];
  const rows = (await pve.snapshot.storages()).filter((row) => row.storage === storage && row.available);
  const [first] = rows;
  if (first && (rows.length === 1 || first.shared)) return first.node;
  throw new Error(
    first
      ? `node: storage ${storage} is local to ${rows.map(({ node }) => node).join(", ")}; name the node that holds the image`
      : `node: storage ${storage} of the image is available on no node; name another image`,
  );
}

const importString = (disk: Disk, image: string): string =>
  [
    `${disk.storage}:0`,
    `import-from=${image}`,
    ...formatOption(disk),
    ...Object.entries(driveOptions(disk)).map(([key, value]) => `${key}=${value}`),
  ].join(",");

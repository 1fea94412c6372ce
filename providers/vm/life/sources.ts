import { storageOf, type Guest } from "../../../pve";
import { importSource } from "../../image/import-source";
import { withMark } from "../config/mark-line";
import type { Pve } from "../../kernel/session/pve-session";
import { filterFor, listContent } from "../../storage/list-content";
import type { Call } from "../../kernel/call/call";
import { cdromString } from "../config/cdrom.model";
import { cloneRoute } from "./clone-route";
import type { Making } from "./create";
import { hasOwnData } from "../cloud-init/cloud-init.model";
import { driveOptions, slotOf, type Disk } from "../disks/disk.model";
import { firmwareToConfig, fixedParameters, firmwareOf } from "../config/firmware.model";
import { drives, sizeGiB, uuidOf } from "../config/vm-config";
import { guestToConfig } from "../config/guest-fields";
import { chooseNode } from "./placement";
import { turnsOf } from "./turns";
import { resolveTemplate } from "../template/resolve-template";
import { formatOption, newDriveString } from "../disks/drive-string";
import type { GuestInputs, VmInputs } from "../vm.model";
import { runMemory } from "../check/run-memory";
import { templateConfig } from "../template/template-config";

/** What makes a VM, by its source. */
export async function planVm(pve: Pve, call: Call, inputs: VmInputs): Promise<Making> {
  const { source } = inputs;
  if (source?.clone) return planClone(pve, call, inputs, source.clone);
  const image = source?.imageVolumeId;
  return planNew(pve, call, inputs, await nodeFor(pve, inputs, image ?? source?.iso), {
    ...(image === undefined ? {} : { image }),
    ...(source?.iso === undefined ? {} : { iso: source.iso }),
  });
}

type Cloned = GuestInputs & Pick<VmInputs, "nodes" | "placement">;

/** What clones a guest: on the wanted node when its storage is shared, else on its own node, to be migrated before the first start. */
export async function planClone(
  pve: Pve,
  call: Call,
  inputs: Cloned,
  { template, full = true }: NonNullable<NonNullable<VmInputs["source"]>["clone"]>,
): Promise<Making> {
  const source = await resolveTemplate(pve, template);
  const config = await templateConfig(pve, call, source);
  checkDisks(config, source, inputs.disks ?? []);
  const [fixed] = fixedParameters(inputs, firmwareOf(config.config));
  if (fixed) throw new Error(`${fixed.path}: the template's ${fixed.message}`);
  const picture = await pve.picture();
  const route = cloneRoute(picture, source, config, inputs, full);
  if ("problem" in route) throw new Error(route.problem);
  const { storage } = route;
  const format = storage === undefined ? undefined : inputs.disks?.[0]?.format;
  const node = inputs.node ?? (inputs.nodes ? await chooseNode(pve, inputs, route.allows) : source.node);
  const target = route.direct && node !== source.node ? node : undefined;
  if (target === undefined && node !== source.node) runMemory(pve).chosen.set(call.mark, node);
  const base = full ? undefined : uuidOf(config);
  return {
    node: target ?? source.node,
    what: `cloning ${source.name ?? source.vmid} (${source.vmid}, ${full ? "full" : "linked"})`,
    limits: turnsOf(picture.storages, source.node, storage),
    dispatch: (vmid) =>
      pve.api.nodes
        .$(source.node)
        .qemu.$(source.vmid)
        .clone.$post({
          newid: vmid,
          ...(inputs.name === undefined ? {} : { name: inputs.name }),
          description: withMark(inputs.description, call.mark, { unfinished: true, base }),
          full,
          ...(storage === undefined ? {} : { storage }),
          ...(format === undefined ? {} : { format }),
          ...(target === undefined ? {} : { target }),
          ...(inputs.pool === undefined ? {} : { pool: inputs.pool }),
        }),
  };
}

/** Told before anything is made: a boot disk that would come as a second disk beside the template's, or would shrink. */
function checkDisks(config: Parameters<typeof drives>[0], template: Guest, disks: readonly Disk[]): void {
  const [boot] = disks;
  if (!boot) return;
  const present = drives(config);
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

/** What a new guest's first disk is filled with, or its CD drive holds. */
interface Media {
  readonly image?: string;
  readonly iso?: string;
}

/** Everything that Proxmox takes at creation goes into the one request; the disk's size and the start come after. */
export async function planNew(
  pve: Pve,
  call: Call,
  inputs: GuestInputs,
  node: string,
  { image, iso }: Media,
): Promise<Making> {
  const disks = inputs.disks ?? [];
  const source = image === undefined ? undefined : await importSource(pve, node, image);
  const devices: Record<string, string> = Object.fromEntries(
    disks.map((disk, i) => [
      slotOf(disk, i),
      i === 0 && source !== undefined ? importString(disk, source) : newDriveString(disk),
    ]),
  );
  Object.assign(devices, firmwareToConfig(inputs));
  for (const cdrom of inputs.cdroms ?? []) devices[cdrom.slot] = cdromString(cdrom);
  const order = disks.slice(0, 1).map(slotOf);
  const addCd = (drive: string): string => {
    const slot = freeCdSlot(devices);
    devices[slot] = drive;
    return slot;
  };
  // After the disk: the CD is booted as long as the disk is empty, and no longer when something is installed there.
  if (iso !== undefined) order.push(addCd(`${iso},media=cdrom`));
  const drive = inputs.cloudInit?.storage ?? disks[0]?.storage;
  if (inputs.cloudInit && drive === undefined)
    throw new Error("cloudInit.storage: the VM has no disk to take the storage from; name one");
  // An image of own data comes in its place.
  const ownImage = hasOwnData(inputs.cloudInit) && (inputs.cloudInit?.via === "iso" || !pve.process.ssh);
  if (inputs.cloudInit && !ownImage) addCd(`${drive}:cloudinit`);
  return {
    node,
    what: image === undefined ? (iso === undefined ? "making" : `making from ${iso}`) : `importing ${image}`,
    limits: turnsOf(await pve.snapshot.storages(), node, disks[0]?.storage),
    dispatch: (vmid) =>
      pve.api.nodes.$(node).qemu.$post({
        vmid,
        scsihw: "virtio-scsi-single",
        ...(order.length > 0 ? { boot: `order=${order.join(";")}` } : {}),
        ...guestToConfig(inputs, withMark(inputs.description, call.mark, true)),
        ...devices,
        ...(inputs.pool === undefined ? {} : { pool: inputs.pool }),
      }),
  };
}

/** CD drives go where every machine type has a controller: q35 has ide0 and ide2 only. */
export function freeCdSlot(taken: Readonly<Record<string, string>>): string {
  const slot = ["ide2", "ide0", "sata5", "sata4", "sata3"].find((candidate) => taken[candidate] === undefined);
  if (slot === undefined)
    throw new Error("cloudInit: ide2, ide0 and sata3 to sata5 are all taken; free one for the CD drive");
  return slot;
}

/** The node of a new VM: as the program says, and where the volume that it is made from can be read. */
async function nodeFor(pve: Pve, inputs: VmInputs, volume: string | undefined): Promise<string> {
  if (inputs.node !== undefined) return inputs.node;
  if (volume === undefined) return chooseNode(pve, inputs);
  if (inputs.nodes === undefined) return nodeOfVolume(pve, volume);
  const holders = await holdersOf(pve, volume, inputs.nodes);
  if (holders.length === 0)
    throw new Error(`nodes: none of ${inputs.nodes.join(", ")} has ${volume}; download it there`);
  return chooseNode(pve, inputs, (node) => holders.includes(node));
}

/** The nodes that have a volume: all, when its storage is shared. */
async function holdersOf(pve: Pve, volume: string, nodes: readonly string[]): Promise<readonly string[]> {
  const storage = storageOf(volume);
  const rows = (await pve.snapshot.storages()).filter((row) => row.storage === storage && nodes.includes(row.node));
  const available = rows.filter((row) => row.available);
  if (available.some(({ shared }) => shared)) return available.map(({ node }) => node);
  const found: string[] = [];
  for (const { node } of available) {
    const volumes = await listContent(pve, node, storage, filterFor(volume));
    if (volumes.some(({ volid }) => volid === volume)) found.push(node);
  }
  return found;
}

/** The node on which a volume's storage is: any, when it is shared. */
export async function nodeOfVolume(pve: Pve, volumeId: string): Promise<string> {
  const storage = storageOf(volumeId);
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

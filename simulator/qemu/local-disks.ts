import type { Section } from "./config-file.js";
import type { Vm, VmContext } from "./context.js";
import { drivesOf, isCdrom, isCloudinit, unusedVolumes, type Drive } from "./drive.js";
import { splitVolid } from "./drive-params.js";

/** How a VM uses one of its volumes (`foreach_volid`), in the words of GET migrate. */
export interface VolumeUse {
  readonly volid: string;
  /** As the configuration says. */
  size?: number;
  drivename?: string;
  cdrom: 0 | 1;
  shared: 0 | 1;
  replicate: 0 | 1;
  is_unused: 0 | 1;
  is_attached: 0 | 1;
  is_cloudinit: 0 | 1;
  is_tpmstate: 0 | 1;
  is_vmstate: 0 | 1;
  referenced_in_snapshot?: Record<string, 1>;
  referenced_in_pending?: 1;
}

type Entry = readonly [key: string, drive: Drive];

function entriesOf(section: Section, vmstate?: string): Entry[] {
  const plain = (key: string, file: string): Entry => [key, { file, options: {} }];
  return [
    ...drivesOf(section),
    ...unusedVolumes(section).map(([key, file]) => plain(key, file)),
    ...(vmstate ? [plain("vmstate", vmstate)] : []),
  ];
}

/** Every volume that the configuration, what is pending or a snapshot mentions. */
function volumeUses(vm: Vm): VolumeUse[] {
  const uses = new Map<string, VolumeUse>();
  const note = ([key, drive]: Entry, snapshot?: string, pending = false): void => {
    const unused = /^unused\d+$/.test(key);
    const use: VolumeUse = uses.get(drive.file) ?? {
      volid: drive.file,
      ...{ cdrom: 1, shared: 0, replicate: 0, is_unused: 0, is_attached: 0 },
      ...{ is_cloudinit: 0, is_tpmstate: 0, is_vmstate: 0 },
    };
    uses.set(drive.file, use);
    if (!isCdrom(drive)) use.cdrom = 0;
    if (isCloudinit(drive)) use.is_cloudinit = 1;
    if (drive.options.replicate !== "0") use.replicate = 1;
    if (drive.options.shared === "1") use.shared = 1;
    if (unused) use.is_unused = 1;
    if (!use.is_unused && snapshot === undefined && !pending) use.is_attached = 1;
    if (snapshot !== undefined) use.referenced_in_snapshot = { ...use.referenced_in_snapshot, [snapshot]: 1 };
    if (pending) use.referenced_in_pending = 1;
    if (use.size === undefined && drive.size) use.size = drive.size;
    if (key === "vmstate") use.is_vmstate = 1;
    if (key === "tpmstate0") use.is_tpmstate = 1;
    if (!unused && key !== "vmstate") use.drivename = key;
  };
  for (const entry of entriesOf(vm.config, vm.config.vmstate)) note(entry);
  for (const entry of entriesOf(vm.pending)) note(entry, undefined, true);
  for (const [name, snapshot] of Object.entries(vm.snapshots)) {
    for (const entry of entriesOf(snapshot.config, snapshot.vmstate)) note(entry, name);
  }
  return [...uses.values()];
}

/** The VM's volumes on storages that are not shared. */
export function localDisks(context: VmContext, vm: Vm): VolumeUse[] {
  return volumeUses(vm).filter((use) => {
    if (use.volid === "none" || use.shared) return false;
    const storage = splitVolid(use.volid)?.storage;
    return storage === undefined || !context.disks.storage(storage).shared;
  });
}

import { z } from "zod";
import type { Model } from "../define";
import { isDuration } from "../runtime/duration";
import { sensitivePaths } from "../sensitive";
import type { Effects } from "../runtime/changes";
import { cloudInitSchema } from "./cloud-init.model";
import { diskSchema, type Disk } from "./disk.model";
import { hardware, hardwareShape } from "./hardware.model";
import { networkSchema } from "./network.model";
import { diskTransition } from "./transition";
import { guestName, nameHint, suggestName } from "./name";

const duration = z.string().refine(isDuration, 'write a number with a unit, such as "90s", "15m" or "1h"');

export const timeoutsSchema = z.strictObject({
  /** Longest time for a creation. */
  create: duration.optional(),
  /** Longest time for an update. */
  update: duration.optional(),
  /** Longest time for a deletion. */
  delete: duration.optional(),
  /** Longest time for a refresh. */
  read: duration.optional(),
});

const tag = z
  .string()
  .regex(/^[a-z0-9_][a-z0-9_\-+.]*$/i, "a tag has letters, digits and _ - + . and starts with none of - + .");
export const vmidSchema = z
  .number()
  .int("a VMID is a whole number")
  .min(100, "a VMID is 100 to 999999999")
  .max(999_999_999, "a VMID is 100 to 999999999");

/** Inputs that a VM and a template have in common. */
export const guestShape = {
  /** Name in Proxmox: DNS labels. Default: the resource's own name. Live. Proxmox: `name`. */
  name: z
    .string()
    .superRefine((name, ctx) => {
      if (!guestName.test(name))
        ctx.addIssue({ code: "custom", message: `${nameHint}; write e.g. "${suggestName(name)}"` });
    })
    .optional(),
  /** VMID. Default: the next free one of `proxmox:vmids`, else of the datacenter. A change replaces. */
  vmid: vmidSchema.optional(),
  /** Pool to be a member of. Live. */
  pool: z.string().min(1).optional(),
  /** Tags; order and case do not matter. Live. Proxmox: `tags`. */
  tags: z.array(tag).optional(),
  /** Notes shown in the web interface. Live. Proxmox: `description`. */
  description: z.string().max(8000, "at most 8000 characters").optional(),
  ...hardwareShape,
  /** Network devices, in the order of their numbers. */
  networks: z.array(networkSchema).max(32, "at most 32 network devices").optional(),
  /** Cloud-init by Proxmox's own fields. */
  cloudInit: cloudInitSchema.optional(),
  /** Longest time of each operation, such as `{ create: "45m" }`. */
  timeouts: timeoutsSchema.optional(),
  /** `false`: a change that replaces fails in preview. Default true. */
  allowReplace: z.boolean().optional(),
};

const cloneSchema = z.strictObject({
  /** Template (or VM) to clone: its VMID, or its name, which exactly one guest must have. */
  template: z.union([vmidSchema, z.string().min(1)], "write the template's VMID or name"),
  /** Copy the disks (`true`) or share the template's (`false`, linked clone; templates only). Default true. */
  full: z.boolean().optional(),
});

const sourceSchema = z
  .strictObject({
    /** Clone a template. */
    clone: cloneSchema.optional(),
    /** Volume id of a disk image to import as first disk, such as a CloudImage's `volumeId`. */
    cloudImage: z
      .string()
      .regex(/^[^:]+:.+$/, "write a volume id such as local:import/debian-12.qcow2")
      .optional(),
  })
  .superRefine((source, ctx) => {
    const given = Object.keys(source).filter((key) => source[key as keyof typeof source] !== undefined);
    if (given.length !== 1)
      ctx.addIssue({ code: "custom", message: `has ${given.length} kinds; write exactly one of clone, cloudImage` });
  });

export const vmSchema = z
  .strictObject({
    ...guestShape,
    /** Node to run on. Default: where the source is. A change migrates the VM. */
    node: z.string().min(1).optional(),
    /** What the VM is made from. Only read when it is made: a newer template never touches existing VMs. */
    source: sourceSchema,
    /** Hard disks; the first one is the boot disk, which comes from the source. */
    disks: z.array(diskSchema).min(1, "name at least the boot disk, or leave disks out").optional(),
    /** Running or not. Unset: started once after creation, and its power state is yours afterwards. Live. */
    started: z.boolean().optional(),
    /** `false`: a change that needs a reboot of a running VM fails in preview. Default true. */
    allowReboot: z.boolean().optional(),
    /** Longest wait for the guest agent to tell addresses after a start. Default "2m"; "0s" does not wait. */
    agentTimeout: duration.optional(),
    /** Delete the VM even when it has volumes, snapshots or a lock that this program does not know. Default false. */
    force: z.boolean().optional(),
  })
  .superRefine((vm, ctx) => {
    const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
    if (vm.source.cloudImage !== undefined && vm.disks === undefined)
      wrong(
        ["disks"],
        'a VM from a cloud image needs its boot disk: write e.g. [{ storage: "local-lvm", sizeGiB: 20 }]',
      );
    if (vm.balloonMiB !== undefined && vm.memoryMiB !== undefined && vm.balloonMiB > vm.memoryMiB)
      wrong(["balloonMiB"], `is more than memoryMiB (${vm.memoryMiB}); write at most that`);
    const addresses = vm.cloudInit?.addresses?.length ?? 0;
    if (vm.networks !== undefined && addresses > vm.networks.length)
      wrong(
        ["cloudInit", "addresses"],
        `has ${addresses} entries for ${vm.networks.length} networks; write one for each`,
      );
    const slots = (vm.disks ?? []).map((disk, i) => disk.slot ?? `scsi${i}`);
    slots.forEach((slot, i) => {
      if (slots.indexOf(slot) !== i)
        wrong(["disks", i, "slot"], `${slot} is taken by disks[${slots.indexOf(slot)}]; write another slot`);
    });
  });

export type VmInputs = z.infer<typeof vmSchema>;
/** As the program writes them: secrets may be references. */
export type VmArguments = z.input<typeof vmSchema>;
export type GuestInputs = Omit<VmInputs, "source" | "started" | "allowReboot" | "agentTimeout" | "force">;

export const guestEffects: Effects = {
  name: "live",
  vmid: "replace",
  pool: "live",
  tags: "live",
  description: "live",
  ...Object.fromEntries(Object.entries(hardware).map(([field, { effect }]) => [field, effect])),
  networks: "hot-plug",
  "networks[].bridge": "live",
  "networks[].vlan": "live",
  "networks[].trunks": "live",
  "networks[].firewall": "live",
  "networks[].rateMBps": "live",
  "networks[].disconnected": "live",
  cloudInit: "live",
  "cloudInit.storage": "none",
  timeouts: "live",
  allowReplace: "none",
};

const vmEffects: Effects = {
  ...guestEffects,
  node: "migrate",
  source: "none",
  disks: "hot-plug",
  "disks[].storage": "live",
  "disks[].sizeGiB": "live",
  "disks[].format": "none",
  "disks[].backup": "live",
  "disks[].replicate": "live",
  "disks[].cache": "reboot",
  "disks[].discard": "reboot",
  "disks[].ioThread": "reboot",
  "disks[].ssd": "reboot",
  "disks[].aio": "reboot",
  "disks[].serial": "reboot",
  started: "live",
  allowReboot: "none",
  agentTimeout: "none",
  force: "live",
};

export const vmModel: Model = {
  schema: vmSchema,
  effects: vmEffects,
  sensitive: sensitivePaths(vmSchema),
  defaults: withName,
  transition: (inputs, was) =>
    diskTransition(inputs["disks"] as Disk[] | undefined, was["disks"] as Disk[] | undefined),
  same: sameGuestValue,
};

/** The resource's own name is the guest's, unless the program says otherwise. */
export function withName(inputs: Record<string, unknown>, urn: string): Record<string, unknown> {
  const own = urn.split("::").at(-1);
  return inputs["name"] === undefined && own ? { ...inputs, name: own } : { ...inputs };
}

/** Spellings that mean the same to Proxmox. */
export function sameGuestValue(path: string, wanted: unknown, live: unknown): boolean {
  if (path === "tags" && Array.isArray(wanted) && Array.isArray(live)) return tagKey(wanted) === tagKey(live);
  if (path === "networks[].mac") return String(wanted).toLowerCase() === String(live).toLowerCase();
  if (Array.isArray(wanted) && Array.isArray(live)) return wanted.join("\n") === live.join("\n");
  return Object.is(wanted, live);
}

const tagKey = (tags: unknown[]): string =>
  [...new Set(tags.map((item) => String(item).toLowerCase()))].sort().join(";");

import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import type { Problem } from "../kernel/state/problems";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";

/** Proxmox says `unknown` where a disk tells no serial number. */
const serial = () =>
  z
    .string()
    .min(1)
    .refine(
      (text) => text.toLowerCase() !== "unknown",
      "is what Proxmox shows for a disk that tells none; name it by byId",
    );
const byId = () =>
  z
    .string()
    .regex(
      /^(?:\/dev\/disk\/by-id\/)?[\w.+:@-]+$/,
      "write the name of a link in /dev/disk/by-id, such as nvme-Samsung_SSD_990_PRO_4TB_S7KGNJ0W",
    )
    .refine((text) => !/-part\d+$/.test(text), "names a partition; write the whole disk");

const journal = (least: number) =>
  fields({
    serial: optional("Serial number of the disk.", serial(), {}),
    byId: optional("Its link in /dev/disk/by-id, with or without the directory.", byId(), {}),
    sizeGiB: optional("Size of the volume on it in GiB.", z.number().min(least, `write at least ${least}`), {
      default: "by Ceph's configuration, else 10 % of the OSD for a database, 1 % for a log",
    }),
  }).superRefine((disk, ctx) => {
    if (disk.serial === undefined && disk.byId === undefined)
      ctx.addIssue({ code: "custom", path: ["serial"], message: "name the disk by its serial, or by byId" });
  });

const cephOsdSchema = fields({
  node: required(
    "Name of the node that has the disk. It is not changed: a disk that was carried to another node is taken over there.",
    z.string().min(1),
    { effect: "replace", proxmox: "`node` in the path" },
  ),
  serial: optional(
    "Serial number of the disk. Another disk replaces: the OSDs of the old one are drained and removed, then those of the new " +
      "one are made, with the same ids where no lower ones are free. An old disk that is dead is not waited for.",
    serial(),
    { effect: "replace", default: "`byId` names the disk", proxmox: "`dev`, by its link" },
  ),
  byId: optional(
    "The disk's link in /dev/disk/by-id, with or without the directory. Another disk replaces, as for `serial`.",
    byId(),
    { effect: "replace", default: "`serial` names the disk", proxmox: "`dev`" },
  ),
  device: optional(
    "The kernel's name that the disk is expected to have when its OSDs are made; beside `serial` or `byId` only, for another " +
      "boot may give it to another disk.",
    z.string().regex(/^\/dev\/[\w-]+$/, "write the kernel's name of a whole disk, such as /dev/nvme1n1"),
    { effect: "none" },
  ),
  osdsPerDevice: optional(
    "OSDs on the disk, of equal size. It is not changed where OSDs are: that is refused.",
    z.number().int().min(1).max(16),
    { effect: "live", key: "osds-per-device", default: "1" },
  ),
  dbDevice: optional(
    "Disk that takes the database of the OSD, in a volume of its own: an unused one, or one that holds nothing but such " +
      "volumes. Not with several OSDs per device; not changed where OSDs are.",
    journal(1),
    { effect: "live", proxmox: "`db_dev`, `db_dev_size`" },
  ),
  walDevice: optional(
    "Disk that takes the write-ahead log of the OSD, as for `dbDevice`; only useful where it is faster than that.",
    journal(0.5),
    { effect: "live", proxmox: "`wal_dev`, `wal_dev_size`" },
  ),
  deviceClass: optional(
    "Device class in CRUSH. A change of it on OSDs that are there moves data where rules choose by class.",
    z.string().regex(/^[A-Za-z0-9_-]+$/, "write a word, such as nvme"),
    { effect: "live", key: "crush-device-class", default: "what Ceph finds out: hdd or ssd" },
  ),
  encrypted: optional(
    "Whether data are encrypted on the disk, with a key that the monitors keep. It is not changed where OSDs are: that is refused.",
    z.boolean(),
    { effect: "live", key: "encrypted", default: "false" },
  ),
  wipe: optional(
    "What may be wiped, once, where something is on the disk: file systems and partitions that nobody uses, and what is left of " +
      "OSDs that this Ceph does not know any more. The line may stay, and wipes nothing a second time.",
    fields({
      serial: required("Serial number of the disk, written once more.", serial(), {}),
    }),
    { effect: "live", default: "a disk on which anything is is refused", proxmox: "`disk`, of `wipedisk`" },
  ),
  removal: optional(
    "How the OSDs may be removed, where they cannot be drained.",
    fields({
      acceptDataLoss: required(
        "The uuids of the OSDs, all of them, that are removed without a look at redundancy and without draining: what only " +
          "they hold is lost. Not their ids, which go to other OSDs.",
        z
          .array(z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "write the uuid that `osds` tells"))
          .min(1),
        {},
      ),
    }),
    // It has to reach the state: the deletion knows nothing else.
    { effect: "live", default: "drained first, and refused where redundancy or space would not suffice" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type CephOsdInputs = z.infer<typeof cephOsdSchema>;

const sound = cephOsdSchema.superRefine((osd, ctx) => {
  const wrong = (field: string, message: string): void => ctx.addIssue({ code: "custom", path: [field], message });
  if (osd.serial === undefined && osd.byId === undefined)
    wrong(
      "serial",
      osd.device === undefined
        ? "name the disk by its serial, or by byId"
        : "a kernel name alone may be another disk's after a boot; name the disk by its serial, or by byId",
    );
  if (osd.wipe && osd.serial !== undefined && osd.wipe.serial !== osd.serial)
    ctx.addIssue({
      code: "custom",
      path: ["wipe", "serial"],
      message: `is not the serial number of the disk, which is ${osd.serial}; write that, or leave wipe out`,
    });
  for (const field of ["dbDevice", "walDevice"] as const) {
    const other = osd[field];
    if (!other) continue;
    if ((osd.osdsPerDevice ?? 1) > 1)
      wrong(field, "cannot be used with several OSDs per device: Proxmox gives them none; leave one of the two out");
    if (isSameName(other, osd)) wrong(field, "is the disk of the OSD itself; leave it out, it is there in any case");
  }
  if (osd.dbDevice && osd.walDevice && isSameName(osd.dbDevice, osd.walDevice))
    wrong("walDevice", "is the disk of dbDevice; leave it out, the log goes where the database is");
});

interface Name {
  readonly serial?: string | undefined;
  readonly byId?: string | undefined;
}

const isSameName = (one: Name, other: Name): boolean =>
  (one.serial !== undefined && one.serial === other.serial) || (one.byId !== undefined && one.byId === other.byId);

export const cephOsdModel: Model = {
  schema: sound,
  effects: effectsOf(cephOsdSchema),
  sensitive: [],
  transition: (inputs, was) => changesThatAreRefused(inputs, was),
};

/** What is written when an OSD is made, and never afterwards. */
function changesThatAreRefused(inputs: Partial<CephOsdInputs>, was: Partial<CephOsdInputs>): Problem[] {
  const problems: Problem[] = [];
  if (inputs.node !== undefined && was.node !== undefined && inputs.node !== was.node)
    problems.push({
      path: "node",
      message:
        `the OSDs are those of node ${was.node}; for a disk that was carried to ${inputs.node} take the resource out of the ` +
        "state (pulumi state delete), and it is taken over there; for another disk describe another resource",
    });
  // Another disk is another OSD, with whatever is said of it.
  if (inputs.serial !== was.serial || inputs.byId !== was.byId) return problems;
  const anew =
    "OSDs that are there are not changed in this. Take the resource out of the program, run up, which drains and removes " +
    "them, and describe it anew";
  if ((inputs.osdsPerDevice ?? 1) !== (was.osdsPerDevice ?? 1))
    problems.push({
      path: "osdsPerDevice",
      message: `the disk has ${was.osdsPerDevice ?? 1}, not ${inputs.osdsPerDevice ?? 1}. ${anew}`,
    });
  if ((inputs.encrypted ?? false) !== (was.encrypted ?? false))
    problems.push({ path: "encrypted", message: `is ${was.encrypted ?? false}. ${anew}` });
  for (const field of ["dbDevice", "walDevice"] as const)
    if (JSON.stringify(inputs[field] ?? null) !== JSON.stringify(was[field] ?? null))
      problems.push({ path: field, message: anew });
  return problems;
}

/** Does the program accept the loss of what these OSDs hold? All of them have to be named, and no other one. */
export function acceptsLoss({ removal }: Partial<CephOsdInputs>, osds: readonly { readonly uuid: string }[]): boolean {
  const named = removal?.acceptDataLoss;
  if (named === undefined) return false;
  const text = (all: readonly string[]): string => [...new Set(all)].sort().join();
  return text(named) === text(osds.map(({ uuid }) => uuid));
}

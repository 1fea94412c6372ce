import { z } from "zod";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional } from "../kernel/fields/field";
import type { Model } from "../kernel/resource-kind";
import { isAdopting } from "./life/adopting.model";
import { changesBetween, type Effects } from "../kernel/state/changes";
import type { Problem } from "../kernel/state/problems";
import { hasUnknown } from "../kernel/state/unknowns";
import { sensitivePaths } from "../kernel/secrets/sensitive";
import { diskSchema, type Disk } from "./disks/disk.model";
import { fixedParameters } from "./config/firmware.model";
import { hardwareProblems } from "./config/hardware-problems.model";
import { vmidSchema, volumeId } from "./life/source.model";
import { guestShape, sameGuestValue, withName } from "./vm.model";
import { withoutHidden } from "../kernel/state/hidden";

const sourceSchema = fields({
  imageVolumeId: optional(
    "Volume id of the disk image; the same as `imageVolumeId` of the template.",
    volumeId("local:import/debian-12.qcow2"),
    {},
  ),
  image: optional("The old name of `imageVolumeId`.", volumeId("local:import/debian-12.qcow2"), {
    deprecated: "Write `imageVolumeId`.",
  }),
  vm: optional(
    "VMID of a VM: it is copied in full, the copy is converted, and the VM itself stays as it is.",
    vmidSchema,
    {},
  ),
}).superRefine((source, ctx) => {
  const given = Object.values(source).filter((value) => value !== undefined);
  if (given.length !== 1)
    ctx.addIssue({ code: "custom", message: `has ${given.length} kinds; write exactly one of imageVolumeId, vm` });
});

export const templateSchema = fields({
  ...guestShape,
  node: optional("Node that holds the template.", z.string().min(1, "name the node that holds the template"), {
    effect: "replace",
    default: "where its image or VM is",
  }),
  imageVolumeId: optional(
    "Volume id of the disk image, such as a CloudImage's `volumeId`. A change replaces; clones of the old " +
      "one live on.",
    volumeId("local:import/debian-12.qcow2"),
    { effect: "replace" },
  ),
  image: optional("The old name of `imageVolumeId`.", volumeId("local:import/debian-12.qcow2"), {
    effect: "replace",
    deprecated: "Write `imageVolumeId`.",
  }),
  source: optional("What the template is made from, instead of `imageVolumeId`.", sourceSchema, { effect: "replace" }),
  disk: optional(
    "The boot disk; the image's own size when `sizeGiB` is left out. Slot, storage, format and size replace.",
    diskSchema,
    { effect: "live" },
  ),
  disks: optional(
    "All disks, the boot disk first, instead of `disk`. Slot, storage, format, size and number replace.",
    z.array(diskSchema).min(1, "name at least the boot disk, or leave disks out"),
    { effect: "replace" },
  ),
  version: optional("Any text: a change makes a new version of the template, even of the same image.", z.string(), {
    effect: "replace",
  }),
  keep: optional(
    "How many superseded versions are kept although nothing is cloned from them, newest first. Versions with " +
      "linked clones are kept in any case.",
    z.number().int("write a whole number").min(0, "write 0 or more"),
    { effect: "live", unset: 0 },
  ),
  whileCloned: optional(
    "What happens to a version that is superseded while it has linked clones. `retire` (default): it is " +
      "renamed and tagged `retired`, and removed by a later change or the deletion of this resource, once no " +
      "clone is left. `refuse`: the update fails. The last version is never removed while it has linked clones.",
    z.enum(["retire", "refuse"], "write retire or refuse"),
    { effect: "live" },
  ),
}).superRefine((template, ctx) => {
  const { imageVolumeId: image, source, disk, disks, adopt, uuid } = template;
  const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
  if (uuid !== undefined && adopt !== true)
    wrong(["uuid"], "only tells which guest to adopt; set adopt: true, or leave it out");
  if (disk !== undefined && disks !== undefined)
    wrong(["disks"], "cannot be beside disk; write the boot disk as its first");
  if (image !== undefined && source !== undefined)
    wrong(["source"], "cannot be beside imageVolumeId; write one of them");
  if (isAdopting(adopt)) return;
  if (image === undefined && source === undefined)
    wrong(["imageVolumeId"], "is required: write a CloudImage's volumeId, or source: { vm: 100 }, or adopt: true");
  if (image !== undefined && disk === undefined && disks === undefined)
    wrong(["disk"], 'is required: write e.g. { storage: "local-lvm" }');
  (disks ?? []).forEach((each, i) => {
    if (i > 0 && each.sizeGiB === undefined && image !== undefined)
      wrong(["disks", i, "sizeGiB"], "is required for a new disk; write its size in GiB");
  });
  const one = disk !== undefined;
  const copied = source?.vm === undefined ? undefined : { clone: source.vm };
  hardwareProblems({ ...template, source: copied, disks: one ? [disk] : disks }, (path, message) =>
    wrong(one && path[0] === "disks" ? ["disk", ...path.slice(2)] : path, message),
  );
});

export type TemplateInputs = z.infer<typeof templateSchema>;

/** A template's disks, however they are written. */
export const templateDisks = ({ disk, disks }: Partial<TemplateInputs>): Disk[] | undefined =>
  disks ?? (disk ? [disk] : undefined);

/** What makes other content or another place for it; the other settings of a disk can be changed in place. */
const madeAnew = ["disk", "disks[]"].flatMap((at) =>
  ["slot", "storage", "format", "sizeGiB"].map((one) => `${at}.${one}`),
);

// A template never runs: whatever can be changed is changed at once, and seen by later clones only.
const effects: Effects = Object.fromEntries(
  Object.entries(effectsOf(templateSchema, Object.fromEntries(madeAnew.map((path) => [path, "replace"])))).map(
    ([path, effect]) => [path, effect === "reboot" || effect === "hot-plug" ? "live" : effect],
  ),
);

export const templateModel: Model = {
  schema: templateSchema,
  effects,
  sensitive: sensitivePaths(templateSchema),
  renamed: { image: "imageVolumeId", "source.image": "imageVolumeId" },
  defaults: (inputs, urn) => withImage(withName(inputs, urn)),
  transition: (inputs, was) => [...transition(inputs, was), ...fixedParameters(inputs, was)],
  same: sameGuestValue,
};

/** `source: { imageVolumeId }` and `imageVolumeId` are the same. */
function withImage(inputs: Record<string, unknown>): Record<string, unknown> {
  const { source, ...rest } = inputs;
  const given = source as { imageVolumeId?: unknown } | null | undefined;
  const alone = given !== null && typeof given === "object" && Object.keys(given).join() === "imageVolumeId";
  return alone && inputs["imageVolumeId"] === undefined ? { ...rest, imageVolumeId: given.imageVolumeId } : inputs;
}

/** A new version exists beside the one that it supersedes: it cannot have the same VMID, nor be adopted in its place. */
function transition(inputs: Record<string, unknown>, was: Record<string, unknown>): Problem[] {
  const replacing = changesBetween(withoutHidden(was), withoutHidden(inputs), effects).filter(
    ({ effect, to }) => effect === "replace" && !hasUnknown(to),
  );
  const [first] = replacing;
  if (!first) return [];
  if (isAdopting(inputs["adopt"]))
    return [
      {
        path: first.path,
        message:
          "this change makes a new version, and adopt would take over the old one instead; take adopt and vmid out",
      },
    ];
  if (inputs["vmid"] === undefined || inputs["vmid"] !== was["vmid"]) return [];
  return [
    {
      path: first.path,
      message: `this change makes a new version beside the old one, which has VMID ${String(was["vmid"])}; change vmid too, or leave it out`,
    },
  ];
}

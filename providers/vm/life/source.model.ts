import { z } from "zod";
import { fields, optional, required } from "../../kernel/fields/field";

export const vmidSchema = z
  .number()
  .int("a VMID is a whole number")
  .min(100, "a VMID is 100 to 999999999")
  .max(999_999_999, "a VMID is 100 to 999999999");

const cloneSchema = fields({
  template: required(
    "Template (or VM) to clone: its VMID, or its name, which exactly one guest must have.",
    z.union([vmidSchema, z.string().min(1)], "write the template's VMID or name"),
    {},
  ),
  full: optional(
    "Copy the disks (`true`) or share the template's (`false`, linked clone; templates only).",
    z.boolean(),
    { unset: true },
  ),
});

export const volumeId = (example: string) => z.string().regex(/^[^:]+:.+$/, `write a volume id such as ${example}`);

const kinds = "clone, imageVolumeId, iso, empty";

/** Where the first disk of a new VM comes from. Exactly one of the properties. */
export const sourceSchema = fields({
  clone: optional("Clone a template, also one on another node.", cloneSchema, {}),
  imageVolumeId: optional(
    "Volume id of a disk image to import as first disk, such as a CloudImage's `volumeId`.",
    volumeId("local:import/debian-12.qcow2"),
    {},
  ),
  cloudImage: optional("The old name of `imageVolumeId`.", volumeId("local:import/debian-12.qcow2"), {
    deprecated: "Write `imageVolumeId`.",
  }),
  iso: optional(
    "Volume id of an ISO image: a CD that the VM boots from as long as its first disk is empty.",
    volumeId("local:iso/debian-12-netinst.iso"),
    {},
  ),
  empty: optional("`true`: nothing; new empty disks, if any.", z.literal(true, "write true, or leave it out"), {}),
}).superRefine((source, ctx) => {
  const given = Object.keys(source).filter((key) => source[key as keyof typeof source] !== undefined);
  if (given.length !== 1)
    ctx.addIssue({ code: "custom", message: `has ${given.length} kinds; write exactly one of ${kinds}` });
});

export type Source = z.infer<typeof sourceSchema>;

/** The source in words, for messages. */
export function describeSource({ clone, imageVolumeId, iso }: Source): string {
  if (clone) return `a ${clone.full === false ? "linked" : "full"} clone of ${clone.template}`;
  return imageVolumeId ?? iso ?? "nothing";
}

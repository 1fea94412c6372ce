import { z } from "zod";
import { fields, optional, required } from "../../kernel/fields/field";

/** One CD drive of a guest. */
const cdromSchema = fields({
  slot: required(
    "Where it is attached: `ide0`-`ide3`, `sata0`-`sata5` or `scsi0`-`scsi30`. A change makes another drive; " +
      "reboot.",
    z.string().regex(/^(?:ide[0-3]|sata[0-5]|scsi(?:\d|[12]\d|30))$/, "write a slot such as ide0, sata0 or scsi5"),
    {},
  ),
  iso: required(
    "Volume id of an ISO image such as `local:iso/debian.iso`, or `none` for an empty drive.",
    z.string().regex(/^(?:none|[^:]+:.+)$/, 'write a volume id such as local:iso/debian.iso, or "none"'),
    { effect: "live" },
  ),
});

export type Cdrom = z.infer<typeof cdromSchema>;

export const cdromShape = {
  cdroms: optional(
    "CD drives. A new or removed drive on `ide` or `sata` needs a reboot; another image is live. `ide2` is " +
      "the cloud-init drive's slot when there is one.",
    z.array(cdromSchema).max(12, "at most 12 CD drives"),
    { effect: "reboot" },
  ),
};

export const cdromString = ({ iso }: Cdrom): string => `${iso},media=cdrom`;

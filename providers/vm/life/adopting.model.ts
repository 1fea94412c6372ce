import { z } from "zod";
import { fields, optional, required } from "../../kernel/fields/field";

const guid = () => z.guid("write a uuid such as 3f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80");

const byUuid = fields({
  uuid: required("The guest's uuid (`smbios1`), as an error about it tells it.", guid(), {}),
});

/** How a program says that a guest is to be adopted. */
export const adoptShape = {
  adopt: optional(
    "Take over an existing guest at creation instead of making one: that of `vmid`, else the one named " +
      "`name`. With `true` it must carry no owner's mark, or, where `uuid` is given, that of this very resource " +
      "and stack; `{ uuid }` takes over the guest of that uuid, whosever mark it carries: the way back after `retainOnDelete` or `pulumi state delete`. What is " +
      "described is brought to the description, the rest stays as it is. From then on `destroy` deletes it.",
    z.union([z.boolean(), byUuid], 'write true, or { uuid: "…" }'),
    { effect: "none", unset: false },
  ),
  uuid: optional("The uuid that the adopted guest must have.", guid(), { effect: "none", default: "any" }),
};

export const isAdopting = (adopt: unknown): boolean => adopt === true || (typeof adopt === "object" && adopt !== null);

/** The uuid by which a guest is taken over whosever mark it carries; undefined also as long as it is not known. */
export const takenByUuid = (adopt: unknown): string | undefined =>
  isAdopting(adopt) ? (adopt as { uuid?: string }).uuid : undefined;

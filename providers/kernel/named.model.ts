import type { Model } from "./define";

/** The resource's own name is the object's, in the field that holds it, unless the program says otherwise. */
export const namedBy =
  (field: string): NonNullable<Model["defaults"]> =>
  (inputs, urn) => {
    const own = urn.split("::").at(-1);
    return inputs[field] === undefined && own ? { ...inputs, [field]: own } : inputs;
  };

/** Proxmox gives comments back with a line end. */
export const sameComment = (one: string | undefined, other: string | undefined): boolean =>
  (one ?? "").trimEnd() === (other ?? "").trimEnd();

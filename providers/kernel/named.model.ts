import type { Model } from "./resource-kind";
import { nameIn } from "./state/urn";

/** The resource's own name is the object's, in the field that holds it, unless the program says otherwise. */
export const namedBy =
  (field: string): NonNullable<Model["defaults"]> =>
  (inputs, urn) =>
    inputs[field] === undefined && urn !== "" ? { ...inputs, [field]: nameIn(urn) } : inputs;

/** Proxmox gives comments back with a line end. */
export const sameComment = (one: string | undefined, other: string | undefined): boolean =>
  (one ?? "").trimEnd() === (other ?? "").trimEnd();

import { createHash } from "node:crypto";

/**
 * The owner's mark of an object: computable again by every later run of the same stack from what the state always
 * holds, and by nobody else. `stackId` is the random id that the stack keeps from its first `up`.
 */
export const ownerMark = (stackId: string, urn: string): string =>
  createHash("sha256").update(`${stackId}\n${urn}`).digest("hex").slice(0, 24);

/** In a preview the stack's id is not known, and so the mark is not the one that guests carry. */
export const isOwnerKnown = ({ mark, urn }: { readonly mark: string; readonly urn: string }): boolean =>
  mark !== ownerMark("", urn);

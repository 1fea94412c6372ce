import { createHash, randomBytes } from "node:crypto";
import type { Generated } from "./infisical-secret.model";

/** Whose a secret in the store is, at the end of its comment: `for the CI [pulumi owner=0123… made=89ab… id=cdef…]`. */
interface StoredMark {
  /** The resource's, see kernel/identity/mark.ts. */
  readonly owner: string;
  /** What its value was made by, where the value itself tells nothing: a token, or the wish for a generated one. */
  readonly made?: string | undefined;
  /** Drawn anew by each creation: a replacement that has the same place is another owner than what it replaces. */
  readonly id?: string | undefined;
}

const form = /^(?:([^]*?) )?\[pulumi owner=([0-9a-f]{24})(?: made=([0-9a-f]{8}))?(?: id=([0-9a-f]{8}))?\]$/;

export const withStoredMark = (comment: string | undefined, { owner, made, id }: StoredMark): string => {
  const rest = `${made === undefined ? "" : ` made=${made}`}${id === undefined ? "" : ` id=${id}`}`;
  return `${comment ? `${comment} ` : ""}[pulumi owner=${owner}${rest}]`;
};

/** What the store holds as comment: the user's own text, and the mark if there is one. */
export function readStoredMark(comment: string): { readonly comment: string; readonly mark?: StoredMark } {
  const [, own = "", owner, made, id] = form.exec(comment.trim()) ?? [];
  return owner === undefined ? { comment } : { comment: own, mark: { owner, made, id } };
}

export const newInstance = (): string => randomBytes(4).toString("hex");

/** The same for the same wish, however it is written, and no way back to it. */
export const madeBy = ({ length = 32, symbols = false, trigger = "" }: Generated): string =>
  createHash("sha256")
    .update(JSON.stringify([length, symbols, trigger]))
    .digest("hex")
    .slice(0, 8);

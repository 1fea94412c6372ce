import { createHash } from "node:crypto";

/** Whose a secret in the store is, at the end of its comment: `for the CI [pulumi owner=0123… made=89ab…]`. */
export interface StoredMark {
  /** The resource's, see kernel/identity/mark.ts. */
  readonly owner: string;
  /** What its value was made by, where the value itself tells nothing: a token, or the wish for a generated one. */
  readonly made?: string | undefined;
}

const form = /^(?:([^]*?) )?\[pulumi owner=([0-9a-f]{24})(?: made=([0-9a-f]{8}))?\]$/;

export const withStoredMark = (comment: string | undefined, { owner, made }: StoredMark): string =>
  `${comment ? `${comment} ` : ""}[pulumi owner=${owner}${made === undefined ? "" : ` made=${made}`}]`;

/** What the store holds as comment: the user's own text, and the mark if there is one. */
export function readStoredMark(comment: string): { readonly comment: string; readonly mark?: StoredMark } {
  const [, own = "", owner, made] = form.exec(comment.trim()) ?? [];
  return owner === undefined ? { comment } : { comment: own, mark: { owner, made } };
}

/** The same for the same wish, and no way back to it. */
export const madeBy = (wish: unknown): string =>
  createHash("sha256").update(JSON.stringify(wish)).digest("hex").slice(0, 8);

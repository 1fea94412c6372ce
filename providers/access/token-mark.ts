import { randomBytes } from "node:crypto";

/** Whose a token is, at the end of its comment: `for the CI [pulumi owner=0123… made=89ab…]`. */
export interface TokenMark {
  /** The resource's, see kernel/identity/mark.ts. */
  readonly owner: string;
  /** Drawn anew for each token: one that somebody makes again under the same name is another one. */
  readonly made: string;
  /** Made, and not yet recorded by the engine: nobody knows its value when the run that made it was killed. */
  readonly unfinished: boolean;
}

const form = /^(?:([^]*?) )?\[pulumi owner=([0-9a-f]{24}) made=([0-9a-f]{8})( unfinished)?\]$/;

export const newMade = (): string => randomBytes(4).toString("hex");

export const withTokenMark = (comment: string | undefined, { owner, made, unfinished }: TokenMark): string =>
  `${comment ? `${comment} ` : ""}[pulumi owner=${owner} made=${made}${unfinished ? " unfinished" : ""}]`;

/** What Proxmox holds as comment: the user's own text, and the mark if there is one. */
export function readTokenMark(stored: string | undefined): { readonly comment: string; readonly mark?: TokenMark } {
  const text = (stored ?? "").trimEnd();
  const [, comment = "", owner, made, unfinished] = form.exec(text) ?? [];
  if (owner === undefined || made === undefined) return { comment: text };
  return { comment, mark: { owner, made, unfinished: unfinished !== undefined } };
}

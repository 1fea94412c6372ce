import { createHash } from "node:crypto";

const line = /^<!-- pulumi-proxmox-cluster owner=([0-9a-f]{24})( unfinished)? -->$/;

/**
 * The owner's mark of an object: computable again by every later run of the same stack from what the state always
 * holds, and by nobody else. `stackId` is the random id that the stack keeps from its first `up`.
 */
export const ownerMark = (stackId: string, urn: string): string =>
  createHash("sha256").update(`${stackId}\n${urn}`).digest("hex").slice(0, 24);

/**
 * The description with the mark as its last line: an HTML comment, invisible in the notes of the web interface. The
 * call that makes an object writes it as `unfinished`; that goes when the engine has recorded the object. So a creation
 * takes over what an interrupted run of itself has left, and never the object that it is to replace.
 */
export const withMark = (description: string | undefined, mark: string, unfinished = false): string =>
  `${description ? `${description}\n` : ""}<!-- pulumi-proxmox-cluster owner=${mark}${unfinished ? " unfinished" : ""} -->`;

export interface MarkedDescription {
  /** The user's own text. */
  readonly description: string;
  readonly mark?: string;
  readonly unfinished: boolean;
}

/** Splits what Proxmox holds as description into the user's own text and the mark. */
export function readMark(stored: string | undefined): MarkedDescription {
  const lines = (stored ?? "").replace(/\n+$/, "").split("\n");
  const match = line.exec(lines.at(-1) ?? "");
  if (!match) return { description: lines.join("\n"), unfinished: false };
  return { description: lines.slice(0, -1).join("\n"), mark: match[1] as string, unfinished: match[2] !== undefined };
}

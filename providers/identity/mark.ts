import { createHash } from "node:crypto";

const line = /^<!-- pulumi-proxmox-cluster owner=([0-9a-f]{24}) -->$/;

/**
 * The owner's mark of an object: computable again by every later run of the same stack from what the state always
 * holds, and by nobody else. `stackId` is the random id that the stack keeps from its first `up`. Each replacement has
 * a generation of its own, or its creation would take the object that it replaces for its own half-made one.
 */
export const ownerMark = (stackId: string, urn: string, generation = 0): string =>
  createHash("sha256")
    .update(`${stackId}\n${urn}${generation > 0 ? `\n${generation}` : ""}`)
    .digest("hex")
    .slice(0, 24);

/** The description with the mark as its last line: an HTML comment, invisible in the notes of the web interface. */
export const withMark = (description: string | undefined, mark: string): string =>
  `${description ? `${description}\n` : ""}<!-- pulumi-proxmox-cluster owner=${mark} -->`;

/** Splits what Proxmox holds as description into the user's own text and the mark. */
export function readMark(stored: string | undefined): { description: string; mark?: string } {
  const lines = (stored ?? "").replace(/\n+$/, "").split("\n");
  const match = line.exec(lines.at(-1) ?? "");
  if (!match) return { description: (stored ?? "").replace(/\n+$/, "") };
  return { description: lines.slice(0, -1).join("\n"), mark: match[1] as string };
}

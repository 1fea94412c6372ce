import { createHash } from "node:crypto";

/** What one line tells; see docs/audit.md. */
export interface AuditEvent {
  /** Before an operation, a task that it has started, and after it; the beginning of a file; what was left torn. */
  readonly event: "begin" | "task" | "end" | "file" | "torn";
  readonly [key: string]: unknown;
}

/** One line of the trail, as it is read back. */
export interface AuditLine extends AuditEvent {
  readonly seq: number;
  readonly time: string;
  /** Hash of the line before it, in this file or in the one before; empty in front of the very first one. */
  readonly prev: string;
  /** Hash of this line without its hash. */
  readonly hash: string;
}

/** Where a chain goes on. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

export const beginning: ChainEnd = { seq: 0, hash: "" };

/** JSON of nothing but printable ASCII: whatever a name holds, it ends no line and moves no cursor. */
const inAscii = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);

const hashed = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The line that follows, with its line end, and the new end of the chain. */
export function nextLine(
  end: ChainEnd,
  event: AuditEvent,
  time: string,
): { readonly text: string; readonly end: ChainEnd } {
  const seq = end.seq + 1;
  const body = inAscii({ seq, time, ...event, prev: end.hash });
  const hash = hashed(body);
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}\n`, end: { seq, hash } };
}

const form = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/;

/** A line of the form that is written; undefined for anything else. `sound`: its hash is that of what it says. */
export function readLine(text: string): { readonly line: AuditLine; readonly sound: boolean } | undefined {
  const [, body, hash] = form.exec(text) ?? [];
  if (body === undefined || hash === undefined) return undefined;
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { seq, prev, event } = line as Partial<AuditLine>;
  if (!Number.isSafeInteger(seq) || typeof prev !== "string" || typeof event !== "string") return undefined;
  return { line: line as AuditLine, sound: hashed(`${body}}`) === hash };
}

/** What names a part of a line that was never finished. */
export const tornHash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

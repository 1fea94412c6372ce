import type { HttpReply } from "./http";
import type { Redactor } from "./redact";

interface ParsedReply {
  /** The JSON object; undefined when the body is none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** The server's own words, one line, redacted. */
  readonly said: string;
  /** Per parameter, redacted. */
  readonly errors: Readonly<Record<string, string>>;
}

/** Proxmox puts every answer of its API into this form; what a proxy or another server says has another one. */
export const isProxmoxBody = (body: ParsedReply["body"]): boolean => body !== undefined && "data" in body;

/**
 * `message` before the reason phrase (a proxy in between may drop that), but some answers have only the phrase:
 * 401 and 595 come without a body (PVE/APIServer/AnyEvent.pm; recorded 15).
 */
export function parseReply(reply: HttpReply, redactor: Redactor): ParsedReply {
  const body = parseObject(reply.body);
  const message = body?.["message"];
  const text = typeof message === "string" && message.trim() !== "" ? message : reply.reason;
  const errors: Record<string, string> = {};
  const given = body?.["errors"];
  if (typeof given === "object" && given !== null)
    for (const [name, error] of Object.entries(given)) errors[name] = redactor.text(oneLine(String(error)));
  return { body, said: redactor.text(oneLine(text)), errors };
}

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, " ");

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    // Cut off or not JSON: the caller reports it as a protocol error, with the status.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

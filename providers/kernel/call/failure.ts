import { printable } from "../../../pve/format/printable";
import { clean } from "../state/clean";

/**
 * An error as Pulumi's dynamic-provider server needs it. With `id` and `properties` the engine records the object in
 * spite of the failure, and the next `up` finishes it. The server hangs on undefined in properties and loses the
 * provider without `__provider`, so both are taken care of here.
 */
export class RecordedFailure extends Error {
  override readonly name = "RecordedFailure";
  constructor(
    cause: unknown,
    readonly id: string,
    readonly properties: Record<string, unknown>,
    readonly reasons: string[] = [messageOf(cause)],
  ) {
    super(messageOf(cause), { cause });
    this.stack = "";
  }
}

/** The partial state to record: what is known of the object, and the text that later reads and deletes it. */
export function recorded(cause: unknown, id: string, properties: Record<string, unknown>, provider: unknown): Error {
  return new RecordedFailure(cause, String(id), { ...clean(properties), __provider: provider });
}

/** An error that crosses to the engine: an Error, no numeric code, and a stack only for our own mistakes. */
export function plainFailure(cause: unknown, redact: (text: string) => string = (text) => text): Error {
  if (cause instanceof RecordedFailure) return cause;
  const error = new Error(redact(messageOf(cause)), { cause });
  const ours = cause instanceof TypeError || cause instanceof ReferenceError || cause instanceof RangeError;
  error.stack = ours ? printable(redact(cause.stack ?? "")) : "";
  return error;
}

export function messageOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : typeof cause === "string" ? cause : "";
  return printable(text) || "unknown failure";
}

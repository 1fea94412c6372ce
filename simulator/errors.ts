/** A failed call: what Proxmox's `die` and `raise` become in a reply. */
export class PveError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.name = "PveError";
  }
}

/** Something that is not simulated, found out by a handler: answered with 501 and counted as a hole. */
export class Unbuilt extends Error {
  override readonly name = "Unbuilt";
}

/** `die "text\n"`: status 500. In a task it becomes the exit status. */
export function die(text: string): PveError {
  return new PveError(500, `${text}\n`);
}

/** `raise_param_exc`: status 400 with one text per parameter. */
export function paramError(errors: Readonly<Record<string, string>>): PveError {
  return new PveError(400, "Parameter verification failed.\n", errors);
}

/** `raise_perm_exc`: status 403. */
export function denied(what?: string): PveError {
  return new PveError(403, what === undefined ? "Permission check failed\n" : `Permission check failed (${what})\n`);
}

/**
 * An exception with a status that is raised inside a config lock arrives as text: status and message, then one line
 * per parameter (PVE/Exception.pm; scenario 10, line 75).
 */
export function stringified(error: PveError): string {
  const lines = Object.entries(error.errors ?? {}).map(([key, text]) => `${key}: ${text.replace(/\n$/, "")}\n`);
  return error.status === 500 ? error.message : `${error.status} ${error.message}${lines.join("")}`;
}

/** The message without its final newline, for texts that are wrapped in others. */
export function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\n$/, "");
}

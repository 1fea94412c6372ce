/** How a command in the guest has ended. */
export interface Outcome {
  readonly exitcode: number;
  /** All that it said. */
  readonly output: string;
  /** Its standard output alone. */
  readonly out: string;
  /** Its standard error alone. */
  readonly err: string;
  /** It has said more on its standard output than is kept of it. */
  readonly cut: boolean;
}

/** Commands and files in a running guest, as root. Each looks before whether it is still the same guest. */
export interface GuestShell {
  /** Writes a file of any size; its folder must exist, and one of which nobody but root is to change it, root's alone. */
  write(path: string, content: Buffer): Promise<void>;
  /** Runs a command to its end; what it is to read from its standard input is no secret. */
  run(command: readonly string[], longestMs: number, what: string, stdin?: string): Promise<Outcome>;
}

/** The guest has not answered in time, by its agent or by SSH. */
export class GuestIsSilent extends Error {
  override readonly name = "GuestIsSilent";
}

export type FileProblem = "missing" | "denied" | "failure";

/** What an operation on files ends with. */
export class FileError extends Error {
  constructor(
    readonly problem: FileProblem,
    message: string,
  ) {
    super(message);
  }
}

import * as pulumi from "./sdk";

/**
 * A mistake in the program, told by its message alone. It has no stack: Pulumi prints an error that has one by
 * `util.inspect`, which never comes back in programs that are ES modules (Node.js 20, SDK 3.248), and the stack would
 * show this library's insides only.
 */
export function mistake(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  delete error.stack;
  return error;
}

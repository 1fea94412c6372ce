import { die, paramError } from "./errors.js";

/** Ends the request with 500 and this text, where an expression is needed. */
export function fail(text: string): never {
  throw die(text);
}

/** Ends the request with 400 and one text per parameter. */
export function refuse(errors: Readonly<Record<string, string>>): never {
  throw paramError(errors);
}

import { isReference, sameReference } from "../../secrets/reference";
import { keyedHash } from "../../secrets";
import type { Call } from "../kernel/call/call";
import type { Secrets } from "../kernel/secrets/secrets";

/**
 * Is a secret another one than the state remembers? Asked in a check, which knows references and hashes only; undefined
 * when it cannot be told.
 */
export async function hasNewValue(
  secrets: Secrets,
  call: Call,
  wanted: unknown,
  was: unknown,
): Promise<boolean | undefined> {
  if (!isReference(wanted) || !isReference(was)) return wanted !== was;
  if (!sameReference(wanted, was)) return true;
  const key = call.inputs["__hashKey"];
  const value = await secrets.peek(wanted);
  if (typeof key !== "string" || value === undefined || was.hash === undefined) return undefined;
  return keyedHash(key, wanted.secretRef, value) !== was.hash;
}

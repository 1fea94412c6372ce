import type { Pve } from "../../kernel/session/pve-session";
import { assertOurs, readGuest } from "../identity";
import type { GuestRef } from "../outputs";

/**
 * Sends what no digest guards, at each attempt after a look at whose guest it is: before it had its lock, a minute may
 * have passed. `looked`: the first attempt follows a look directly.
 */
export function whileOurs<T>(
  pve: Pve,
  at: GuestRef,
  send: () => Promise<T>,
  { looked = false }: { readonly looked?: boolean } = {},
): () => Promise<T> {
  let fresh = looked;
  return async () => {
    if (!fresh) assertOurs(await readGuest(pve, at), at);
    fresh = false;
    return send();
  };
}

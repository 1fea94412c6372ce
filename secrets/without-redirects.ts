import { AsyncLocalStorage } from "node:async_hooks";

const calls = new AsyncLocalStorage<true>();
let installed = false;

/**
 * Runs a client that asks by the global `fetch` and cannot be told not to follow redirects: whoever answers with one
 * would be sent the credentials. The redirect itself becomes the answer. Nobody else's requests change.
 */
export function withoutRedirects<T>(work: () => Promise<T>): Promise<T> {
  install();
  return calls.run(true, work);
}

function install(): void {
  if (installed) return;
  installed = true;
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    original(input, calls.getStore() === undefined ? init : { ...init, redirect: "manual" });
}

import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

/** Only a hang reaches it, also on a machine that has other things to do. */
const boundMs = 120_000;

/** Waits until something is seen that comes by itself: a message that is on its way, a process that ends. */
export async function eventually(what: string, seen: () => boolean): Promise<void> {
  const end = performance.now() + boundMs;
  while (!seen()) {
    if (performance.now() > end) throw new Error(`never seen: ${what}`);
    await sleep(10);
  }
}

/** The same without a pause in between, for what is to be caught in its moment: before the next request comes. */
export async function asSoonAs(what: string, seen: () => boolean): Promise<void> {
  const end = performance.now() + boundMs;
  while (!seen()) {
    if (performance.now() > end) throw new Error(`never seen: ${what}`);
    await turn();
  }
}

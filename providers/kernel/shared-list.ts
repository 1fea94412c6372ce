import type { Clock } from "../../pve";
import { untilAborted } from "./call/until-aborted";

/** A list that is older than this is read again, whoever asks. */
const MAX_AGE_MS = 10_000;

interface Listed<T> {
  readonly at: number;
  readonly entries: Promise<T>;
  /** Who has looked at it. */
  readonly askers: Set<string>;
}

/**
 * One list for the checks of many resources: a preview of a hundred pools reads them once. Who asks a second time wants
 * to know what has become of it, and gets another one. Only for checks: what is written is looked at by itself.
 */
export class SharedList<T> {
  private last: Listed<T> | undefined;

  /** `read` outlives the one who asks first: it must not end with that operation. */
  async for(asker: { readonly urn: string; readonly signal: AbortSignal }, clock: Clock, read: () => Promise<T>) {
    const { last } = this;
    const serves = last !== undefined && !last.askers.has(asker.urn) && clock.now() - last.at < MAX_AGE_MS;
    const listed = serves ? last : (this.last = { at: clock.now(), entries: read(), askers: new Set() });
    listed.askers.add(asker.urn);
    try {
      return await untilAborted(asker.signal, listed.entries);
    } catch (error) {
      // Who has run out of time leaves the read to the others.
      if (this.last === listed && !asker.signal.aborted) this.forget();
      throw error;
    }
  }

  /** Something has been changed: nobody is to be told what was before. */
  forget(): void {
    this.last = undefined;
  }
}

import { momentOf, secondsOf } from "../kernel/call/moment";
import type { Mapped } from "../kernel/fields/codec";
import type { Effect } from "../kernel/state/effect";

/** Seconds since 1970 in Proxmox, where 0 is never. */
export const expiry = (key: string, effect: Effect): Mapped => ({
  key,
  effect,
  write: (wanted) => String(secondsOf(wanted as string)),
  read: (text) => (text === undefined || text === "0" ? undefined : momentOf(Number(text))),
  same: (wanted, live = "0") => wanted === live,
});

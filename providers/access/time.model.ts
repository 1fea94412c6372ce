import { z } from "zod";
import type { Mapped } from "../kernel/fields/codec";
import type { Effect } from "../kernel/state/effect";

const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A moment as people write it; midnight in UTC where no time is written. */
export const moment = () =>
  z
    .string()
    .refine(
      (text) => form.test(text) && Number.isFinite(Date.parse(text)) && Date.parse(text) > 0,
      'write a day or a time with its zone, such as "2027-01-31" or "2027-01-31T18:00:00Z"',
    );

export const secondsOf = (text: string): number => Math.floor(Date.parse(text) / 1000);
export const momentOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** Seconds since 1970 in Proxmox, where 0 is never. */
export const expiry = (key: string, effect: Effect): Mapped => ({
  key,
  effect,
  write: (wanted) => String(secondsOf(wanted as string)),
  read: (text) => (text === undefined || text === "0" ? undefined : momentOf(Number(text))),
  same: (wanted, live = "0") => wanted === live,
});

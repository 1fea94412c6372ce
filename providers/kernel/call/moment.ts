import { z } from "zod";

/** A day, or a time of RFC 3339, with or without seconds and fractions of them. */
const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** A moment as people write it; midnight in UTC where no time is written. */
export const moment = () =>
  z
    .string()
    .refine(
      (text) => form.test(text) && Number.isFinite(Date.parse(text)) && Date.parse(text) > 0,
      'write a day or a time with its zone, such as "2027-01-31" or "2027-01-31T18:00:00Z"',
    );

export const secondsOf = (text: string): number => Math.floor(Date.parse(text) / 1000);
/** The first whole second that is not before it: what was made in the second that a fraction cuts in two is before that. */
export const secondsUpTo = (text: string): number => Math.ceil(Date.parse(text) / 1000);
export const momentOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

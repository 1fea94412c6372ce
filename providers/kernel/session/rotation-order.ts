import { calendarSeconds } from "../call/calendar";
import { momentOf, secondsUpTo } from "../call/moment";
import type { Problem } from "../state/problems";

/**
 * An order for a moment that has not come would rotate with every `up` until then: what is made anew is made before it
 * too.
 */
export function futureOrder(rotate: string | undefined): Problem[] {
  const now = calendarSeconds();
  if (rotate === undefined || secondsUpTo(rotate) <= now) return [];
  const message = `${rotate} is in the future; write a moment that has passed, now "${momentOf(now)}" for all tokens that there are`;
  return [{ path: "rotate", message }];
}

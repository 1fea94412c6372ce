import { isThere } from "../../secrets";
import { milliseconds } from "../kernel/call/duration";
import { calendarSeconds } from "./calendar";
import type { InStore, Stored } from "./stored-token";
import { momentOf, secondsOf } from "./time.model";

/** What tells whether a token has had its time. */
interface Dated extends Stored {
  readonly fullTokenId: string;
  readonly value: string | undefined;
  readonly madeAt: string;
}

const lost = "its value is lost: a new token is made";

export const nextRotation = (madeAt: string, rotateAfter: string | undefined): string | undefined =>
  rotateAfter === undefined ? undefined : momentOf(secondsOf(madeAt) + Math.ceil(milliseconds(rotateAfter) / 1000));

/** Why a new one is made though nothing was changed. */
export function outdated(at: Dated, rotateAfter: string | undefined): string | undefined {
  if (at.reference === undefined && (typeof at.value !== "string" || at.value === "")) return lost;
  const next = nextRotation(at.madeAt, rotateAfter);
  if (next === undefined || secondsOf(next) > calendarSeconds()) return undefined;
  return `rotates: it is of ${at.madeAt}, and rotateAfter is ${rotateAfter ?? ""}`;
}

/** The same, by what the store has of a token that is there instead of in the state. */
export function outdatedInStore(at: Dated, there: InStore | undefined): string | undefined {
  if (there === undefined || at.reference === undefined) return undefined;
  if (!isThere(there.seen)) return `Infisical no longer has it: ${lost}`;
  if (there.token === undefined || there.token.fullTokenId === at.fullTokenId) return undefined;
  return `Infisical has ${there.token.fullTokenId} already: it takes the place of ${at.fullTokenId}`;
}

/** Has the one before it had its time? */
export const isOver = (previous: readonly [string, string, string] | undefined): previous is [string, string, string] =>
  previous !== undefined && secondsOf(previous[2]) <= calendarSeconds();

import { isThere } from "../../secrets";
import { milliseconds } from "../kernel/call/duration";
import { calendarSeconds } from "../kernel/call/calendar";
import type { InStore, Stored } from "./stored-token";
import { momentOf, secondsOf, secondsUpTo } from "../kernel/call/moment";

/** What tells whether a token has had its time. */
interface Dated extends Stored {
  readonly fullTokenId: string;
  readonly value: string | undefined;
  /** Not known where a token was taken up that a killed run has made. */
  readonly madeAt: string | undefined;
}

const lost = "its value is lost: a new token is made";

const madeOf = ({ madeAt }: Pick<Dated, "madeAt">): number | undefined => {
  const made = secondsOf(madeAt ?? "");
  return Number.isFinite(made) ? made : undefined;
};

export function nextRotation(at: Pick<Dated, "madeAt">, rotateAfter: string | undefined): string | undefined {
  const made = madeOf(at);
  if (rotateAfter === undefined || made === undefined) return undefined;
  return momentOf(made + Math.ceil(milliseconds(rotateAfter) / 1000));
}

/** Why a new one is made though nothing was changed; `order` is the operator's. One of an unknown age is too old. */
export function outdated(at: Dated, rotateAfter: string | undefined, order: string | undefined): string | undefined {
  if (at.reference === undefined && (typeof at.value !== "string" || at.value === "")) return lost;
  const made = madeOf(at);
  const age = made === undefined ? "when it was made is not known" : `it is of ${at.madeAt ?? ""}`;
  // In the future is none: it would be one with every run.
  if (order !== undefined && secondsUpTo(order) <= calendarSeconds() && (made ?? 0) < secondsUpTo(order))
    return `rotates: proxmox:rotate asks for all tokens made before ${order}, and ${age}`;
  if (rotateAfter === undefined) return undefined;
  const next = nextRotation(at, rotateAfter);
  if (next !== undefined && secondsOf(next) > calendarSeconds()) return undefined;
  return `rotates: ${age}, and rotateAfter is ${rotateAfter}`;
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

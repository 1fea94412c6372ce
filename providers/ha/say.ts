import type { Guest } from "../../pve";
import type { Problem } from "../kernel/state/problems";
import { sidOf } from "./sid";
import type { Consequences, Move } from "./service-moves";

/** What the program lets HA do to guests by a change. */
interface Allowed {
  readonly allowMoves?: boolean | undefined;
  readonly allowStop?: boolean | undefined;
}

/** `vm:100 (web)`. */
export const called = (sid: string, guests: readonly Guest[]): string => {
  const name = guests.find((guest) => sidOf(guest) === sid)?.name;
  return name === undefined ? sid : `${sid} (${name})`;
};

export const moved = ({ sid, from, to }: Move, guests: readonly Guest[]): string =>
  `${called(sid, guests)} from ${from}${to.length === 0 ? ", with what moves beside it" : ` to ${to.join(" or ")}`}`;

/** What HA does to guests by it, for a row: "HA starts vm:100 (web)"; undefined when nothing. */
export function inWords({ starts, stops, moves }: Consequences, guests: readonly Guest[]): string | undefined {
  const parts = [
    ...(starts.length === 0 ? [] : [`starts ${starts.map((sid) => called(sid, guests)).join(", ")}`]),
    ...(stops.length === 0 ? [] : [`stops ${stops.map((sid) => called(sid, guests)).join(", ")}`]),
    ...(moves.length === 0 ? [] : [`moves ${moves.map((move) => moved(move, guests)).join(", ")}`]),
  ];
  return parts.length === 0 ? undefined : `HA ${parts.join("; ")}`;
}

/** What of it nobody has named. */
export function unnamed({ stops, moves }: Consequences, allowed: Allowed, guests: readonly Guest[]): Problem[] {
  return [
    ...(stops.length === 0 || allowed.allowStop === true
      ? []
      : [
          {
            path: "state",
            message: `HA would stop ${stops.map((sid) => called(sid, guests)).join(", ")}, which runs; write allowStop: true if it is to, or state: "started"`,
          },
        ]),
    ...(moves.length === 0 || allowed.allowMoves === true
      ? []
      : [
          {
            path: "allowMoves",
            message: `HA would move ${moves.map((move) => moved(move, guests)).join(", ")}; write allowMoves: true if it is to`,
          },
        ]),
  ];
}

/** Throws unless all of it was named, directly before it is sent. */
export function assertNamed(of: Consequences, allowed: Allowed, guests: readonly Guest[]): void {
  const problems = unnamed(of, allowed, guests);
  if (problems.length > 0) throw new Error(`${problems.map(({ message }) => message).join("; ")}. Nothing was changed`);
}

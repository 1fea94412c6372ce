import type { Change, OwnEffect } from "./changes";
import type { Problem } from "./problems";

interface Refusal {
  readonly effect: string;
  readonly argument: string;
  readonly message: string;
}

/** What every kind of object may refuse. */
const replacement: Refusal = {
  effect: "replace",
  argument: "allowReplace",
  message: "this change replaces the object, and allowReplace is false; undo it or allow it",
};

const ofArea = (own: readonly OwnEffect[]): Refusal[] =>
  own.flatMap(({ name, refusedBy }) => (refusedBy ? [{ effect: name, ...refusedBy }] : []));

type Inputs = Readonly<Record<string, unknown>>;

/** Changes that an argument such as `allowReboot: false` forbids. */
export function refusals(changes: readonly Change[], own: readonly OwnEffect[], inputs: Inputs): Problem[] {
  const refused = [replacement, ...ofArea(own)].filter(({ argument }) => inputs[argument] === false);
  return changes.flatMap(({ path, effect }) =>
    refused.filter((one) => one.effect === effect).map(({ message }) => ({ path, message })),
  );
}

/** Does it depend on the object as it is whether something is refused? Only then it is looked at. */
export function dependsOnObject(changes: readonly Change[], own: readonly OwnEffect[], inputs: Inputs): boolean {
  const refused = ofArea(own)
    .filter(({ argument }) => inputs[argument] === false)
    .map(({ effect }) => effect);
  const outcomes = new Map(own.map(({ name, mayBecome = [] }) => [name, [name, ...mayBecome]]));
  return changes.some(({ effect }) => outcomes.get(effect)?.some((one) => refused.includes(one)) ?? false);
}

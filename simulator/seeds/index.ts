import type { World } from "../world/world.js";
import { conformance, conformanceThree } from "./conformance.js";
import { empty } from "./empty.js";
import { matrix } from "./matrix.js";

/** The names that `seedWorld` knows, for messages. */
export const seedNames = ["conformance", "conformance:3", "empty:N", "matrix"];

/** Makes the world of a seed by its name. */
export function seedWorld(name: string): World {
  const count = /^empty:([1-9]\d?)$/.exec(name)?.[1];
  if (count !== undefined) return empty(Number(count));
  if (name === "conformance") return conformance();
  if (name === "conformance:3") return conformanceThree();
  if (name === "matrix") return matrix();
  throw new Error(`unknown seed '${name}'; there are: ${seedNames.join(", ")}`);
}

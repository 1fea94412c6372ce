import type { World } from "../world/world.js";
import { conformance, conformanceCluster, conformanceHost, conformanceLinks, conformanceThree } from "./conformance.js";
import { doggos } from "./doggos.js";
import { empty } from "./empty.js";
import { matrix, matrixBare } from "./matrix.js";
import { nexus } from "./nexus.js";

const seeds: Readonly<Record<string, () => World>> = {
  conformance,
  "conformance-host": conformanceHost,
  "conformance:3": conformanceThree,
  "conformance:3-links": conformanceLinks,
  "conformance-cluster": conformanceCluster,
  matrix,
  "matrix:bare": matrixBare,
  doggos,
  nexus,
};

/** The names that `seedWorld` knows, for messages. */
export const seedNames: readonly string[] = [...Object.keys(seeds), "empty:N"];

/** Makes the world of a seed by its name. */
export function seedWorld(name: string): World {
  const count = /^empty:([1-9]\d?)$/.exec(name)?.[1];
  if (count !== undefined) return empty(Number(count));
  const seed = seeds[name];
  if (!seed) throw new Error(`unknown seed '${name}'; there are: ${seedNames.join(", ")}`);
  return seed();
}

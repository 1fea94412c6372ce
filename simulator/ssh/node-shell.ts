import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import type { FileSystem } from "./file-system.js";

/** What a command on a node is run with. */
export interface Shell {
  readonly files: FileSystem;
  readonly simulation: Simulation;
  readonly node: NodeState;
  /** What comes by standard input. */
  readonly stdin: string;
  /** Environment variables that a service was given. */
  readonly env?: Readonly<Record<string, string>>;
}

import { z } from "zod";
import type { Model } from "../define";

/** What the cluster's list tells of a node. */
export interface NodeFacts {
  /** Name of the node. */
  readonly name: string;
  /** Whether the cluster reaches it. */
  readonly status: "online" | "offline" | "unknown";
  /** Threads of its CPUs; 0 while nobody knows. */
  readonly cores: number;
  /** Memory that it has, in MiB; 0 while nobody knows. */
  readonly memoryMiB: number;
  /** Memory that is not in use, in MiB. */
  readonly freeMemoryMiB: number;
}

export const nodesModel: Model = { schema: z.strictObject({}), effects: {}, sensitive: [] };

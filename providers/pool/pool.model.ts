import { z } from "zod";
import type { Model } from "../kernel/define";
import { timeoutsSchema } from "../vm/vm.model";

export const poolSchema = z.strictObject({
  /**
   * Name of the pool; inside another one `parent/child`, at most three levels. Default: the resource's name. A change
   * replaces. Proxmox: `poolid`.
   */
  poolId: z
    .string()
    .regex(
      /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/,
      "write letters, digits, . _ and -, with / between up to 3 levels",
    )
    .refine(
      (id) => id.split("/").every((level) => /^[A-Za-z]/.test(level)),
      "each level of the name must start with a letter",
    ),
  /** Shown beside the name. */
  comment: z.string().optional(),
  /** Take over the pool of this name, which must exist; its members stay. Default false. Only read when the resource is created. */
  adopt: z.boolean().optional(),
  /** Longest time of each operation. */
  timeouts: timeoutsSchema.optional(),
});

export type PoolInputs = z.infer<typeof poolSchema>;

export const poolModel: Model = {
  schema: poolSchema,
  effects: { poolId: "replace", comment: "live", adopt: "none", timeouts: "live" },
  sensitive: [],
  /** The resource's own name is the pool's, unless the program says otherwise. */
  defaults: (inputs, urn) => {
    const own = urn.split("::").at(-1);
    return inputs["poolId"] === undefined && own ? { ...inputs, poolId: own } : inputs;
  },
  // Proxmox gives comments back with a line end.
  same: (path, wanted, live) =>
    path === "comment" && typeof wanted === "string" && typeof live === "string"
      ? wanted.trimEnd() === live.trimEnd()
      : Object.is(wanted, live),
};

import { z } from "zod";
import { fields, optional } from "../fields/field";
import { isDuration } from "./duration";

export const durationSchema = z.string().refine(isDuration, 'write a number with a unit, such as "90s", "15m" or "1h"');

/** How long the operations on a resource may take: an argument of every resource. */
export const timeoutsSchema = fields({
  create: optional("Longest time for a creation.", durationSchema, {}),
  update: optional("Longest time for an update.", durationSchema, {}),
  delete: optional("Longest time for a deletion.", durationSchema, {}),
  read: optional("Longest time for a refresh.", durationSchema, {}),
});

import { z } from "zod";
import { optional } from "../kernel/fields/field";
import { word } from "../kernel/fields/codec";
import { sameComment } from "../kernel/named.model";

/** What is shown beside a resource or a rule of HA. */
export const comment = optional(
  "Shown beside it.",
  z
    .string()
    .max(4096)
    .regex(/^[^\n\r]*$/, "write one line"),
  { ...word("comment", "live"), same: sameComment },
);

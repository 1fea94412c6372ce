import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { timeoutsSchema } from "../kernel/call/timeouts.model";

/** Names by area and city, and the two words beside them that Proxmox takes; `CET` and the like it refuses. */
const zoneForm = /^(?:UTC|GMT|[A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){1,2})$/;

const timeZoneSchema = fields({
  node: required("Name of the node. A change replaces: the node of before keeps its settings.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` in the path",
  }),
  timeZone: required(
    "Time zone by its name in the zone database, such as `Europe/Berlin`. Where the hardware clock runs in local time, " +
      "another zone may step the node's clock.",
    z.string().superRefine((name, ctx) => {
      const message = zoneProblem(name);
      if (message !== undefined) ctx.addIssue({ code: "custom", message });
    }),
    { effect: "live", key: "timezone" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

function zoneProblem(name: string): string | undefined {
  const likely = Intl.supportedValuesOf("timeZone").find((zone) => zone.toLowerCase() === name.toLowerCase());
  const meant = likely === undefined || likely === name ? "" : `; did you mean "${likely}"?`;
  if (!zoneForm.test(name)) return `write area and city, such as Europe/Berlin, or UTC${meant}`;
  return isZone(name) && meant === "" ? undefined : `there is no such time zone${meant}`;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export type TimeZoneInputs = z.infer<typeof timeZoneSchema>;

export const timeZoneModel: Model = { schema: timeZoneSchema, effects: effectsOf(timeZoneSchema), sensitive: [] };

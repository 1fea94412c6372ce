import type { z } from "zod";
import type { Model } from "../../kernel/resource-kind";
import { effectsOf } from "../../kernel/fields/effects";
import { sameIn } from "../../kernel/fields/mapping";
import { namedBy } from "../../kernel/named.model";
import { ownNetworkEffects } from "./interface-fields.model";

/** The model of a kind of interfaces; `autostart` for those that this program makes. */
export function interfaceModel(schema: z.ZodType, autostart: boolean): Model {
  const named = namedBy("name");
  return {
    schema,
    effects: effectsOf(schema),
    ownEffects: ownNetworkEffects,
    sensitive: [],
    defaults: (inputs, urn) => {
      const out = named?.(inputs, urn) ?? inputs;
      return autostart && out["autostart"] === undefined ? { ...out, autostart: true } : out;
    },
    same: sameIn(schema),
  };
}

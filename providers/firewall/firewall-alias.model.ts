import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy, sameComment } from "../kernel/named.model";
import { adoptField, lockoutField, timeoutsField } from "./firewall-fields.model";
import { placeField } from "./place.model";
import { addressesText } from "./rule-words";
import { addressRange } from "../../pve/format/address-range";
import { objectName } from "./rule.model";

const aliasSchema = fields({
  place: placeField("Whose rules may name it.", "datacenter", "guest"),
  alias: required("Name, as `source` and `destination` of a rule take it. A change replaces.", objectName(64), {
    key: "name",
    effect: "replace",
    default: "the resource's name",
  }),
  cidr: required(
    "The address or network that it stands for.",
    z
      .string()
      .refine((text) => addressRange(text) !== undefined && !text.includes("-"), "write an address or a network"),
    {
      ...word("cidr", "live"),
      same: (wanted: string, live: string | undefined) =>
        live !== undefined && addressesText(wanted) === addressesText(live),
    },
  ),
  comment: optional("Shown beside the name.", z.string().regex(/^[^\n\r]*$/, "write one line"), {
    ...word("comment", "live"),
    same: sameComment,
  }),
  ...adoptField("alias"),
  ...lockoutField(),
  ...timeoutsField(),
});

export type FirewallAliasInputs = z.infer<typeof aliasSchema>;

export const firewallAliasModel: Model = {
  schema: aliasSchema,
  effects: effectsOf(aliasSchema),
  sensitive: [],
  defaults: namedBy("alias"),
  same: sameIn(aliasSchema),
};

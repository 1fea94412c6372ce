import { z } from "zod";
import { flag } from "../kernel/fields/codec";
import { fields, optional } from "../kernel/fields/field";
import { common, guarded, named, onNode } from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";

export const networkPortSchema = fields({
  node: onNode(),
  name: named(
    "Name of the card, as the node's network shows it.",
    /^[a-z][a-z0-9_]+$/,
    "write the name of a card, such as eno1",
  ),
  ...common(),
  autostart: optional(
    "Bring it up when the node starts, and with each reload. What stands on it brings it up in any case.",
    z.boolean(),
    flag("autostart", "reload", false),
  ),
  ...guarded(),
});

export type NetworkPortInputs = z.infer<typeof networkPortSchema>;

export const networkPortModel = interfaceModel(networkPortSchema, false);

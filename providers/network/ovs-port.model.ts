import type { z } from "zod";
import { fields } from "../kernel/fields/field";
import { adoptable, common, guarded, named, onNode, plainName, plainNameSay } from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";
import { ovsBridgeName, ovsOptions, ovsTag } from "./fields/ovs-fields.model";

export const ovsPortSchema = fields({
  node: onNode(),
  name: named("Name of the port, such as `mgmt`.", plainName, plainNameSay),
  bridge: ovsBridgeName(),
  vlanTag: ovsTag(),
  ...common(),
  options: ovsOptions(),
  adopt: adoptable("port"),
  ...guarded(),
});

export type OvsPortInputs = z.infer<typeof ovsPortSchema>;

export const ovsPortModel = interfaceModel(ovsPortSchema, false);

import type { z } from "zod";
import { fields, optional } from "../kernel/fields/field";
import {
  adoptable,
  common,
  guarded,
  interfaces,
  named,
  onNode,
  plainName,
  plainNameSay,
  portNames,
  startedAtBoot,
} from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";
import { ovsOptions } from "./fields/ovs-fields.model";

export const ovsBridgeSchema = fields({
  node: onNode(),
  name: named("Name of the bridge, such as `vmbr1`.", plainName, plainNameSay),
  ports: optional(
    "Cards that it joins. Its `OvsBond`s and `OvsPort`s name the bridge themselves.",
    portNames("name each port once"),
    { ...interfaces("ovs_ports"), default: "none" },
  ),
  ...common(),
  options: ovsOptions(),
  autostart: startedAtBoot(),
  adopt: adoptable("bridge"),
  ...guarded(),
});

export type OvsBridgeInputs = z.infer<typeof ovsBridgeSchema>;

export const ovsBridgeModel = interfaceModel(ovsBridgeSchema, true);

import { z } from "zod";
import { number, word } from "../kernel/fields/codec";
import { fields, required } from "../kernel/fields/field";
import { adoptable, common, guarded, named, onNode, startedAtBoot } from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";

export const vlanSchema = fields({
  node: onNode(),
  name: named(
    "Name of the interface: `vlan9`, `vmbr0.9` or any other one.",
    /^(?!lo$)(?!bond\d+$)(?!(?:eth|nic|if)\d+$)(?!en[^:.]*$)(?!ib[^:.]*$)[a-z][a-z0-9_]+(?:\.[1-9]\d{0,3})?$/,
    "write vlan and the id, such as vlan9, or the parent with the id, such as vmbr0.9",
  ),
  parent: required("Interface that carries the tagged frames: a card, a bond or a bridge.", z.string().min(1), {
    ...word("vlan-raw-device", "reload"),
  }),
  vlanId: required(
    "The VLAN's id.",
    z.int("write a whole number from 1 to 4094").min(1, "write at least 1").max(4094, "write at most 4094"),
    number("vlan-id", "reload"),
  ),
  ...common(),
  autostart: startedAtBoot(),
  adopt: adoptable("VLAN"),
  ...guarded(),
});

export type VlanInputs = z.infer<typeof vlanSchema>;

export const vlanModel = interfaceModel(vlanSchema, true);

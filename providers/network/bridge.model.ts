import { z } from "zod";
import { flag } from "../kernel/fields/codec";
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
import { vlanIdList, vlanIds } from "./fields/vlan-ids.model";

export const bridgeSchema = fields({
  node: onNode(),
  name: named("Name of the bridge, such as `vmbr1`.", plainName, plainNameSay),
  ports: optional(
    "Interfaces that it joins: cards, bonds, VLANs. Without any it is a network within the node.",
    portNames("name each port once"),
    { ...interfaces("bridge_ports"), default: "none" },
  ),
  ...common(),
  vlanAware: optional(
    "Let guests choose a VLAN by their device's `vlan`, on any of `vlanIds`.",
    z.boolean(),
    flag("bridge_vlan_aware", "reload", false),
  ),
  vlanIds: optional("VLANs that pass a VLAN-aware bridge: ids, and ranges such as `100-200`.", vlanIdList, vlanIds),
  autostart: startedAtBoot(),
  adopt: adoptable("bridge"),
  ...guarded(),
});

export type BridgeInputs = z.infer<typeof bridgeSchema>;

export const bridgeModel = interfaceModel(bridgeSchema, true);

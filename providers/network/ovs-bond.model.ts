import { z } from "zod";
import { word } from "../kernel/fields/codec";
import { fields, optional, required } from "../kernel/fields/field";
import { adoptable, common, guarded, interfaces, named, onNode, portNames } from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";
import { ovsBridgeName, ovsOptions, ovsTag } from "./fields/ovs-fields.model";

/** Open vSwitch's bonds and ports have no addresses of their own here: their bridge starts them. */
const { mtu, comment } = common();

export const ovsBondSchema = fields({
  node: onNode(),
  name: named("Name of the bond, `bond` and a number.", /^bond\d+$/, "write bond and a number, such as bond0"),
  bridge: ovsBridgeName(),
  ports: required(
    "Cards that it joins.",
    portNames("name each card once").min(1, "name at least one card"),
    interfaces("ovs_bonds"),
  ),
  mode: optional(
    "How frames are spread over the cards; those with `lacp` need a switch that knows of it.",
    z.enum(
      ["active-backup", "balance-slb", "lacp-balance-slb", "lacp-balance-tcp"],
      "write one of active-backup, balance-slb, lacp-balance-slb, lacp-balance-tcp",
    ),
    word("bond_mode", "reload", "active-backup"),
  ),
  vlanTag: ovsTag(),
  options: ovsOptions(),
  mtu,
  comment,
  adopt: adoptable("bond"),
  ...guarded(),
});

export type OvsBondInputs = z.infer<typeof ovsBondSchema>;

export const ovsBondModel = interfaceModel(ovsBondSchema, false);

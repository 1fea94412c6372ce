import { z } from "zod";
import { word } from "../kernel/fields/codec";
import { fields, optional, required } from "../kernel/fields/field";
import {
  adoptable,
  common,
  guarded,
  interfaces,
  named,
  onNode,
  portNames,
  startedAtBoot,
} from "./fields/interface-fields.model";
import { interfaceModel } from "./fields/interface-model.model";

export const bondSchema = fields({
  node: onNode(),
  name: named("Name of the bond, `bond` and a number.", /^bond\d+$/, "write bond and a number, such as bond0"),
  ports: required(
    "Cards that it joins.",
    portNames("name each card once").min(1, "name at least one card"),
    interfaces("slaves"),
  ),
  mode: optional(
    "How frames are spread over the cards; `802.3ad` is LACP, which the switch must know of.",
    z.enum(
      ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
      "write one of balance-rr, active-backup, balance-xor, broadcast, 802.3ad, balance-tlb, balance-alb",
    ),
    word("bond_mode", "reload", "balance-rr"),
  ),
  primary: optional("The card that is used while it has a link; of mode `active-backup`.", z.string().min(1), {
    ...word("bond-primary", "reload"),
  }),
  hashPolicy: optional(
    "What a frame's card is chosen by; of modes `balance-xor` and `802.3ad`.",
    z.enum(["layer2", "layer2+3", "layer3+4"], "write one of layer2, layer2+3, layer3+4"),
    word("bond_xmit_hash_policy", "reload", "layer2"),
  ),
  ...common(),
  autostart: startedAtBoot(),
  adopt: adoptable("bond"),
  ...guarded(),
});

export type BondInputs = z.infer<typeof bondSchema>;

export const bondModel = interfaceModel(bondSchema, true);

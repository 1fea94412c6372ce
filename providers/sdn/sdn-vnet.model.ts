import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { flag, mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { adopt, ownSdnEffects, sdnName, sdnText } from "./sdn-fields.model";

const shape = {
  vnetId: sdnName(
    "Name of the vnet, and of the bridge that it is on each node: what `bridge` of a guest's network takes.",
    "vnet",
    8,
  ),
  zone: required("Name of the zone.", sdnText(), word("zone", "reload")),
  tag: optional(
    "VLAN id in a VLAN or QinQ zone (up to 4094), VXLAN id in a VXLAN or EVPN zone; none in a simple one.",
    z.int().min(1, "write 1 or more").max(16777215, "write 16777215 at most"),
    number("tag", "reload"),
  ),
  alias: optional(
    "Shown beside the name.",
    z
      .string()
      .max(256, "write at most 256 characters")
      .regex(/^[()\-_.\w\s]+$/, "write letters, digits, blanks and ( ) - _ ."),
    word("alias", "reload"),
  ),
  vlanAware: optional(
    "Guests may use VLANs of their own on it; it then has no subnets.",
    z.boolean(),
    flag("vlanaware", "reload", false),
  ),
  isolatePorts: optional("Guests on it do not reach each other.", z.boolean(), flag("isolate-ports", "reload", false)),
  ...adopt("vnet"),
};

export const vnetFields = mappedIn(shape);

const vnetSchema = fields(shape);

export type SdnVnetInputs = z.infer<typeof vnetSchema>;

export const sdnVnetModel: Model = {
  schema: vnetSchema,
  effects: effectsOf(vnetSchema),
  ownEffects: ownSdnEffects,
  sensitive: [],
  defaults: namedBy("vnetId"),
  same: sameIn(vnetSchema),
};

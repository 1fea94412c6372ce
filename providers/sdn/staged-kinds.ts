import type { SdnKind } from "./sdn-kind";
import { subnetKey } from "./sdn-view";
import { controllerFields, sdnControllerModel } from "./sdn-controller.model";
import { sdnSubnetModel, subnetFields } from "./sdn-subnet.model";
import { sdnVnetModel, vnetFields } from "./sdn-vnet.model";
import { sdnZoneModel, zoneFields } from "./sdn-zone.model";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Kinds that are known by one name. */
const byName = (name: string): Pick<SdnKind, "outputs" | "id" | "at"> => ({
  outputs: [name],
  id: (of) => text(of[name]),
  at: (id) => ({ [name]: id }),
});

export const zoneKind: SdnKind = {
  ...{ kind: "SdnZone", noun: "zone", collection: "zones", model: sdnZoneModel },
  ...byName("zoneId"),
  fields: (type) => zoneFields[type ?? ""],
  fixed: ({ type }) => ({ type: text(type) }),
};

export const vnetKind: SdnKind = {
  ...{ kind: "SdnVnet", noun: "vnet", collection: "vnets", model: sdnVnetModel },
  ...byName("vnetId"),
  fields: () => vnetFields,
  fixed: () => ({ type: "vnet" }),
};

export const subnetKind: SdnKind = {
  ...{ kind: "SdnSubnet", noun: "subnet", collection: "subnets", model: sdnSubnetModel },
  outputs: ["vnet", "cidr"],
  id: ({ vnet, cidr }) => subnetKey(text(vnet), text(cidr)),
  at: (id) => ({ vnet: id.replace(/\/.*/, ""), cidr: id.replace(/^[^/]*\//, "") }),
  fields: () => subnetFields,
  fixed: ({ vnet }) => ({ type: "subnet", vnet: text(vnet) }),
};

export const controllerKind: SdnKind = {
  ...{ kind: "SdnController", noun: "controller", collection: "controllers", model: sdnControllerModel },
  ...byName("controllerId"),
  fields: (type) => controllerFields[type ?? ""],
  fixed: ({ type }) => ({ type: text(type) }),
};

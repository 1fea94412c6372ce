import { bridgeModel, bridgeSchema } from "./bridge.model";
import { bondModel, bondSchema } from "./bond.model";
import { vlanModel, vlanSchema } from "./vlan.model";
import { networkPortModel, networkPortSchema } from "./network-port.model";
import { ovsBridgeModel, ovsBridgeSchema } from "./ovs-bridge.model";
import { ovsBondModel, ovsBondSchema } from "./ovs-bond.model";
import { ovsPortModel, ovsPortSchema } from "./ovs-port.model";
import { mapped, type Kind } from "./kind";

/** All kinds of interfaces: one is checked beside those of the others. */
export const kinds = {
  Bridge: {
    kind: "Bridge",
    noun: "bridge",
    types: ["bridge"],
    model: bridgeModel,
    mapped: mapped(bridgeSchema.shape),
    layer: 4,
  },
  Bond: { kind: "Bond", noun: "bond", types: ["bond"], model: bondModel, mapped: mapped(bondSchema.shape), layer: 2 },
  Vlan: { kind: "Vlan", noun: "VLAN", types: ["vlan"], model: vlanModel, mapped: mapped(vlanSchema.shape), layer: 5 },
  NetworkPort: {
    kind: "NetworkPort",
    noun: "port",
    types: ["eth", "OVSPort"],
    model: networkPortModel,
    mapped: mapped(networkPortSchema.shape),
    layer: 1,
    physical: true,
  },
  OvsBridge: {
    kind: "OvsBridge",
    noun: "Open vSwitch bridge",
    types: ["OVSBridge"],
    model: ovsBridgeModel,
    mapped: mapped(ovsBridgeSchema.shape),
    layer: 2,
  },
  OvsBond: {
    kind: "OvsBond",
    noun: "Open vSwitch bond",
    types: ["OVSBond"],
    model: ovsBondModel,
    mapped: mapped(ovsBondSchema.shape),
    layer: 3,
  },
  OvsPort: {
    kind: "OvsPort",
    noun: "Open vSwitch port",
    types: ["OVSIntPort"],
    model: ovsPortModel,
    mapped: mapped(ovsPortSchema.shape),
    layer: 3,
  },
} as const satisfies Readonly<Record<string, Kind>>;

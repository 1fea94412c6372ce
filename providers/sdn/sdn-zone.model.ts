import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { flag, list, mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn, type MappedFields } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { adopt, ipAddress, ofType, ownSdnEffects, sdnName, sdnText } from "./sdn-fields.model";

const nodeNames = () => z.array(sdnText()).min(1, "write at least one node, or leave it out");

/** The highest VLAN id; Proxmox takes 4095 and more, which no switch does. */
export const highestVlan = 4094;
const vlan = () =>
  z.int().min(1, "write 1 to 4094").max(highestVlan, "write 1 to 4094: no network takes higher VLAN ids");
const vni = () => z.int().min(1).max(16777215, "write 1 to 16777215");

const every = () => ({
  zoneId: sdnName("Name of the zone.", "zone", 8),
  nodes: optional("Nodes that the zone is on.", nodeNames(), { ...list("nodes", "reload"), default: "all nodes" }),
  mtu: optional(
    "MTU of the vnets, in bytes.",
    z.int().min(576, "write 576 or more: smaller packets carry no IP").max(65535),
    { ...number("mtu", "reload"), default: "1500, or of VXLAN 50 less than what is below" },
  ),
  ipam: optional(
    "Name of the IPAM that addresses of guests are in; `pve` is the built-in one. Proxmox lets it change only while " +
      "the zone has no subnets.",
    sdnText(),
    word("ipam", "reload"),
  ),
  dnsServer: optional("Name of the SdnDns in which guests are registered.", sdnText(), word("dns", "reload")),
  reverseDnsServer: optional(
    "Name of the SdnDns in which addresses of guests are registered.",
    sdnText(),
    word("reversedns", "reload"),
  ),
  dnsZone: optional(
    "DNS zone in which guests are registered, such as `lab.example`.",
    sdnText(),
    word("dnszone", "reload"),
  ),
  ...adopt("zone"),
});

const bridged = () => ({
  bridge: required("Bridge that carries the VLANs, on each node of the zone.", sdnText(), word("bridge", "reload")),
  disableMacLearning: optional(
    "The bridge learns no addresses; Proxmox writes down those of guests.",
    z.boolean(),
    flag("bridge-disable-mac-learning", "reload", false),
  ),
});

const vxlanPort = () => ({
  vxlanPort: optional("UDP port.", z.int().min(1).max(65535), number("vxlan-port", "reload", 4789)),
});

const shapes = {
  simple: {
    ...ofType("simple", "A bridge of its own on each node; nodes are apart unless something routes between them."),
    ...every(),
    dhcp: optional(
      "DHCP server for the vnets, on each node of the zone; it takes the package `dnsmasq` there, and an `ipam`.",
      z.literal("dnsmasq"),
      word("dhcp", "reload"),
    ),
  },
  vlan: { ...ofType("vlan", "A VLAN of a bridge for each vnet."), ...every(), ...bridged() },
  qinq: {
    ...ofType("qinq", "VLANs within a VLAN of a bridge."),
    ...every(),
    ...bridged(),
    tag: required("Outer VLAN id.", vlan(), number("tag", "reload")),
    vlanProtocol: optional("Protocol of the outer VLAN.", z.enum(["802.1q", "802.1ad"]), {
      ...word("vlan-protocol", "reload", "802.1q"),
    }),
  },
  vxlan: {
    ...ofType("vxlan", "VXLAN tunnels between the nodes."),
    ...every(),
    ...vxlanPort(),
    peers: optional(
      "Addresses of all nodes of the zone, by which they reach each other; else a `fabric`.",
      z.array(ipAddress()).min(1),
      list("peers", "reload"),
    ),
    fabric: optional("Name of the SDN fabric that connects the nodes.", sdnText(), word("fabric", "reload")),
  },
  evpn: {
    ...ofType("evpn", "VXLAN tunnels with addresses exchanged by BGP, and a router of the zone on each node."),
    ...every(),
    ...vxlanPort(),
    controller: required("Name of the EVPN SdnController.", sdnText(), word("controller", "reload")),
    vrfVxlan: required("VXLAN id of the zone's router.", vni(), number("vrf-vxlan", "reload")),
    mac: optional(
      "MAC address of the gateways.",
      z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i, "write a MAC address"),
      { ...word("mac", "reload"), default: "a random one" },
    ),
    exitNodes: optional("Nodes that lead out of the zone.", nodeNames(), list("exitnodes", "reload")),
    primaryExitNode: optional(
      "Exit node that is used as long as it is there.",
      sdnText(),
      word("exitnodes-primary", "reload"),
    ),
    exitNodesLocalRouting: optional(
      "Exit nodes themselves reach guests of the zone.",
      z.boolean(),
      flag("exitnodes-local-routing", "reload", false),
    ),
    advertiseSubnets: optional(
      "Announce whole subnets, for guests that are silent.",
      z.boolean(),
      flag("advertise-subnets", "reload", false),
    ),
    disableArpNdSuppression: optional(
      "Send on ARP and neighbour discovery, which nodes else answer themselves.",
      z.boolean(),
      flag("disable-arp-nd-suppression", "reload", false),
    ),
    disableMacLearning: optional(
      "The bridge learns no addresses; Proxmox writes down those of guests.",
      z.boolean(),
      flag("bridge-disable-mac-learning", "reload", false),
    ),
    routeTargetImport: optional(
      "Route targets that the zone takes in, such as `65000:100`.",
      z.array(z.string().regex(/^(\d+|[\d.]+):\d+$/, "write a route target such as 65000:100")).min(1),
      list("rt-import", "reload"),
    ),
  },
} as const;

/** The fields of each type that are one key of Proxmox's. */
export const zoneFields: Readonly<Record<string, MappedFields>> = Object.fromEntries(
  Object.entries(shapes).map(([type, shape]) => [type, mappedIn(shape)]),
);

const onlyOne = "write either peers or fabric";

const zoneSchema = z.discriminatedUnion(
  "type",
  [
    fields(shapes.simple).refine(({ dhcp, ipam }) => dhcp === undefined || ipam !== undefined, {
      path: ["ipam"],
      message: 'DHCP gives out what the IPAM has; write ipam: "pve"',
    }),
    fields(shapes.vlan),
    fields(shapes.qinq),
    fields(shapes.vxlan).refine(({ peers, fabric }) => (peers === undefined) !== (fabric === undefined), {
      path: ["peers"],
      message: onlyOne,
    }),
    fields(shapes.evpn).superRefine(({ nodes, exitNodes, primaryExitNode }, ctx) => {
      const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
      for (const [index, node] of (exitNodes ?? []).entries())
        if (nodes !== undefined && !nodes.includes(node))
          wrong(
            ["exitNodes", index],
            `is none of nodes, so that the zone is not on ${node}; write one of ${nodes.join(", ")}`,
          );
      if (primaryExitNode !== undefined && !(exitNodes ?? []).includes(primaryExitNode))
        wrong(["primaryExitNode"], "is none of exitNodes, and no node would be preferred; write one of them");
    }),
  ],
  `write one of ${Object.keys(shapes).join(", ")}`,
);

export type SdnZoneInputs = z.infer<typeof zoneSchema>;

export const sdnZoneModel: Model = {
  schema: zoneSchema,
  effects: effectsOf(zoneSchema),
  ownEffects: ownSdnEffects,
  sensitive: [],
  defaults: namedBy("zoneId"),
  same: sameIn(zoneSchema),
};

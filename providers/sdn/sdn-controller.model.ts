import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { flag, list, mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn, type MappedFields } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { adopt, ipAddress, ofType, ownSdnEffects, sdnName, sdnText } from "./sdn-fields.model";

const every = () => ({
  controllerId: sdnName("Name of the controller.", "controller", 64, /^[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]$/),
  ...adopt("controller"),
});

const asn = () => ({
  asn: required(
    "Number of the autonomous system.",
    z.int().min(1, "write 1 or more").max(4294967295),
    number("asn", "reload"),
  ),
});
const node = () => ({ node: required("Name of the node that it is for.", sdnText(), word("node", "reload")) });
const loopback = () => ({
  loopback: optional("Interface whose address names the router.", sdnText(), word("loopback", "reload")),
});

const shapes = {
  evpn: {
    ...ofType("evpn", "Exchanges addresses of EVPN zones between all nodes; a cluster has one."),
    ...every(),
    ...asn(),
    peers: optional("Addresses of all nodes; else a `fabric`.", z.array(ipAddress()).min(1), list("peers", "reload")),
    fabric: optional("Name of the SDN fabric that connects the nodes.", sdnText(), word("fabric", "reload")),
  },
  bgp: {
    ...ofType("bgp", "Speaks BGP with routers outside, on one node."),
    ...every(),
    ...node(),
    ...asn(),
    ...loopback(),
    peers: required("Addresses of the routers.", z.array(ipAddress()).min(1), list("peers", "reload")),
    ebgp: optional("The routers are of another autonomous system.", z.boolean(), flag("ebgp", "reload", false)),
    ebgpMultihop: optional("So many hops to them.", z.int().min(1).max(255), number("ebgp-multihop", "reload")),
    multipathAsPathRelax: optional(
      "Use several ways of the same length through other autonomous systems.",
      z.boolean(),
      flag("bgp-multipath-as-path-relax", "reload", false),
    ),
  },
  isis: {
    ...ofType("isis", "Speaks IS-IS with routers outside, on one node."),
    ...every(),
    ...node(),
    ...loopback(),
    domain: required("Name of the IS-IS domain.", sdnText(), word("isis-domain", "reload")),
    net: required(
      "Network entity title, such as `49.0001.1921.6800.1002.00`.",
      z
        .string()
        .regex(/^[0-9a-f]{2}(\.[0-9a-f]{4}){3,9}\.[0-9a-f]{2}$/i, "write one such as 49.0001.1921.6800.1002.00"),
      word("isis-net", "reload"),
    ),
    interfaces: required("Interfaces that speak IS-IS.", z.array(sdnText()).min(1), list("isis-ifaces", "reload")),
  },
} as const;

export const controllerFields: Readonly<Record<string, MappedFields>> = Object.fromEntries(
  Object.entries(shapes).map(([type, shape]) => [type, mappedIn(shape)]),
);

const controllerSchema = z.discriminatedUnion(
  "type",
  [
    fields(shapes.evpn).refine(({ peers, fabric }) => (peers === undefined) !== (fabric === undefined), {
      path: ["peers"],
      message: "write either peers or fabric",
    }),
    fields(shapes.bgp),
    fields(shapes.isis),
  ],
  `write one of ${Object.keys(shapes).join(", ")}`,
);

export type SdnControllerInputs = z.infer<typeof controllerSchema>;

export const sdnControllerModel: Model = {
  schema: controllerSchema,
  effects: effectsOf(controllerSchema),
  ownEffects: ownSdnEffects,
  sensitive: [],
  defaults: namedBy("controllerId"),
  same: sameIn(controllerSchema),
};

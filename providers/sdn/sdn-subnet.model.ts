import { z } from "zod";
import { inNetworkOf, networkOf, parseAddress, parseCidr } from "../../pve/format/cidr";
import type { Model } from "../kernel/resource-kind";
import { flag, mappedIn, word, type Mapped } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { addressWord, adopt, ipAddress, ownSdnEffects, sdnText } from "./sdn-fields.model";

interface Range {
  readonly start: string;
  readonly end: string;
}

/** Ranges as Proxmox gets them, one text for all. */
const ranges: Mapped = {
  key: "dhcp-range",
  effect: "reload",
  write: (wanted) =>
    (wanted as readonly Range[]).map(({ start, end }) => `start-address=${start},end-address=${end}`).join(";"),
  read: (text) =>
    text === undefined
      ? undefined
      : text.split(";").map((range) => {
          const [, start = "", end = ""] = /^start-address=([^,]*),end-address=(.*)$/.exec(range) ?? [];
          return { start, end };
        }),
  same: (wanted, live) => live !== undefined && sorted(wanted) === sorted(live),
};

const sorted = (text: string): string => text.split(";").sort().join(";");

const shape = {
  vnet: required("Name of the vnet. A change replaces, the old one first.", sdnText(), {
    key: "vnet",
    effect: "replace",
  }),
  cidr: required(
    "Network with the length of its prefix, such as `10.80.0.0/24`. A change replaces, the old one first.",
    z.string().refine((text) => networkOf(text) === text, "write a network with its prefix, such as 10.80.0.0/24"),
    { key: "subnet", effect: "replace" },
  ),
  gateway: optional(
    "Address that is the gateway of guests; in simple and EVPN zones each node has it.",
    ipAddress(),
    addressWord("gateway"),
  ),
  snat: optional(
    "Guests reach other networks under the address of their node; in simple and EVPN zones.",
    z.boolean(),
    flag("snat", "reload", false),
  ),
  dhcpRanges: optional(
    "Addresses that DHCP gives out, in a zone with `dhcp`.",
    z
      .array(
        fields({
          start: required("First address.", ipAddress(), {}),
          end: required("Last address.", ipAddress(), {}),
        }),
      )
      .min(1, "write at least one range, or leave it out"),
    ranges,
  ),
  dhcpDnsServer: optional("Name server that DHCP tells guests.", ipAddress(), addressWord("dhcp-dns-server")),
  dnsZonePrefix: optional(
    "Put before the zone's `dnsZone`: `web` makes `guest.web.lab.example`.",
    sdnText(),
    word("dnszoneprefix", "reload"),
  ),
  ...adopt("subnet"),
};

export const subnetFields = mappedIn(shape);

const subnetSchema = fields(shape).superRefine((subnet, ctx) => {
  const network = parseCidr(subnet.cidr);
  if (!network) return;
  const inside = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && inNetworkOf(network, address);
  };
  const wrong = (path: (string | number)[], message: string) => ctx.addIssue({ code: "custom", path, message });
  const isPoint = network.family === 4 && network.prefix === 32;
  if (subnet.gateway !== undefined && !inside(subnet.gateway) && !isPoint)
    wrong(["gateway"], `is not in ${subnet.cidr}`);
  if (subnet.snat === true && subnet.gateway === undefined)
    wrong(["snat"], "takes a gateway, or the nodes forward nothing");
  for (const [index, { start, end }] of (subnet.dhcpRanges ?? []).entries()) {
    if (!inside(start) || !inside(end)) wrong(["dhcpRanges", index], `is not in ${subnet.cidr}`);
    else if (order(start) > order(end)) wrong(["dhcpRanges", index], "ends before it starts");
    const overlaps = (subnet.dhcpRanges ?? [])
      .slice(0, index)
      .some((other) => order(start) <= order(other.end) && order(other.start) <= order(end));
    if (overlaps) wrong(["dhcpRanges", index], "overlaps another one");
  }
});

/** Addresses of one family in their order. */
function order(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? "" : Buffer.from(address.toByteArray()).toString("hex");
}

export type SdnSubnetInputs = z.infer<typeof subnetSchema>;

export const sdnSubnetModel: Model = {
  schema: subnetSchema,
  effects: effectsOf(subnetSchema),
  ownEffects: ownSdnEffects,
  sensitive: [],
  same: sameIn(subnetSchema),
};

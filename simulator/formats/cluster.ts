import { parseCalendarEvent } from "../calendar-event.js";
import { PveError, textOf } from "../errors.js";
import { cidrFailure, parseAddressList } from "../firewall/rule-addresses.js";
import { icmpTypes, icmpv6Types } from "../firewall/icmp-types.js";
import { helperFailure } from "../firewall/option-lines.js";
import { checkPorts } from "../firewall/rule-ports.js";
import { protocolNumber } from "../firewall/ip-protocols.js";
import { isCidrv4, isCidrv6, isIp } from "./network.js";
import type { Format } from "./format.js";

const is =
  (test: (text: string) => boolean, failure: (text: string) => string): Format =>
  (text) =>
    test(text) ? undefined : failure(text);

const isCidr = (text: string): boolean => isCidrv4(text) || isCidrv6(text);

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const sdnId =
  (what: string): Format =>
  (text) =>
    /^[a-z][a-z0-9]*$/i.test(text) ? undefined : `${what} ID '${text}' contains illegal characters`;

function pairsFailure(item: RegExp, what: string): Format {
  return (text) => {
    if (text === "1") return undefined;
    const bad = text.split(":").find((part) => !item.test(part));
    if (bad === undefined && text.split(":").length <= 2) return undefined;
    return `entry '${text}' contains invalid ID - invalid ${what} '${bad ?? text}'`;
  };
}

/** What a check of the firewall throws becomes the format's failure. */
const checked =
  (check: (text: string) => unknown): Format =>
  (text) => {
    try {
      check(text);
      return undefined;
    } catch (error) {
      if (error instanceof PveError) return textOf(error);
      throw error;
    }
  };

/** Formats of the cluster's areas: firewall, SDN, HA, replication and backup jobs. */
export const clusterFormats: Readonly<Record<string, Format>> = {
  IPorCIDR: cidrFailure,
  IPorCIDRorAlias: (text) =>
    /^(?:(?:guest|dc)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(text) ? undefined : cidrFailure(text),
  "pve-fw-addr-spec": checked(parseAddressList),
  "pve-fw-dport-spec": checked((text) => checkPorts(text, true)),
  "pve-fw-sport-spec": checked((text) => checkPorts(text, false)),
  "pve-fw-icmp-type-spec": (text) =>
    text === "" || icmpTypes.has(text) || icmpv6Types.has(text) ? undefined : `invalid icmp-type value '${text}'`,
  // to Perl "0" is no text, and so not looked at
  "pve-fw-protocol-spec": (text) =>
    text === "" || text === "0" || protocolNumber(text) !== undefined ? undefined : `unknown protocol '${text}'`,
  "pve-fw-conntrack-helper": helperFailure,
  "pve-ha-resource-id": is(
    (text) => /^(vm|ct):[0-9]+$/.test(text),
    () => "value does not look like a valid ha resource id",
  ),
  "pve-ha-resource-or-vm-id": is(
    (text) => /^\d+$/.test(text) || /^(vm|ct):[0-9]+$/.test(text),
    () => "value does not look like a valid ha resource id",
  ),
  "pve-ha-node": is(
    (text) => /^[a-zA-Z0-9][a-zA-Z0-9-]*(:\d+)?$/.test(text),
    () => "value does not look like a valid ha group node",
  ),
  "pve-replication-job-id": is(
    (text) => /^[1-9][0-9]{2,8}-\d{1,9}$/.test(text),
    (text) => `invalid replication job id '${text}'`,
  ),
  "pve-calendar-event": is(
    (text) => parseCalendarEvent(text) !== undefined,
    (text) => `invalid calendar event '${text}' - unable to parse calendar event '${text}'\n`,
  ),
  "pve-day-of-week": is(
    (text) => days.includes(text),
    (text) => `value '${text}' does not look like a valid day of week`,
  ),
  "graphite-path": is(
    (text) => !/\.$|^\./.test(text),
    () => "value does not look like a valid graphite path",
  ),
  "pve-sdn-controller-id": sdnId("controller"),
  "pve-sdn-dns-id": sdnId("dns"),
  "pve-sdn-ipam-id": sdnId("ipam"),
  "pve-sdn-vnet-id": sdnId("vnet"),
  "pve-sdn-zone-id": sdnId("zone"),
  "pve-sdn-fabric-id": is(
    (text) => /^[a-zA-Z0-9][a-zA-Z0-9-]{0,6}[a-zA-Z0-9]?$/.test(text),
    (text) => `Fabric ID '${text}' contains illegal characters`,
  ),
  "pve-sdn-subnet-id": is(
    (text) => isCidr(text) || isCidr(text.replace(/^[^-]+-/, "").replace(/-(\d+)$/, "/$1")),
    () => "value does not look like a valid CIDR network",
  ),
  "pve-sdn-isis-net": is(
    (text) => /^[a-fA-F0-9]{2}(\.[a-fA-F0-9]{4}){3,9}\.[a-fA-F0-9]{2}$/.test(text),
    (text) => `value '${text}' is not a valid isis net`,
  ),
  "pve-sdn-bgp-rt": is(
    (text) => /^(\d+|[\d.]+):\d+$/.test(text),
    (text) => `value '${text}' is not a valid route target`,
  ),
  "storage-pair": pairsFailure(/^[a-z][a-z0-9\-_.]*[a-z0-9]$/i, "storage ID"),
  "bridge-pair": pairsFailure(/^[-_.\w]+$/, "bridge ID"),
  "ldap-simple-attr": is(
    (text) => /^[a-zA-Z0-9]+$/.test(text),
    (text) => `value '${text}' does not look like a simple ldap attribute name`,
  ),
  "pve-storage-path-in-property-string": is(
    (text) => text.startsWith("/"),
    () => "value does not look like a valid absolute path",
  ),
  "pve-lxc-dev-string": is(
    (text) => /^\/dev\/\S+$/.test(text),
    (text) => `${text} must start with /dev/`,
  ),
  "pve-lxc-mp-string": is(
    (text) => text.startsWith("/"),
    () => "value does not look like a valid absolute path",
  ),
  "lxc-ip-with-ll-iface": is(
    (text) => isIp(text.split("%")[0] ?? ""),
    () => "value does not look like a valid IP address",
  ),
  "pve-ct-timezone": is(
    (text) => text === "host" || /^[A-Za-z_+\-0-9]+(\/[A-Za-z_+\-0-9]+)*$/.test(text),
    (text) => `invalid time zone '${text}'`,
  ),
};

import { isCidrv4, isCidrv6, isIp } from "./network.js";
import { splitList } from "./list.js";
import type { Format } from "./format.js";

const is =
  (test: (text: string) => boolean, failure: (text: string) => string): Format =>
  (text) =>
    test(text) ? undefined : failure(text);

const isCidr = (text: string): boolean => isCidrv4(text) || isCidrv6(text);

/** The firewall knows networks of any prefix length. */
function isNetwork(text: string): boolean {
  const [address = "", bits] = text.split("/");
  return (
    isIp(address) && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (address.includes(":") ? 128 : 32)))
  );
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Calendar events in the grammar of systemd, as far as Proxmox takes it (PVE/CalendarEvent.pm). */
function isCalendarEvent(text: string): boolean {
  const short = /^(minutely|hourly|daily|weekly|monthly|yearly|annually|quarterly|semi-?annually)$/;
  if (short.test(text.trim())) return true;
  const item = "(?:\\*|\\d+(?:\\.\\.\\d+)?)(?:/\\d+)?";
  const list = `${item}(?:,${item})*`;
  const day = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*";
  const weekdays = `${day}(?:(?:\\.\\.|-|,)${day})*`;
  const date = `${list}-${list}(?:-${list})?`;
  const time = `${list}(?::${list}){0,2}`;
  const whole = new RegExp(`^(?:${weekdays}\\s+)?(?:${date}\\s*)?(?:${time})?$|^${weekdays}$`, "i");
  return text.trim() !== "" && whole.test(text.trim());
}

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

const addressSpec: Format = (text) => {
  if (
    /^[+](?:(?:guest|dc|sdn)\/)?[A-Za-z][A-Za-z0-9\-_]*$/.test(text) ||
    /^(?:(?:guest|dc)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(text)
  ) {
    return undefined;
  }
  const bad = splitList(text).find((item) => !isNetwork(item) && !item.split("-").every(isIp));
  return bad === undefined ? undefined : "value does not look like a valid IP address or CIDR network";
};

const ports: Format = (text) => {
  const bad = text.split(",").find((port) => !/^[a-z][a-z0-9-]*$/i.test(port) && !/^\d{1,5}(:\d{1,5})?$/.test(port));
  return bad === undefined ? undefined : `invalid port '${bad}'`;
};

const protocols = new Set(
  "tcp udp icmp igmp ggp ipencap st egp igp pup hmp xns-idp rdp iso-tp4 dccp xtp ddp idpr-cmtp ipv6 ipv6-route ipv6-frag idrp rsvp gre esp ah skip ipv6-icmp icmpv6 ipv6-nonxt ipv6-opts vmtp eigrp ospf ax.25 ipip etherip encap pim ipcomp vrrp l2tp isis sctp fc mobility-header udplite mpls-in-ip hip shim6 wesp rohc".split(
    " ",
  ),
);

/** Formats of the cluster's areas: firewall, SDN, HA, replication and backup jobs. */
export const clusterFormats: Readonly<Record<string, Format>> = {
  IPorCIDR: is(isNetwork, () => "value does not look like a valid IP address or CIDR network"),
  IPorCIDRorAlias: (text) =>
    isNetwork(text) || /^(?:(?:guest|dc)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(text)
      ? undefined
      : "value does not look like a valid IP address or CIDR network",
  "pve-fw-addr-spec": addressSpec,
  "pve-fw-dport-spec": ports,
  "pve-fw-sport-spec": ports,
  "pve-fw-icmp-type-spec": is(
    (text) => /^[a-z0-9/-]+$/i.test(text),
    (text) => `unknown icmp-type '${text}'`,
  ),
  "pve-fw-protocol-spec": is(
    (text) => protocols.has(text) || /^\d{1,3}$/.test(text),
    (text) => `unknown protocol '${text}'`,
  ),
  "pve-fw-conntrack-helper": is(
    (text) => /^(amanda|ftp|irc|netbios-ns|pptp|sane|sip|snmp|tftp)$/.test(text),
    (text) => `unknown conntrack helper '${text}'`,
  ),
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
    isCalendarEvent,
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

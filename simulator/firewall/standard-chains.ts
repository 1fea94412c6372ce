import type { IpVersion } from "./rule-addresses.js";
import { logAction, markOn, type Ruleset } from "./ruleset.js";

const invalid = "-m conntrack --ctstate INVALID -j DROP";

/** What is dropped or rejected without a word in the log, with the action for Microsoft's protocols. */
const noise = (action: string): string[] => [
  `-p udp --match multiport --dports 135,445 -j ${action}`,
  `-p udp --dport 137:139 -j ${action}`,
  `-p udp --sport 137 --dport 1024:65535 -j ${action}`,
  `-p tcp --match multiport --dports 135,139,445 -j ${action}`,
  "-p udp --dport 1900 -j DROP",
  "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP",
  "-p udp --sport 53 -j DROP",
];

const tcpFlags: readonly string[] = [
  "-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG FIN,PSH,URG -g PVEFW-logflags",
  "-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -g PVEFW-logflags",
  "-p tcp -m tcp --tcp-flags SYN,RST SYN,RST -g PVEFW-logflags",
  "-p tcp -m tcp --tcp-flags FIN,SYN FIN,SYN -g PVEFW-logflags",
  "-p tcp -m tcp --sport 0 --tcp-flags FIN,SYN,RST,ACK SYN -g PVEFW-logflags",
];

const setMark = [`-j MARK --set-mark ${markOn}`];

const chainsOfIpv4: Readonly<Record<string, readonly string[]>> = {
  "PVEFW-SET-ACCEPT-MARK": setMark,
  "PVEFW-DropBroadcast": [
    "-m addrtype --dst-type BROADCAST -j DROP",
    "-m addrtype --dst-type MULTICAST -j DROP",
    "-m addrtype --dst-type ANYCAST -j DROP",
    "-d 224.0.0.0/4 -j DROP",
  ],
  "PVEFW-reject": [
    "-m addrtype --dst-type BROADCAST -j DROP",
    "-s 224.0.0.0/4 -j DROP",
    "-p icmp -j DROP",
    "-p tcp -j REJECT --reject-with tcp-reset",
    "-p udp -j REJECT --reject-with icmp-port-unreachable",
    "-p icmp -j REJECT --reject-with icmp-host-unreachable",
    "-j REJECT --reject-with icmp-host-prohibited",
  ],
  ...dropAndReject(
    [],
    [
      "-p icmp -m icmp --icmp-type fragmentation-needed -j ACCEPT",
      "-p icmp -m icmp --icmp-type time-exceeded -j ACCEPT",
    ],
  ),
  "PVEFW-tcpflags": tcpFlags,
  "PVEFW-smurfs": [
    "-s 0.0.0.0/32 -j RETURN",
    "-m addrtype --src-type BROADCAST -g PVEFW-smurflog",
    "-s 224.0.0.0/4 -g PVEFW-smurflog",
  ],
};

const chainsOfIpv6: Readonly<Record<string, readonly string[]>> = {
  "PVEFW-SET-ACCEPT-MARK": setMark,
  "PVEFW-DropBroadcast": ["-d ff00::/8 -j DROP"],
  "PVEFW-reject": [
    "-p icmpv6 -j DROP",
    "-p tcp -j REJECT --reject-with tcp-reset",
    "-p udp -j REJECT --reject-with icmp6-port-unreachable",
    "-j REJECT --reject-with icmp6-adm-prohibited",
  ],
  // with IPv6, port 43 is rejected before anything else
  ...dropAndReject(
    ["-p tcp --dport 43 -j PVEFW-reject"],
    [
      "-p icmpv6 -m icmpv6 --icmpv6-type destination-unreachable -j ACCEPT",
      "-p icmpv6 -m icmpv6 --icmpv6-type time-exceeded -j ACCEPT",
      "-p icmpv6 -m icmpv6 --icmpv6-type packet-too-big -j ACCEPT",
    ],
  ),
  "PVEFW-tcpflags": tcpFlags,
};

function dropAndReject(first: readonly string[], icmp: readonly string[]): Record<string, string[]> {
  const before = [...first, "-j PVEFW-DropBroadcast", ...icmp, invalid];
  return { "PVEFW-Drop": [...before, ...noise("DROP")], "PVEFW-Reject": [...before, ...noise("PVEFW-reject")] };
}

/** The chains that every table has ($pve_std_chains_conf). */
export function addStandardChains(
  ruleset: Ruleset,
  version: IpVersion,
  levels: { readonly smurf: string | undefined; readonly flags: string | undefined },
  limit: string | undefined,
): void {
  for (const [chain, rules] of Object.entries(version === 4 ? chainsOfIpv4 : chainsOfIpv6))
    ruleset.set(chain, [...rules]);
  const logging = (chain: string, level: string | undefined): void => {
    const log = level === undefined ? [] : [logAction(chain, 0, level, "DROP: ", limit)];
    ruleset.set(chain, [...log, "-j DROP"]);
  };
  if (version === 4) logging("PVEFW-smurflog", levels.smurf);
  logging("PVEFW-logflags", levels.flags);
}

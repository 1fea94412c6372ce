import type { FilterReceiver, FilterSender, Traffic } from "../../../simulator/firewall/packet-verdicts.js";

/** What was sent, and what becomes of it. */
export type Question = readonly [
  from: FilterSender,
  to: FilterReceiver,
  traffic: Traffic,
  expected: "accept" | "drop" | "reject",
];

/** Files, and what the filter that is made of them does. */
interface FilterRow {
  readonly what: string;
  /** Where it is written. */
  readonly source: string;
  readonly files: Readonly<Record<string, string>>;
  /** Absent: in the network of the nodes. */
  readonly client?: string;
  readonly asks: readonly Question[];
}

const client: FilterSender = { kind: "client" };
export const foxtrot: FilterSender & FilterReceiver = { kind: "node", node: "foxtrot" };
export const golf: FilterSender & FilterReceiver = { kind: "node", node: "golf" };
export const from = (address: string): FilterSender => ({ kind: "outside", address });
const tcp = (port: number): Traffic => ({ protocol: "tcp", port });
export const udp = (port: number, sourcePort?: number): Traffic => ({
  ...{ protocol: "udp", port },
  ...(sourcePort === undefined ? {} : { sourcePort }),
});
const echo: Traffic = { protocol: "icmp", icmp: { type: 8, code: 0 } };

const on = "[OPTIONS]\nenable: 1\n";
export const cluster = (text: string): Record<string, string> => ({ "firewall/cluster.fw": `${on}${text}` });
export const rules = (...lines: string[]): Record<string, string> => cluster(`[RULES]\n${lines.join("\n")}\n`);
/** What becomes of the client's connections to these ports of foxtrot. */
const ports = (verdicts: Readonly<Record<number, "accept" | "drop" | "reject">>): Question[] =>
  Object.entries(verdicts).map(([port, verdict]) => [client, foxtrot, tcp(Number(port)), verdict]);

/** What the nodes' own filters do, row by row. */
export const rows: readonly FilterRow[] = [
  {
    what: "nothing is filtered without enable in cluster.fw, whatever else is there",
    source: "compile",
    files: { "firewall/cluster.fw": "[RULES]\nIN DROP\nOUT DROP\n", "nodes/foxtrot/host.fw": "[OPTIONS]\nenable: 1\n" },
    asks: [...ports({ 8006: "accept", 22: "accept", 9: "accept" }), [foxtrot, golf, tcp(6789), "accept"]],
  },
  {
    what: "switched on, the nodes' own network reaches API, consoles, SPICE, SSH and migration, and nothing else",
    source: "enable_host_firewall, after the rules",
    files: cluster(""),
    asks: [
      ...ports({ 8006: "accept", 5900: "accept", 5999: "accept", 3128: "accept", 22: "accept" }),
      ...ports({ 60000: "accept", 60050: "accept" }),
      ...ports({ 8007: "drop", 5899: "drop", 6000: "drop", 59999: "drop", 60051: "drop", 111: "drop", 85: "drop" }),
      [foxtrot, golf, tcp(8006), "accept"],
      [foxtrot, golf, tcp(22), "accept"],
      [foxtrot, golf, tcp(60007), "accept"],
      [client, foxtrot, udp(8006), "drop"],
    ],
  },
  {
    what: "Ceph between the nodes is dropped by the policy, for no rule of Proxmox's own is for it",
    source: "enable_host_firewall",
    files: cluster(""),
    asks: [3300, 6789, 6800, 7300].map((port): Question => [foxtrot, golf, tcp(port), "drop"]),
  },
  {
    what: "a client elsewhere is shut out",
    source: "the set management holds the local network alone (compile)",
    files: cluster(""),
    client: "203.0.113.9",
    asks: ports({ 8006: "drop", 22: "drop" }),
  },
  {
    what: "a client elsewhere that the set management names gets in",
    source: "enable_host_firewall",
    files: cluster("[IPSET management]\n203.0.113.9\n"),
    client: "203.0.113.9",
    asks: [...ports({ 8006: "accept", 22: "accept", 9: "drop" }), [from("203.0.113.10"), foxtrot, tcp(8006), "drop"]],
  },
  {
    what: "a local_network of the user's takes the place of the detected one",
    source: "compile",
    files: cluster("[ALIASES]\nlocal_network 192.168.5.0/24\n"),
    asks: [...ports({ 8006: "drop", 22: "drop" }), [from("192.168.5.77"), foxtrot, tcp(8006), "accept"]],
  },
  {
    what: "the policy for what comes in may accept",
    source: "ruleset_add_chain_policy",
    files: { "firewall/cluster.fw": `${on}policy_in: ACCEPT\n` },
    asks: ports({ 111: "accept", 6789: "accept" }),
  },
  {
    what: "the policy for what comes in may reject: the answer comes at once",
    source: "ruleset_add_chain_policy, PVEFW-Reject, PVEFW-reject",
    files: { "firewall/cluster.fw": `${on}policy_in: REJECT\n` },
    asks: [
      ...ports({ 111: "reject", 445: "reject", 8006: "accept" }),
      // noise, ICMP and answers of name servers are dropped all the same
      [client, foxtrot, udp(1900), "drop"],
      [client, foxtrot, udp(5000, 53), "drop"],
      [client, foxtrot, echo, "drop"],
    ],
  },
  {
    what: "a rule comes before what Proxmox lets in itself",
    source: "enable_host_firewall",
    files: rules("IN DROP -p tcp -dport 8006", "IN REJECT -p tcp -dport 22"),
    asks: [...ports({ 8006: "drop", 22: "reject", 3128: "accept" }), [golf, foxtrot, tcp(8006), "drop"]],
  },
  {
    what: "the first rule that is for a packet decides",
    source: "the order of iptables",
    files: rules("IN ACCEPT -source 192.168.3.250 -p tcp -dport 8006", "IN DROP -p tcp -dport 8006"),
    asks: [...ports({ 8006: "accept" }), [golf, foxtrot, tcp(8006), "drop"]],
  },
  {
    what: "a node's rules come before those of the cluster, and are its own",
    source: "enable_host_firewall: host rules first",
    files: {
      ...rules("IN DROP -p tcp -dport 8006", "IN ACCEPT -p tcp -dport 9"),
      "nodes/foxtrot/host.fw": "[RULES]\nIN ACCEPT -p tcp -dport 8006\nIN DROP -p tcp -dport 9\n",
    },
    asks: [
      ...ports({ 8006: "accept", 9: "drop" }),
      [client, golf, tcp(8006), "drop"],
      [client, golf, tcp(9), "accept"],
    ],
  },
  {
    what: "a rule that is switched off, or wrong, does nothing",
    source: "enable_host_firewall: next if !enable || errors",
    files: rules(
      "|IN DROP",
      "IN DROP -source +nosuch",
      "IN DROP -source nosuch",
      "IN DROP -dport 8006",
      "IN DROPS",
      "IN DROP -x",
    ),
    asks: ports({ 8006: "accept", 22: "accept" }),
  },
  {
    what: "a node without its own firewall lets everything in",
    source: "compile_iptables_filter: host enable",
    files: { ...cluster(""), "nodes/foxtrot/host.fw": "[OPTIONS]\nenable: 0\n" },
    asks: [...ports({ 111: "accept", 6789: "accept" }), [client, golf, tcp(111), "drop"]],
  },
  {
    what: "a security group's rules stand where it is named",
    source: "ruleset_add_group_rule, generate_group_rules",
    files: cluster(
      "[RULES]\nGROUP web\nIN DROP -p tcp -dport 443\nIN DROP -p tcp -dport 8006\n" +
        "[group web]\nIN ACCEPT -p tcp -dport 443\nIN REJECT -p tcp -dport 22\n|IN ACCEPT -p tcp -dport 8006\n",
    ),
    asks: ports({ 443: "accept", 22: "reject", 8006: "drop", 3128: "accept", 80: "drop" }),
  },
  {
    what: "a group that is not there is empty, and so is one with capitals in its name",
    source: "generate_group_rules; the parser's lower case",
    files: cluster("[RULES]\nGROUP nosuch\nGROUP Web\n[group Web]\nIN DROP -p tcp -dport 8006\n"),
    asks: ports({ 8006: "accept", 9: "drop" }),
  },
  {
    what: "a group is asked on the interface alone that its rule names; what it has marked is accepted",
    source: "ruleset_add_group_rule",
    files: cluster("[RULES]\nGROUP web -i vmbr1\n[group web]\nIN DROP -p tcp -dport 22\n"),
    asks: [
      ...ports({ 22: "accept" }),
      [from("192.168.5.6"), { kind: "node", node: "foxtrot", address: "192.168.5.5" }, tcp(22), "drop"],
    ],
  },
  {
    what: "an interface of a rule is the one that the packet comes in by",
    source: "ipt_rule_to_cmds: -i",
    files: rules("IN DROP -i vmbr1", "IN ACCEPT -p tcp -dport 111"),
    asks: [
      ...ports({ 111: "accept" }),
      [golf, { kind: "node", node: "foxtrot", address: "192.168.5.5" }, tcp(111), "drop"],
    ],
  },
  {
    what: "an alias stands for its network, with the bits beyond its length or without",
    source: "ipt_gen_src_or_dst_match",
    files: cluster("[ALIASES]\nOffice 203.0.113.77/24\n[RULES]\nIN ACCEPT -source dc/office -p tcp -dport 8006\n"),
    client: "203.0.113.9",
    asks: ports({ 8006: "accept", 22: "drop" }),
  },
  {
    what: "an alias of a guest is none of the cluster's: a rule that names it so is left out",
    source: "ipt_gen_src_or_dst_match dies, the rule alone is skipped",
    files: cluster(
      "[ALIASES]\nxx 192.168.3.0/24\n[RULES]\nIN DROP -source guest/xx\nIN DROP -source xx -p tcp -dport 22\n",
    ),
    asks: ports({ 8006: "accept", 22: "drop" }),
  },
  {
    what: "of a set's networks the smallest decides, and may be none of it",
    source: "generate_ipset_chains, hash:net of ipset",
    files: cluster(
      "[IPSET them]\n203.0.113.0/24\n!203.0.113.8/30\n203.0.113.9\n[RULES]\nIN ACCEPT -source +them -p tcp -dport 9\n",
    ),
    asks: [
      [from("203.0.113.1"), foxtrot, tcp(9), "accept"],
      [from("203.0.113.8"), foxtrot, tcp(9), "drop"],
      [from("203.0.113.9"), foxtrot, tcp(9), "accept"],
      [from("203.0.114.1"), foxtrot, tcp(9), "drop"],
    ],
  },
  {
    what: "the set blacklist is dropped before any rule",
    source: "ruleset_chain_add_input_filters",
    files: cluster("[IPSET blacklist]\n192.168.3.250\n[RULES]\nIN ACCEPT\n"),
    asks: [...ports({ 8006: "drop" }), [golf, foxtrot, tcp(8006), "accept"]],
  },
  {
    what: "a list of addresses is any of them, a range all between its ends",
    source: "ipt_gen_src_or_dst_match: -s, iprange",
    files: rules(
      "IN ACCEPT -source 203.0.113.1,203.0.113.16/28 -p tcp -dport 9",
      "IN ACCEPT -source 198.51.100.10-198.51.100.20 -p tcp -dport 9",
    ),
    asks: [
      [from("203.0.113.1"), foxtrot, tcp(9), "accept"],
      [from("203.0.113.31"), foxtrot, tcp(9), "accept"],
      [from("203.0.113.2"), foxtrot, tcp(9), "drop"],
      [from("198.51.100.10"), foxtrot, tcp(9), "accept"],
      [from("198.51.100.20"), foxtrot, tcp(9), "accept"],
      [from("198.51.100.21"), foxtrot, tcp(9), "drop"],
    ],
  },
  {
    what: "a destination is the node's address that is asked",
    source: "ipt_gen_src_or_dst_match: -d",
    files: rules("IN ACCEPT -dest 192.168.5.0/24 -p tcp -dport 9"),
    asks: [
      ...ports({ 9: "drop" }),
      [golf, { kind: "node", node: "foxtrot", address: "192.168.5.5" }, tcp(9), "accept"],
    ],
  },
  {
    what: "ports are single ones, lists, ranges and names",
    source: "ipt_rule_to_cmds: --dport, multiport",
    files: rules(
      ...["IN ACCEPT -p tcp -dport 10", "IN ACCEPT -p tcp -dport 12,14:16,http", "IN ACCEPT -p 6 -dport https"],
      ...["IN ACCEPT -p udp -dport 18", "IN ACCEPT -p tcp -dport 19 -sport 1:100,200"],
    ),
    asks: [
      ...ports({ 10: "accept", 12: "accept", 13: "drop", 14: "accept", 16: "accept", 17: "drop" }),
      ...ports({ 80: "accept", 443: "accept", 18: "drop", 19: "drop" }),
      [client, foxtrot, udp(18), "accept"],
      [client, foxtrot, { protocol: "tcp", port: 19, sourcePort: 200 }, "accept"],
      [client, foxtrot, { protocol: "tcp", port: 19, sourcePort: 101 }, "drop"],
    ],
  },
  {
    what: "port 0 is none: the rule is for all ports",
    source: "ipt_rule_to_cmds: return if !dport",
    files: rules("IN ACCEPT -p tcp -dport 0"),
    asks: [...ports({ 9: "accept" }), [client, foxtrot, udp(9), "drop"]],
  },
  {
    what: "macros stand for their ports, capitals or not",
    source: "$pve_fw_macros",
    files: rules("IN Web(ACCEPT)", "IN ceph(ACCEPT) -source 192.168.3.6", "IN Ping(ACCEPT)", "IN SMB(REJECT)"),
    asks: [
      ...ports({ 80: "accept", 443: "accept", 6789: "drop", 139: "reject" }),
      [client, foxtrot, udp(80), "drop"],
      ...[3300, 6789, 6800, 7300].map((port): Question => [golf, foxtrot, tcp(port), "accept"]),
      [golf, foxtrot, tcp(7301), "drop"],
      [client, foxtrot, echo, "accept"],
      [client, foxtrot, { protocol: "icmp", icmp: { type: 13, code: 0 } }, "drop"],
      [client, foxtrot, udp(1024, 137), "reject"],
      [client, foxtrot, udp(1024), "drop"],
    ],
  },
  {
    what: "a type of ICMP may be named with its code, and where ports stand",
    source: "ipt_rule_to_cmds: --icmp-type",
    files: rules(
      "IN ACCEPT -p icmp -icmp-type host-unreachable",
      "IN ACCEPT -p icmp -dport redirect",
      "IN ACCEPT -p icmp -dport 17",
    ),
    asks: [
      [client, foxtrot, { protocol: "icmp", icmp: { type: 3, code: 1 } }, "accept"],
      [client, foxtrot, { protocol: "icmp", icmp: { type: 3, code: 0 } }, "drop"],
      [client, foxtrot, { protocol: "icmp", icmp: { type: 5, code: 3 } }, "accept"],
      [client, foxtrot, { protocol: "icmp", icmp: { type: 17, code: 0 } }, "accept"],
      // what tells of the way is never dropped
      [client, foxtrot, { protocol: "icmp", icmp: { type: 3, code: 4 } }, "accept"],
      [client, foxtrot, { protocol: "icmp", icmp: { type: 11, code: 0 } }, "accept"],
    ],
  },
  {
    what: "protocols without ports, and IGMP, which always passes",
    source: "ipt_rule_to_cmds: -p; -p igmp",
    files: rules("IN ACCEPT -p esp", "IN GRE(ACCEPT)"),
    asks: [
      [client, foxtrot, { protocol: "esp" }, "accept"],
      [client, foxtrot, { protocol: "47" }, "accept"],
      [client, foxtrot, { protocol: "ah" }, "drop"],
      [client, foxtrot, { protocol: "igmp" }, "accept"],
    ],
  },
  {
    what: "dropping what goes out leaves API, SSH, consoles and SPICE of the own network, and not migration and Ceph",
    source: "enable_host_firewall: outbound",
    files: { "firewall/cluster.fw": `${on}policy_in: ACCEPT\npolicy_out: DROP\n` },
    asks: [
      ...[8006, 22, 5900, 3128].map((port): Question => [foxtrot, golf, tcp(port), "accept"]),
      ...[60000, 6789, 443].map((port): Question => [foxtrot, golf, tcp(port), "drop"]),
      [foxtrot, { kind: "node", node: "golf", address: "192.168.5.6" }, tcp(22), "drop"],
    ],
  },
  {
    what: "what goes out is looked at before what Proxmox lets out itself, by the interface that it leaves by",
    source: "enable_host_firewall: iface_out",
    files: rules(
      "OUT REJECT -i vmbr0 -dest 192.168.3.6 -p tcp -dport 22",
      "OUT DROP -i vmbr1 -p tcp -dport 8006",
      "IN ACCEPT",
    ),
    asks: [
      [foxtrot, golf, tcp(22), "reject"],
      [foxtrot, golf, tcp(8006), "accept"],
      [foxtrot, { kind: "node", node: "golf", address: "192.168.5.6" }, tcp(8006), "drop"],
      [client, golf, tcp(22), "accept"],
    ],
  },
  {
    what: "a node reaches itself",
    source: "enable_host_firewall: -i lo, -o lo",
    files: { "firewall/cluster.fw": `${on}policy_out: DROP\n[RULES]\nIN DROP\nOUT DROP\n` },
    asks: [[foxtrot, foxtrot, tcp(8006), "accept"]],
  },
  {
    what: "IPv6 has tables of its own: rules of one family are not for the other, and neighbours find each other",
    source: "compile_iptables_filter, ruleset_chain_add_ndp",
    files: rules(
      "IN ACCEPT -source 2001:db8::/64 -p tcp -dport 9",
      "IN ACCEPT -source 0.0.0.0/0 -p tcp -dport 10",
      "IN ACCEPT -p tcp -dport 11",
      "IN Ping(ACCEPT)",
    ),
    asks: [
      [from("2001:db8::1"), { ...foxtrot, address: "2001:db8::5" }, tcp(9), "accept"],
      [from("2001:db8:1::1"), { ...foxtrot, address: "2001:db8::5" }, tcp(9), "drop"],
      [from("2001:db8::1"), { ...foxtrot, address: "2001:db8::5" }, tcp(10), "drop"],
      [from("2001:db8::1"), { ...foxtrot, address: "2001:db8::5" }, tcp(11), "accept"],
      [from("2001:db8::1"), { ...foxtrot, address: "2001:db8::5" }, tcp(8006), "drop"],
      ...[128, 133, 134, 135, 136, 2].map((type): Question => [
        from("2001:db8::1"),
        { ...foxtrot, address: "2001:db8::5" },
        { protocol: "icmpv6", icmp: { type, code: 0 } },
        "accept",
      ]),
    ],
  },
  {
    what: "what comes from a group's address of many is dropped as smurf, before any rule",
    source: "PVEFW-smurfs; nosmurfs",
    files: rules("IN ACCEPT"),
    asks: [
      [from("224.0.0.9"), foxtrot, tcp(9), "drop"],
      [from("198.51.100.1"), foxtrot, tcp(9), "accept"],
    ],
  },
];

// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a FirewallAlias. */
export interface FirewallAliasArgs {
  /**
   * Whose rules may name it.
   *
   * - Change: replace, it is made anew
   * - Proxmox: the path
   */
  place: pulumi.Input<FirewallAliasPlaceArgs>;
  /**
   * Name, as `source` and `destination` of a rule take it. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `name`
   */
  alias?: pulumi.Input<string> | undefined;
  /**
   * The address or network that it stands for.
   *
   * - Change: live
   * - Proxmox: `cidr`
   */
  cidr: pulumi.Input<string>;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Take over the alias of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * `accept` makes a change also where it is worked out to shut out the address from which this program talks, or
   * the nodes from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as
   * well.
   *
   * - Default: `"refuse"`
   * - Change: none, nothing happens to what is there
   */
  lockout?: pulumi.Input<"refuse" | "accept"> | undefined;
  /**
   * So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that
   * answered before was found to answer again. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: none, nothing happens to what is there
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking
   * from outside whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"`
   * it is needed for one that cuts corosync, which no look from outside sees.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<FirewallAliasTimeoutsArgs> | undefined;
}

/** Part of the arguments of a FirewallAlias. */
export interface FirewallAliasPlaceArgs {
  /**
   * The whole cluster: `/etc/pve/firewall/cluster.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  datacenter?: pulumi.Input<true> | undefined;
  /**
   * A VM or container, by its VMID.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  guest?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a FirewallAlias. */
export interface FirewallAliasTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a FirewallGroup. */
export interface FirewallGroupArgs {
  /**
   * Name of the group, as `group` of a rule names it. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `group`
   */
  group?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Its rules, the first one first, owned as a whole; left out, the group's rules are not managed here.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: the rules of the group
   */
  rules?: pulumi.Input<pulumi.Input<FirewallGroupRuleArgs>[]> | undefined;
  /**
   * Take over the security group of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * `accept` makes a change also where it is worked out to shut out the address from which this program talks, or
   * the nodes from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as
   * well.
   *
   * - Default: `"refuse"`
   * - Change: none, nothing happens to what is there
   */
  lockout?: pulumi.Input<"refuse" | "accept"> | undefined;
  /**
   * So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that
   * answered before was found to answer again. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: none, nothing happens to what is there
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking
   * from outside whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"`
   * it is needed for one that cuts corosync, which no look from outside sees.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<FirewallGroupTimeoutsArgs> | undefined;
}

/** Part of the arguments of a FirewallGroup. */
export interface FirewallGroupRuleArgs {
  /**
   * What it is about: traffic to the place (`in`), from it (`out`) or through it (`forward`).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `type`
   */
  direction?: pulumi.Input<"in" | "out" | "forward"> | undefined;
  /**
   * What becomes of it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `action`
   */
  action?: pulumi.Input<"ACCEPT" | "DROP" | "REJECT"> | undefined;
  /**
   * A security group whose rules stand here, instead of a direction and an action.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `type=group` with the name as `action`
   */
  group?: pulumi.Input<string> | undefined;
  /**
   * A service known to Proxmox, such as `SSH` or `HTTPS`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `macro`
   */
  macro?: pulumi.Input<string> | undefined;
  /**
   * Network card: of a guest `net0`, of a node its name. Not in security groups.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iface`
   */
  interface?: pulumi.Input<string> | undefined;
  /**
   * Where it comes from: addresses, an alias, or `+NAME` of an IP set.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `source`
   */
  source?: pulumi.Input<string> | undefined;
  /**
   * Where it goes to, likewise.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `dest`
   */
  destination?: pulumi.Input<string> | undefined;
  /**
   * Protocol of IP, by name or number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `proto`
   */
  protocol?: pulumi.Input<string> | undefined;
  /**
   * Ports that it goes to: `8006`, or `80,443,8000:8010`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `dport`
   */
  destinationPort?: pulumi.Input<number | string> | undefined;
  /**
   * Ports that it comes from.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sport`
   */
  sourcePort?: pulumi.Input<number | string> | undefined;
  /**
   * Type of ICMP, by name or number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `icmp-type`
   */
  icmpType?: pulumi.Input<string> | undefined;
  /**
   * Logs what it is about.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `log`
   */
  logLevel?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * Off, it stands there without effect.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enable`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Shown beside it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a FirewallGroup. */
export interface FirewallGroupTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a FirewallIpSet. */
export interface FirewallIpSetArgs {
  /**
   * Whose rules may name it.
   *
   * - Change: replace, it is made anew
   * - Proxmox: the path
   */
  place: pulumi.Input<FirewallIpSetPlaceArgs>;
  /**
   * Name; rules name it with a + before it. `management` is who may reach the nodes, `blacklist` who may reach
   * nothing, and `ipfilter-net0` of a guest which addresses it may have. A change replaces.
   *
   * - Default: the resource's name
   * - Change: replace, it is made anew
   * - Proxmox: `name`
   */
  ipSet?: pulumi.Input<string> | undefined;
  /**
   * Shown beside the name.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * What is in it, owned as a whole; the order means nothing.
   *
   * - Change: live
   * - Proxmox: the entries
   */
  entries: pulumi.Input<pulumi.Input<FirewallIpSetEntryArgs>[]>;
  /**
   * Take over the IP set of this name, which must exist. Only read when the resource is created.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * `accept` makes a change also where it is worked out to shut out the address from which this program talks, or
   * the nodes from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as
   * well.
   *
   * - Default: `"refuse"`
   * - Change: none, nothing happens to what is there
   */
  lockout?: pulumi.Input<"refuse" | "accept"> | undefined;
  /**
   * So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that
   * answered before was found to answer again. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: none, nothing happens to what is there
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking
   * from outside whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"`
   * it is needed for one that cuts corosync, which no look from outside sees.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<FirewallIpSetTimeoutsArgs> | undefined;
}

/** Part of the arguments of a FirewallIpSet. */
export interface FirewallIpSetPlaceArgs {
  /**
   * The whole cluster: `/etc/pve/firewall/cluster.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  datacenter?: pulumi.Input<true> | undefined;
  /**
   * A VM or container, by its VMID.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  guest?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a FirewallIpSet. */
export interface FirewallIpSetEntryArgs {
  /**
   * An address, a network, or an alias.
   *
   * - Change: live
   * - Proxmox: `cidr`
   */
  cidr: pulumi.Input<string>;
  /**
   * Takes these addresses out of what the others match.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `nomatch`
   */
  noMatch?: pulumi.Input<boolean> | undefined;
  /**
   * Shown beside it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a FirewallIpSet. */
export interface FirewallIpSetTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a FirewallOptions. */
export interface FirewallOptionsArgs {
  /**
   * Whose options these are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: the path
   */
  place: pulumi.Input<FirewallOptionsPlaceArgs>;
  /**
   * Switches it on. Of the datacenter it is the switch of all: without it nothing filters. Off unless set, but for
   * a node, where it is on.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `enable`
   */
  enable?: pulumi.Input<boolean> | undefined;
  /**
   * What becomes of traffic to it that no rule is about. Of the datacenter: to the nodes.
   *
   * - Default: `DROP`
   * - Change: live
   * - Proxmox: `policy_in`
   */
  policyIn?: pulumi.Input<"ACCEPT" | "REJECT" | "DROP"> | undefined;
  /**
   * The same of traffic from it.
   *
   * - Default: `ACCEPT`
   * - Change: live
   * - Proxmox: `policy_out`
   */
  policyOut?: pulumi.Input<"ACCEPT" | "REJECT" | "DROP"> | undefined;
  /**
   * The same of traffic through it; datacenter and vnet.
   *
   * - Default: `ACCEPT`
   * - Change: live
   * - Proxmox: `policy_forward`
   */
  policyForward?: pulumi.Input<"ACCEPT" | "DROP"> | undefined;
  /**
   * Filters by MAC address too; datacenter.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `ebtables`
   */
  ebtables?: pulumi.Input<boolean> | undefined;
  /**
   * How much is logged; datacenter.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `log_ratelimit`
   */
  logRateLimit?: pulumi.Input<FirewallOptionsLogRateLimitArgs> | undefined;
  /**
   * Logs traffic to it that the policy decides about; node and guest.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `log_level_in`
   */
  logLevelIn?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * The same of traffic from it; node and guest.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `log_level_out`
   */
  logLevelOut?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * The same of traffic through it; node and vnet.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `log_level_forward`
   */
  logLevelForward?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * Logs connections that are tracked; node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `log_nf_conntrack`
   */
  logConntrack?: pulumi.Input<boolean> | undefined;
  /**
   * Lets IPv6 find its neighbours; node and guest.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `ndp`
   */
  ndp?: pulumi.Input<boolean> | undefined;
  /**
   * Lets packets pass that belong to no connection; node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `nf_conntrack_allow_invalid`
   */
  conntrackAllowInvalid?: pulumi.Input<boolean> | undefined;
  /**
   * Helpers of protocols that open more connections; node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `nf_conntrack_helpers`
   */
  conntrackHelpers?: pulumi.Input<pulumi.Input<"amanda" | "ftp" | "irc" | "netbios-ns" | "pptp" | "sane" | "sip" | "snmp" | "tftp">[]> | undefined;
  /**
   * So many connections are tracked at most; node.
   *
   * - Default: `262144`
   * - Change: live
   * - Proxmox: `nf_conntrack_max`
   */
  conntrackMax?: pulumi.Input<number> | undefined;
  /**
   * Seconds for which a silent connection is remembered; node.
   *
   * - Default: `432000`
   * - Change: live
   * - Proxmox: `nf_conntrack_tcp_timeout_established`
   */
  conntrackTcpTimeoutEstablished?: pulumi.Input<number> | undefined;
  /**
   * Seconds for which one that is being made is remembered; node.
   *
   * - Default: `60`
   * - Change: live
   * - Proxmox: `nf_conntrack_tcp_timeout_syn_recv`
   */
  conntrackTcpTimeoutSynReceived?: pulumi.Input<number> | undefined;
  /**
   * The newer firewall, proxmox-firewall, instead; node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `nftables`
   */
  nftables?: pulumi.Input<boolean> | undefined;
  /**
   * Drops packets that come from a broadcast address; node.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `nosmurfs`
   */
  noSmurfs?: pulumi.Input<boolean> | undefined;
  /**
   * Logs those; node.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `smurf_log_level`
   */
  smurfLogLevel?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * Drops packets whose flags of TCP cannot be; node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `tcpflags`
   */
  tcpFlags?: pulumi.Input<boolean> | undefined;
  /**
   * Logs those; node.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `tcp_flags_log_level`
   */
  tcpFlagsLogLevel?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * Drops connections that are begun too often; node.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `protection_synflood`
   */
  synFloodProtection?: pulumi.Input<boolean> | undefined;
  /**
   * So many a second from one address; node.
   *
   * - Default: `200`
   * - Change: live
   * - Proxmox: `protection_synflood_rate`
   */
  synFloodRate?: pulumi.Input<number> | undefined;
  /**
   * And so many at once; node.
   *
   * - Default: `1000`
   * - Change: live
   * - Proxmox: `protection_synflood_burst`
   */
  synFloodBurst?: pulumi.Input<number> | undefined;
  /**
   * Lets DHCP pass; guest.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `dhcp`
   */
  dhcp?: pulumi.Input<boolean> | undefined;
  /**
   * Lets the guest use only the addresses of its sets `ipfilter-netN`; guest.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `ipfilter`
   */
  ipFilter?: pulumi.Input<boolean> | undefined;
  /**
   * Lets the guest use only its own MAC address; guest.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `macfilter`
   */
  macFilter?: pulumi.Input<boolean> | undefined;
  /**
   * Lets the guest advertise itself as a router of IPv6; guest.
   *
   * - Default: `false`
   * - Change: live
   * - Proxmox: `radv`
   */
  routerAdvertisement?: pulumi.Input<boolean> | undefined;
  /**
   * `accept` makes a change also where it is worked out to shut out the address from which this program talks, or
   * the nodes from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as
   * well.
   *
   * - Default: `"refuse"`
   * - Change: none, nothing happens to what is there
   */
  lockout?: pulumi.Input<"refuse" | "accept"> | undefined;
  /**
   * So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that
   * answered before was found to answer again. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: none, nothing happens to what is there
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking
   * from outside whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"`
   * it is needed for one that cuts corosync, which no look from outside sees.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<FirewallOptionsTimeoutsArgs> | undefined;
}

/** Part of the arguments of a FirewallOptions. */
export interface FirewallOptionsPlaceArgs {
  /**
   * The whole cluster: `/etc/pve/firewall/cluster.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  datacenter?: pulumi.Input<true> | undefined;
  /**
   * A node, by its name: its `host.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * A VM or container, by its VMID.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  guest?: pulumi.Input<number> | undefined;
  /**
   * A vnet of SDN, by its name.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  vnet?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a FirewallOptions. */
export interface FirewallOptionsLogRateLimitArgs {
  /**
   * Limits it.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enable`
   */
  enable?: pulumi.Input<boolean> | undefined;
  /**
   * How often the reserve is filled up: a number for each second, minute, hour or day.
   *
   * - Default: `"1/second"`
   * - Change: live
   * - Proxmox: `rate`
   */
  rate?: pulumi.Input<string> | undefined;
  /**
   * So many lines at once before the rate counts.
   *
   * - Default: `5`
   * - Change: live
   * - Proxmox: `burst`
   */
  burst?: pulumi.Input<number> | undefined;
}

/** Part of the arguments of a FirewallOptions. */
export interface FirewallOptionsTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

/** Arguments of a FirewallRules. */
export interface FirewallRulesArgs {
  /**
   * Whose rules these are.
   *
   * - Change: replace, it is made anew
   * - Proxmox: the path
   */
  place: pulumi.Input<FirewallRulesPlaceArgs>;
  /**
   * The rules, the first one first: the list of the place is owned as a whole. Rules are compared by what they
   * mean.
   *
   * - Change: live
   * - Proxmox: `rules`
   */
  rules: pulumi.Input<pulumi.Input<FirewallRulesRuleArgs>[]>;
  /**
   * What becomes of rules that others have written there: `remove`, which the preview shows with each of them, or
   * `keep`, and they stand below these.
   *
   * - Default: `"remove"`
   * - Change: live
   */
  foreign?: pulumi.Input<"remove" | "keep"> | undefined;
  /**
   * `accept` makes a change also where it is worked out to shut out the address from which this program talks, or
   * the nodes from each other: the API, SSH, migration and Ceph. One that cuts corosync takes `unguarded: true` as
   * well.
   *
   * - Default: `"refuse"`
   * - Change: none, nothing happens to what is there
   */
  lockout?: pulumi.Input<"refuse" | "accept"> | undefined;
  /**
   * So long after a change of what reaches the nodes they put the old firewall back by themselves, unless all that
   * answered before was found to answer again. Needs SSH.
   *
   * - Default: `"60s"`
   * - Change: none, nothing happens to what is there
   */
  restoreAfter?: pulumi.Input<string> | undefined;
  /**
   * Make changes of what reaches the nodes without the timers that put the old firewall back, and without looking
   * from outside whether the nodes answer. A change that shuts somebody out then stays. Beside `lockout: "accept"`
   * it is needed for one that cuts corosync, which no look from outside sees.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  unguarded?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<FirewallRulesTimeoutsArgs> | undefined;
}

/** Part of the arguments of a FirewallRules. */
export interface FirewallRulesPlaceArgs {
  /**
   * The whole cluster: `/etc/pve/firewall/cluster.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  datacenter?: pulumi.Input<true> | undefined;
  /**
   * A node, by its name: its `host.fw`.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  node?: pulumi.Input<string> | undefined;
  /**
   * A VM or container, by its VMID.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  guest?: pulumi.Input<number> | undefined;
  /**
   * A security group, by its name.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  group?: pulumi.Input<string> | undefined;
  /**
   * A vnet of SDN, by its name.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  vnet?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a FirewallRules. */
export interface FirewallRulesRuleArgs {
  /**
   * What it is about: traffic to the place (`in`), from it (`out`) or through it (`forward`).
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `type`
   */
  direction?: pulumi.Input<"in" | "out" | "forward"> | undefined;
  /**
   * What becomes of it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `action`
   */
  action?: pulumi.Input<"ACCEPT" | "DROP" | "REJECT"> | undefined;
  /**
   * A security group whose rules stand here, instead of a direction and an action.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `type=group` with the name as `action`
   */
  group?: pulumi.Input<string> | undefined;
  /**
   * A service known to Proxmox, such as `SSH` or `HTTPS`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `macro`
   */
  macro?: pulumi.Input<string> | undefined;
  /**
   * Network card: of a guest `net0`, of a node its name. Not in security groups.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `iface`
   */
  interface?: pulumi.Input<string> | undefined;
  /**
   * Where it comes from: addresses, an alias, or `+NAME` of an IP set.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `source`
   */
  source?: pulumi.Input<string> | undefined;
  /**
   * Where it goes to, likewise.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `dest`
   */
  destination?: pulumi.Input<string> | undefined;
  /**
   * Protocol of IP, by name or number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `proto`
   */
  protocol?: pulumi.Input<string> | undefined;
  /**
   * Ports that it goes to: `8006`, or `80,443,8000:8010`.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `dport`
   */
  destinationPort?: pulumi.Input<number | string> | undefined;
  /**
   * Ports that it comes from.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `sport`
   */
  sourcePort?: pulumi.Input<number | string> | undefined;
  /**
   * Type of ICMP, by name or number.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `icmp-type`
   */
  icmpType?: pulumi.Input<string> | undefined;
  /**
   * Logs what it is about.
   *
   * - Default: `"nolog"`
   * - Change: live
   * - Proxmox: `log`
   */
  logLevel?: pulumi.Input<"emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"> | undefined;
  /**
   * Off, it stands there without effect.
   *
   * - Default: `true`
   * - Change: live
   * - Proxmox: `enable`
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * Shown beside it.
   *
   * - Default: not set
   * - Change: live
   * - Proxmox: `comment`
   */
  comment?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a FirewallRules. */
export interface FirewallRulesTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"10m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}

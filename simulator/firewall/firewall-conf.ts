import type { IpVersion } from "./rule-addresses.js";

/** Whose rules they are: what such rules may say differs (`rule_env`). */
export type RuleEnv = "cluster" | "group" | "host" | "vm" | "ct" | "vnet";

/** One rule, as a line of a file says it. Values that say nothing are left out. */
export interface RuleLine {
  /** `in`, `out`, `forward` or `group`; other words are errors. */
  type: string;
  action: string;
  enable: number;
  macro?: string;
  iface?: string;
  source?: string;
  dest?: string;
  proto?: string;
  dport?: string;
  sport?: string;
  log?: string;
  "icmp-type"?: string;
  comment?: string;
  /** The only family that it is for. */
  ipversion?: IpVersion;
  /** What is wrong with it, by key: it has no effect. */
  errors?: Record<string, string>;
}

export interface Alias {
  name: string;
  cidr: string;
  ipversion: IpVersion;
  comment?: string;
}

/** An entry of a set: an address, a network or an alias. */
export interface SetEntry {
  cidr: string;
  nomatch?: 1;
  comment?: string;
  errors?: Record<string, string>;
}

type OptionLines = Record<string, string | number>;

/** What a file of the firewall says. Names of aliases, sets and groups are those that the parser keeps: in lower case. */
export interface FirewallConf {
  options: OptionLines;
  aliases: Record<string, Alias>;
  ipsets: Record<string, SetEntry[]>;
  ipsetComments: Record<string, string>;
  rules: RuleLine[];
  groups: Record<string, RuleLine[]>;
  groupComments: Record<string, string>;
  /** Sets that SDN makes of its vnets and of the IPAM; beside the cluster's own. */
  sdn?: Record<string, SdnSet>;
}

export interface SdnSet {
  entries: SetEntry[];
  comment?: string;
}

export const emptyConf = (): FirewallConf => ({
  ...{ options: {}, aliases: {}, ipsets: {}, ipsetComments: {}, rules: [], groups: {}, groupComments: {} },
});

/** The names of security groups, sets and aliases. */
export const namePattern = /^[A-Za-z][A-Za-z0-9\-_]+$/;
export const longestGroupName = 18;
export const longestSetName = 64;

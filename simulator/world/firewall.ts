/** A rule as it was given, `type` and `action` included. */
export type FirewallRule = Record<string, string>;

/** One configuration file of the firewall: of the cluster, a node or a guest. */
export interface FirewallConfig {
  options: Record<string, string>;
  /** The first rule is the one at position 0. */
  rules: FirewallRule[];
  aliases: Record<string, FirewallAlias>;
  ipsets: Record<string, FirewallSet>;
  /** Security groups; only the cluster has any. */
  groups: Record<string, FirewallGroup>;
}

export interface FirewallAlias {
  cidr: string;
  comment?: string;
}

export interface FirewallSet {
  comment?: string;
  entries: { cidr: string; comment?: string; nomatch?: string }[];
}

export interface FirewallGroup {
  comment?: string;
  rules: FirewallRule[];
}

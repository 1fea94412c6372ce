import type { Texts } from "../../kernel/fields/codec";
import type { IpSetEntry } from "../firewall-ip-set.model";
import type { LiveRule } from "../rule-row";

/** A network card of a node that has addresses. */
export interface NodeCard {
  readonly name: string;
  /** With prefixes: `10.0.0.5/24`. */
  readonly addresses: readonly string[];
  /** The default route leads through it. */
  readonly gateway: boolean;
}

export interface NodeFilter {
  readonly name: string;
  readonly options: Texts;
  readonly rules: readonly Pick<LiveRule, "rule" | "broken">[];
  readonly cards: readonly NodeCard[];
  /** The address by which the cluster knows it. */
  readonly address: string | undefined;
  /** Its addresses of corosync, by link. */
  readonly links: ReadonlyMap<number, string>;
  /** Why its own options, rules and cards could not be read: nothing is known of them then. */
  readonly unread?: string;
}

/** All that decides what reaches the nodes. Names are in small letters. */
export interface FilterPicture {
  readonly options: Texts;
  readonly rules: readonly Pick<LiveRule, "rule" | "broken">[];
  readonly groups: ReadonlyMap<string, readonly Pick<LiveRule, "rule" | "broken">[]>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly sets: ReadonlyMap<string, readonly IpSetEntry[]>;
  /** Names of sets that SDN keeps: what is in them is not known here. */
  readonly sdnSets: ReadonlySet<string>;
  readonly nodes: readonly NodeFilter[];
}

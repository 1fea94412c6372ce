import { die } from "../errors.js";
import type { RuleEnv } from "./firewall-conf.js";

const levels = "emerg|alert|crit|err|warning|notice|info|debug|nolog";

/** A line of [OPTIONS]: the pattern of name and value, and what is kept of the value. */
type Form = readonly [pattern: RegExp, value: (text: string) => string | number];

const number = (text: string): number => Number(text);
const upper = (text: string): string => text.toUpperCase();
const lower = (text: string): string => text.toLowerCase();
const whole = (text: string): string => text;

const flag = (names: string): Form => [new RegExp(`^(${names}):\\s*([01])\\s*$`, "i"), number];
const level = (names: string): Form => [new RegExp(`^(${names}):\\s*((?:${levels})?)\\s*$`, "i"), lower];

const helpers = ["amanda", "ftp", "irc", "netbios-ns", "pptp", "sane", "sip", "snmp", "tftp"];

/** Why a text is no list of helpers (pve_fw_verify_conntrack_helper). */
export function helperFailure(text: string): string | undefined {
  const list = text.split(",");
  if (list.at(-1) === "") return "extraneous commas in list";
  const unknown = list.find((helper) => !helpers.includes(helper));
  return unknown === undefined ? undefined : `unknown helper ${unknown} at /usr/share/perl5/PVE/Firewall.pm line 1213.`;
}

function checkedHelpers(text: string): string {
  const list = lower(text);
  const failure = helperFailure(list);
  if (failure !== undefined) throw die(failure);
  return list;
}

const forms: Readonly<Record<"cluster" | "host" | "guest" | "vnet", readonly Form[]>> = {
  cluster: [
    [/^(enable):\s*(\d+)\s*$/i, number],
    flag("ebtables"),
    [/^(policy_(?:in|out|forward)):\s*(ACCEPT|DROP|REJECT)\s*$/i, upper],
    [/^(log_ratelimit):\s*(\S+)\s*$/, whole],
  ],
  host: [
    flag("enable|nosmurfs|tcpflags|ndp|log_nf_conntrack|nf_conntrack_allow_invalid|protection_synflood|nftables"),
    level("log_level_(?:in|out|forward)|tcp_flags_log_level|smurf_log_level"),
    [/^(nf_conntrack_helpers):\s*(\S+)\s*$/i, checkedHelpers],
    [
      /^(nf_conntrack_max|nf_conntrack_tcp_timeout_established|nf_conntrack_tcp_timeout_syn_recv|protection_synflood_rate|protection_synflood_burst|protection_limit):\s*(\d+)\s*$/i,
      number,
    ],
  ],
  guest: [
    flag("enable|dhcp|ndp|radv|macfilter|ipfilter|ips"),
    level("log_level_in|log_level_out"),
    [/^(policy_(?:in|out)):\s*(ACCEPT|DROP|REJECT)\s*$/i, upper],
    [/^(ips_queues):\s*(\d+(?::\d+)?)\s*$/i, whole],
    [/^(layer2_protocols):\s*(\S+)\s*$/i, whole],
  ],
  vnet: [
    [/^(enable):\s*(\d+)\s*$/i, number],
    [/^(policy_forward):\s*(ACCEPT|DROP)\s*$/i, upper],
    [new RegExp(`^(log_level_forward):\\s*(${levels})\\s*$`, "i"), lower],
  ],
};

/** The seconds for which an `enable` that is a moment counts. */
const probation = 60;

/**
 * A line of [OPTIONS]. `enable` of the cluster may be a moment: it is as good as 0 when that is more than a minute ago
 * (parse_clusterfw_option). `seconds`: what the node's clock says.
 */
export function parseOption(line: string, env: RuleEnv, seconds: number): [string, string | number] {
  const kind = env === "vm" || env === "ct" ? "guest" : env === "group" ? "cluster" : env;
  for (const [pattern, keep] of forms[kind]) {
    const [, name, text] = pattern.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    const key = name.toLowerCase();
    const value = keep(text);
    const isOver = kind === "cluster" && key === "enable" && Number(value) > 1 && seconds - Number(value) > probation;
    return [key, isOver ? 0 : value];
  }
  throw die(`can't parse option '${line}'`);
}

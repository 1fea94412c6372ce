import { z } from "zod";
import { parsePropertyString } from "../../pve/format";
import type { Model } from "../kernel/resource-kind";
import { flag, list, mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { part, partsIn, property } from "../kernel/fields/property";
import { lockoutField, timeoutsField } from "./firewall-fields.model";
import { placeField, placeKeys } from "./place.model";
import { logLevel } from "./rule.model";

const policy = () => z.enum(["ACCEPT", "REJECT", "DROP"], "write ACCEPT, REJECT or DROP");
const level = (meaning: string, key: string) => optional(meaning, logLevel(), word(key, "live", "nolog"));
const on = (meaning: string, key: string, unset?: boolean) => optional(meaning, z.boolean(), flag(key, "live", unset));
const count = (meaning: string, key: string, unset: number, least = 1, most?: number) =>
  optional(
    meaning,
    most === undefined
      ? z.int().min(least, `write ${least} or more`)
      : z.int().min(least, `write ${least} to ${most}`).max(most, `write ${least} to ${most}`),
    number(key, "live", unset),
  );

const rateSchema = fields({
  enable: optional("Limits it.", z.boolean(), part("enable", "flag", true)),
  rate: optional(
    "How often the reserve is filled up: a number for each second, minute, hour or day.",
    z.string().regex(/^[1-9][0-9]*\/(?:second|minute|hour|day)$/, 'write such as "1/second"'),
    part("rate", "text", "1/second"),
  ),
  burst: optional(
    "So many lines at once before the rate counts.",
    z.int().min(0, "write 0 or more"),
    part("burst", "number", 5),
  ),
});

const rateOption = property("log_ratelimit", "live", { primary: "enable", parts: partsIn(rateSchema) });
/** Proxmox has a default for it, and takes no value without it all the same. */
const logRateOption: typeof rateOption = {
  ...rateOption,
  write(wanted, now, was) {
    const text = rateOption.write(wanted, now, was);
    return parsePropertyString(text, "enable")["enable"] === undefined ? `enable=1,${text}` : text;
  },
};

const conntrackHelpers = ["amanda", "ftp", "irc", "netbios-ns", "pptp", "sane", "sip", "snmp", "tftp"] as const;

const shape = {
  place: placeField("Whose options these are.", "datacenter", "node", "guest", "vnet"),
  enable: optional(
    "Switches it on. Of the datacenter it is the switch of all: without it nothing filters. Off unless set, but for a node, " +
      "where it is on.",
    z.boolean(),
    flag("enable", "live"),
  ),
  policyIn: optional(
    "What becomes of traffic to it that no rule is about. Of the datacenter: to the nodes.",
    policy(),
    { ...word("policy_in", "live"), default: "`DROP`" },
  ),
  policyOut: optional("The same of traffic from it.", policy(), {
    ...word("policy_out", "live"),
    default: "`ACCEPT`",
  }),
  policyForward: optional(
    "The same of traffic through it; datacenter and vnet.",
    z.enum(["ACCEPT", "DROP"], "write ACCEPT or DROP"),
    {
      ...word("policy_forward", "live"),
      default: "`ACCEPT`",
    },
  ),
  ebtables: on("Filters by MAC address too; datacenter.", "ebtables", true),
  logRateLimit: optional("How much is logged; datacenter.", rateSchema, logRateOption),
  logLevelIn: level("Logs traffic to it that the policy decides about; node and guest.", "log_level_in"),
  logLevelOut: level("The same of traffic from it; node and guest.", "log_level_out"),
  logLevelForward: level("The same of traffic through it; node and vnet.", "log_level_forward"),
  logConntrack: on("Logs connections that are tracked; node.", "log_nf_conntrack", false),
  ndp: on("Lets IPv6 find its neighbours; node and guest.", "ndp", true),
  conntrackAllowInvalid: on(
    "Lets packets pass that belong to no connection; node.",
    "nf_conntrack_allow_invalid",
    false,
  ),
  conntrackHelpers: optional(
    "Helpers of protocols that open more connections; node.",
    z.array(z.enum(conntrackHelpers, `write some of ${conntrackHelpers.join(", ")}`)),
    list("nf_conntrack_helpers", "live"),
  ),
  conntrackMax: count("So many connections are tracked at most; node.", "nf_conntrack_max", 262144, 32768),
  conntrackTcpTimeoutEstablished: count(
    "Seconds for which a silent connection is remembered; node.",
    "nf_conntrack_tcp_timeout_established",
    432000,
    7875,
  ),
  conntrackTcpTimeoutSynReceived: count(
    "Seconds for which one that is being made is remembered; node.",
    "nf_conntrack_tcp_timeout_syn_recv",
    60,
    30,
    60,
  ),
  nftables: on("The newer firewall, proxmox-firewall, instead; node.", "nftables", false),
  noSmurfs: on("Drops packets that come from a broadcast address; node.", "nosmurfs"),
  smurfLogLevel: level("Logs those; node.", "smurf_log_level"),
  tcpFlags: on("Drops packets whose flags of TCP cannot be; node.", "tcpflags", false),
  tcpFlagsLogLevel: level("Logs those; node.", "tcp_flags_log_level"),
  synFloodProtection: on("Drops connections that are begun too often; node.", "protection_synflood", false),
  synFloodRate: count("So many a second from one address; node.", "protection_synflood_rate", 200),
  synFloodBurst: count("And so many at once; node.", "protection_synflood_burst", 1000),
  dhcp: on("Lets DHCP pass; guest.", "dhcp", false),
  ipFilter: on("Lets the guest use only the addresses of its sets `ipfilter-netN`; guest.", "ipfilter", false),
  macFilter: on("Lets the guest use only its own MAC address; guest.", "macfilter", true),
  routerAdvertisement: on("Lets the guest advertise itself as a router of IPv6; guest.", "radv", false),
  ...lockoutField(),
  ...timeoutsField(),
};

export const optionFields = mappedIn(shape);
type OptionName = keyof typeof optionFields;

const all: readonly OptionName[] = Object.keys(optionFields) as OptionName[];

/** Which options there are at which place. */
const optionsAt: Readonly<Record<"datacenter" | "node" | "guest" | "vnet", readonly OptionName[]>> = {
  datacenter: ["enable", "policyIn", "policyOut", "policyForward", "ebtables", "logRateLimit"],
  node: all.filter((name) =>
    /^(?:enable|ndp|nftables|noSmurfs|smurf|tcpFlags|synFlood|conntrack|log(?!RateLimit))/.test(name),
  ),
  guest: [
    "enable",
    "policyIn",
    "policyOut",
    "logLevelIn",
    "logLevelOut",
    "ndp",
    "dhcp",
    "ipFilter",
    "macFilter",
    "routerAdvertisement",
  ],
  vnet: ["enable", "policyForward", "logLevelForward"],
};

const optionsSchema = fields(shape).superRefine((inputs, ctx) => {
  const kind = placeKeys.find((key) => (inputs.place as Readonly<Record<string, unknown>>)[key] !== undefined);
  if (kind === undefined || kind === "group") return;
  const there = optionsAt[kind];
  for (const name of all)
    if (inputs[name] !== undefined && !there.includes(name))
      ctx.addIssue({
        code: "custom",
        path: [name],
        message: `is no option of a ${kind}; there are ${there.join(", ")}`,
      });
});

export type FirewallOptionsInputs = z.infer<typeof optionsSchema>;

export const firewallOptionsModel: Model = {
  schema: optionsSchema,
  effects: effectsOf(optionsSchema),
  sensitive: [],
  same: sameIn(optionsSchema),
};

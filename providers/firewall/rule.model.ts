import { z } from "zod";
import { fields, optional } from "../kernel/fields/field";
import { isAddressSpec, isPortSpec, isWholeNetworks, protocolOf } from "./rule-words";

export const objectName = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9\-_]+$/, "write letters, digits, - and _, beginning with a letter; two at least")
    .max(max, `write at most ${max} characters`);

export const logLevels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"] as const;
export const logLevel = () => z.enum(logLevels, `write one of ${logLevels.join(", ")}`);

const addresses = () =>
  z
    .string()
    .max(512, "write at most 512 characters")
    .refine(
      isAddressSpec,
      "write addresses or networks of one family with commas between them, one range (10.0.0.1-10.0.0.9), an alias, or " +
        "+NAME of an IP set",
    )
    .refine(
      (text) => !isAddressSpec(text) || isWholeNetworks(text),
      "write a network by its own address, such as 10.0.0.0/24: Proxmox refuses another one before the length",
    );

const ports = () =>
  z
    .union([z.int(), z.string()], "write ports")
    .refine(
      (value) => isPortSpec(String(value)),
      "write ports and ranges (80,443,8000:8010) with commas between them, 15 numbers at most; each up to 65535",
    );

/** A rule, in the order of its columns in Proxmox. */
export const ruleSchema = () =>
  fields({
    direction: optional(
      "What it is about: traffic to the place (`in`), from it (`out`) or through it (`forward`).",
      z.enum(["in", "out", "forward"], "write in, out or forward"),
      { key: "type" },
    ),
    action: optional("What becomes of it.", z.enum(["ACCEPT", "DROP", "REJECT"], "write ACCEPT, DROP or REJECT"), {
      key: "action",
    }),
    group: optional("A security group whose rules stand here, instead of a direction and an action.", objectName(18), {
      proxmox: "`type=group` with the name as `action`",
    }),
    macro: optional("A service known to Proxmox, such as `SSH` or `HTTPS`.", z.string().min(1).max(128), {
      key: "macro",
    }),
    interface: optional(
      "Network card: of a guest `net0`, of a node its name. Not in security groups.",
      z.string().regex(/^[A-Za-z][\w.-]{1,19}$/, "write the name of a network card"),
      { key: "iface" },
    ),
    source: optional("Where it comes from: addresses, an alias, or `+NAME` of an IP set.", addresses(), {
      key: "source",
    }),
    destination: optional("Where it goes to, likewise.", addresses(), { key: "dest" }),
    protocol: optional(
      "Protocol of IP, by name or number.",
      z
        .string()
        .refine((text) => protocolOf(text) !== undefined, "write a protocol such as tcp, udp, icmp, or its number"),
      { key: "proto" },
    ),
    destinationPort: optional("Ports that it goes to: `8006`, or `80,443,8000:8010`.", ports(), { key: "dport" }),
    sourcePort: optional("Ports that it comes from.", ports(), { key: "sport" }),
    icmpType: optional(
      "Type of ICMP, by name or number.",
      z.string().regex(/^[a-z0-9-]+(?:\/\d+)?$/i, "write a type of ICMP, such as echo-request"),
      { key: "icmp-type" },
    ),
    logLevel: optional("Logs what it is about.", logLevel(), { key: "log", unset: "nolog" }),
    enabled: optional("Off, it stands there without effect.", z.boolean(), { key: "enable", unset: true }),
    comment: optional("Shown beside it.", z.string().regex(/^[^\n\r]*$/, "write one line"), { key: "comment" }),
  }).superRefine((rule, ctx) => {
    const wrong = (path: string, message: string): void => ctx.addIssue({ code: "custom", path: [path], message });
    if (rule.group !== undefined) {
      const others = Object.keys(rule).filter(
        (key) =>
          !["group", "interface", "enabled", "comment"].includes(key) &&
          (rule as Record<string, unknown>)[key] !== undefined,
      );
      for (const key of others) wrong(key, "cannot stand beside group: the group's own rules say it");
      return;
    }
    if (rule.direction === undefined) wrong("direction", "is missing; write in, out or forward, or a group instead");
    if (rule.action === undefined) wrong("action", "is missing; write ACCEPT, DROP or REJECT");
    if (rule.direction === "forward" && rule.action === "REJECT")
      wrong("action", "is not possible for what goes through; write DROP");
    const protocol = rule.protocol === undefined ? undefined : protocolOf(rule.protocol);
    for (const key of ["destinationPort", "sourcePort"] as const) {
      if (rule[key] === undefined) continue;
      if (protocol === undefined) wrong(key, "needs protocol: only some protocols have ports");
      else if (!["tcp", "udp", "sctp", "dccp", "udplite"].includes(protocol)) wrong(key, `${protocol} has no ports`);
    }
    if (rule.icmpType !== undefined && protocol !== "icmp" && protocol !== "ipv6-icmp")
      wrong("icmpType", "needs protocol icmp or ipv6-icmp");
  });

export type Rule = z.infer<ReturnType<typeof ruleSchema>>;

/** What a place allows in its rules; the rest is refused at preview as Proxmox would do it later. */
export function ruleProblems(rules: readonly Rule[], kind: string): { path: (string | number)[]; message: string }[] {
  const directions = kind === "vnet" ? ["forward"] : kind === "guest" ? ["in", "out"] : ["in", "out", "forward"];
  return rules.flatMap((rule, index) => {
    const found: { path: (string | number)[]; message: string }[] = [];
    const wrong = (key: string, message: string): void => void found.push({ path: ["rules", index, key], message });
    if (rule.group !== undefined && kind === "group") wrong("group", "cannot stand in a security group");
    if (rule.direction !== undefined && !directions.includes(rule.direction))
      wrong("direction", `cannot be ${rule.direction} here; write ${directions.join(" or ")}`);
    if (rule.interface === undefined) return found;
    if (kind === "group" || kind === "vnet")
      wrong("interface", "cannot stand here: it is for rules of nodes and guests");
    else if (kind === "guest" && !/^net\d+$/.test(rule.interface))
      wrong("interface", "write net0, net1, ... of the guest");
    return found;
  });
}

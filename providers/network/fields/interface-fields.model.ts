import { z } from "zod";
import { isAddress } from "../../../pve/format/address";
import { oneSpelling, parseCidr, unusable } from "../../../pve/format/cidr";
import { isDuration, milliseconds } from "../../kernel/call/duration";
import { durationSchema, timeoutsSchema } from "../../kernel/call/timeouts.model";
import { flag, isOn, number, word, type Mapped } from "../../kernel/fields/codec";
import { optional, required } from "../../kernel/fields/field";
import type { OwnEffect } from "../../kernel/state/changes";

/** What a change does to a node, beside what it may do to any object. */
export const ownNetworkEffects: readonly OwnEffect[] = [
  { name: "reload", meaning: "reload, of the node's network (`ifreload -a`), once for all changes of an `up`" },
];

/** The longest name that the kernel takes; Proxmox takes longer ones, which then do not come up. */
const longestName = 15;

/** `forms`: how such an interface may be called, for Proxmox tells its type by its name; `say`: what to write. */
export const named = (meaning: string, forms: RegExp, say: string) =>
  required(
    `${meaning} At most ${longestName} characters. A change replaces, the old one first.`,
    z
      .string()
      .max(longestName, `is longer than the ${longestName} characters that the kernel takes; write a shorter name`)
      .regex(forms, say),
    { effect: "replace", key: "iface", default: "the resource's name" },
  );

export const onNode = () =>
  required("Name of the node. A change replaces.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` in the path",
  });

/** Names that Proxmox takes for something else, whatever the interface is. */
const taken = "(?!lo$)(?!bond\\d+$)(?!(?:eth|nic|if)\\d+$)(?!en[^:.])(?!ib[^:.])";
/** Any name without a dot or colon, which would be a VLAN or an alias. */
export const plainName = new RegExp(`^${taken}[a-z][a-z0-9_]+$`);
export const plainNameSay =
  "write small letters, digits and _, such as vmbr1; names of cards and bonds (eno1, eth0, nic0, bond0) are read as such";

const cidr = (family: 4 | 6, example: string) =>
  z.string().superRefine((text, ctx) => {
    const parsed = parseCidr(text);
    const wrong = (message: string) => ctx.addIssue({ code: "custom", message });
    if (parsed?.family !== family || (family === 4 && parsed.prefix < 8))
      return wrong(`write an address with the length of its network's prefix, such as ${example}`);
    const reason = unusable(parsed);
    if (reason !== undefined) return wrong(`${reason}: no machine can have it`);
  });

const sameCidr = (one: string, other: string | undefined): boolean => spelt(one) === spelt(other ?? "");
const spelt = (text: string): string => {
  const [address = "", prefix = ""] = text.split("/");
  return `${oneSpelling(address)}/${prefix}`;
};
const address = (key: string): Mapped => ({ ...word(key, "reload"), same: sameCidr });
const router = (key: string): Mapped => ({
  ...word(key, "reload"),
  same: (wanted, live) => live !== undefined && oneSpelling(wanted) === oneSpelling(live),
});

const linesOf = (text: string | undefined): string =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();

/** Addresses, comment and MTU: what every interface may have. */
export const common = () => ({
  address: optional(
    "IPv4 address with the length of its network's prefix, such as `10.0.0.5/24`.",
    cidr(4, "10.0.0.5/24"),
    address("cidr"),
  ),
  gateway: optional(
    "Default gateway for IPv4, which one interface of a node may have.",
    z.string().refine((text) => isAddress(text) && !text.includes(":"), "write an IPv4 address such as 10.0.0.1"),
    router("gateway"),
  ),
  address6: optional(
    "IPv6 address with the length of its network's prefix, such as `fd00::5/64`.",
    cidr(6, "fd00::5/64"),
    address("cidr6"),
  ),
  gateway6: optional(
    "Default gateway for IPv6, which one interface of a node may have.",
    z.string().refine((text) => isAddress(text) && text.includes(":"), "write an IPv6 address such as fd00::1"),
    router("gateway6"),
  ),
  mtu: optional(
    "Largest packet in bytes. Not above that of what the interface stands on: its ports, or a VLAN's parent.",
    z.int("write a whole number of bytes").min(1280, "write at least 1280").max(65520, "write at most 65520"),
    { ...number("mtu", "reload"), default: "what it stands on has; 1500 for a card" },
  ),
  comment: optional(
    "Comment in the node's /etc/network/interfaces, which the web interface shows; of one or several lines.",
    z.string().regex(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u, "write text without control characters"),
    { ...word("comments", "reload"), same: (wanted: string, live?: string) => linesOf(wanted) === linesOf(live) },
  ),
});

/** Proxmox leaves the key out where it is off; a program that does not say otherwise wants it on. */
const onUnlessSaid: Mapped = {
  ...flag("autostart", "reload"),
  default: "`true`",
  read: (text) => text !== undefined && isOn(text),
  same: (wanted, live) => isOn(wanted) === (live !== undefined && isOn(live)),
};

export const startedAtBoot = () =>
  optional("Bring it up when the node starts, and with each reload.", z.boolean(), onUnlessSaid);

/** What a program says of the way in which a change is made. */
export const guarded = () => ({
  nodeLocal: optional(
    "Its addresses stay within the node: another node of the program may have the same.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  peers: optional(
    "Addresses that the node must be able to ping over the interface after a change: of the other nodes on a network of " +
      "theirs, for example. One of another interface of this program that is not there yet is not waited for.",
    z
      .array(z.string().refine(isAddress, "write an IPv4 or IPv6 address"))
      .min(1, "name at least one address, or leave it out"),
    { effect: "live" },
  ),
  jumbo: optional(
    "Ping the peers with packets of the whole MTU too: a switch that carries less does not go unnoticed.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  restoreAfter: optional(
    "So long after a change the node puts its old network back by itself, unless it was found in order from outside " +
      "before. Of several changes at once, the longest counts. Needs SSH.",
    durationSchema.refine(
      (text) => !isDuration(text) || (milliseconds(text) >= 30_000 && milliseconds(text) <= 3_600_000),
      "write 30s to 1h: a reload and a look take their time, and nobody can do anything before it is over",
    ),
    { effect: "live", unset: "60s" },
  ),
  unguarded: optional(
    "Make changes without the timer that puts the old network back, and without looking from outside whether the node " +
      "answers. A change that cuts the node off then stays.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export const adoptable = (noun: string) =>
  optional(
    `Take over the ${noun} of this name, which must exist, such as the installer's. Only read when the resource is created.`,
    z.boolean(),
    { effect: "none", unset: false },
  );

const itemsIn = (text: string | undefined): string[] => (text ?? "").split(/[\s,;]+/).filter((item) => item !== "");
const asSet = (text: string | undefined): string => [...new Set(itemsIn(text))].sort().join(" ");

/** A list of interfaces: only blanks separate them everywhere in Proxmox, and their order means nothing. */
export const interfaces = (key: string): Mapped => ({
  key,
  effect: "reload",
  write: (wanted) => (wanted as readonly string[]).join(" "),
  read: itemsIn,
  same: (wanted, live) => asSet(wanted) === asSet(live),
  rest: () => "",
});

export const portNames = (say: string) =>
  z
    .array(z.string().regex(/^[a-z][a-z0-9_]{1,20}(?:[.:]\d+)?$/, "write the name of an interface, such as eno2"))
    .superRefine((ports, ctx) =>
      ports.forEach((port, index) => {
        if (ports.indexOf(port) < index)
          ctx.addIssue({ code: "custom", path: [index], message: `is named twice; ${say}` });
      }),
    );

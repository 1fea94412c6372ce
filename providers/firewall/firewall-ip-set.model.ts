import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy, sameComment } from "../kernel/named.model";
import { adoptField, lockoutField, timeoutsField } from "./firewall-fields.model";
import { placeField } from "./place.model";
import { addressesText, referenceOf } from "./rule-words";
import { addressRange } from "../../pve/format/address-range";
import { objectName } from "./rule.model";

/** A set takes no prefix of no bits: the kernel's has none. */
const isEntry = (text: string): boolean => {
  const reference = referenceOf(text);
  if (reference) return !reference.set && reference.scope !== "sdn";
  return addressRange(text) !== undefined && !/[-,]|\/0+$/.test(text);
};

const entrySchema = () =>
  fields({
    cidr: required(
      "An address, a network, or an alias.",
      z.string().refine(isEntry, "write an address, a network of one bit at least, or the name of an alias"),
      { key: "cidr" },
    ),
    noMatch: optional("Takes these addresses out of what the others match.", z.boolean(), {
      key: "nomatch",
      unset: false,
    }),
    comment: optional("Shown beside it.", z.string().regex(/^[^\n\r]*$/, "write one line"), { key: "comment" }),
  });

export type IpSetEntry = z.infer<ReturnType<typeof entrySchema>>;

/** Two entries of one address are one to Proxmox. */
export const entryKey = ({ cidr }: Pick<IpSetEntry, "cidr">): string => addressesText(cidr);

const ipSetSchema = fields({
  place: placeField("Whose rules may name it.", "datacenter", "guest"),
  ipSet: required(
    "Name; rules name it with a + before it. `management` is who may reach the nodes, `blacklist` who may reach nothing, " +
      "and `ipfilter-net0` of a guest which addresses it may have. A change replaces.",
    objectName(64),
    { key: "name", effect: "replace", default: "the resource's name" },
  ),
  comment: optional("Shown beside the name.", z.string().regex(/^[^\n\r]*$/, "write one line"), {
    ...word("comment", "live"),
    same: sameComment,
  }),
  entries: required(
    "What is in it, owned as a whole; the order means nothing.",
    z.array(entrySchema()).superRefine((entries, ctx) => {
      const seen = new Set<string>();
      entries.forEach((entry, index) => {
        if (typeof entry.cidr !== "string") return;
        const key = entryKey(entry);
        if (seen.has(key)) ctx.addIssue({ code: "custom", path: [index, "cidr"], message: "is in the set twice" });
        seen.add(key);
      });
    }),
    { effect: "live", proxmox: "the entries" },
  ),
  ...adoptField("IP set"),
  ...lockoutField(),
  ...timeoutsField(),
});

export type FirewallIpSetInputs = z.infer<typeof ipSetSchema>;

export const entryMeaning = ({ cidr, noMatch = false, comment = "" }: IpSetEntry): string =>
  JSON.stringify([addressesText(cidr), noMatch, comment.trim()]);

export const sameEntries = (one: readonly IpSetEntry[], other: readonly IpSetEntry[]): boolean => {
  const meaning = (entries: readonly IpSetEntry[]): string => entries.map(entryMeaning).sort().join();
  return meaning(one) === meaning(other);
};

const others = sameIn(ipSetSchema);

export const firewallIpSetModel: Model = {
  schema: ipSetSchema,
  effects: effectsOf(ipSetSchema),
  sensitive: [],
  whole: ["entries"],
  defaults: namedBy("ipSet"),
  same: (path, wanted, live) => {
    if (path === "entries")
      return Array.isArray(wanted) && Array.isArray(live) && sameEntries(wanted as IpSetEntry[], live as IpSetEntry[]);
    if (path === "entries[].cidr" && typeof wanted === "string" && typeof live === "string")
      return addressesText(wanted) === addressesText(live);
    return others(path, wanted, live);
  },
};

import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { adopt, ofType, sdnName } from "./sdn-fields.model";

const shape = {
  dnsId: sdnName("Name of the DNS server.", "dns", 64),
  ...ofType("powerdns", "A PowerDNS server."),
  url: required(
    "URL of its API.",
    z.string().regex(/^https?:\/\/\S+$/, "write a URL such as https://dns.lab:8081/api/v1/servers/localhost"),
    word("url", "live"),
  ),
  apiKey: required("Key for its API.", sensitiveText(), word("key", "live")),
  ttl: optional("Time to live of the records, in seconds.", z.int().min(1), number("ttl", "live")),
  reverseMaskV6: optional(
    "Length of the prefix in names of reverse zones for IPv6.",
    z.int().min(1).max(128),
    number("reversemaskv6", "live"),
  ),
  fingerprint: optional(
    "SHA-256 fingerprint of its certificate, where no known authority has signed it.",
    z.string().regex(/^([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}$/, "write 32 hexadecimal pairs with colons"),
    word("fingerprint", "live"),
  ),
  ...adopt("DNS server"),
};

export const dnsFields = mappedIn(shape);

const dnsSchema = fields(shape);

export type SdnDnsInputs = z.infer<typeof dnsSchema>;

export const sdnDnsModel: Model = {
  schema: dnsSchema,
  effects: effectsOf(dnsSchema),
  sensitive: sensitivePaths(dnsSchema),
  defaults: namedBy("dnsId"),
  same: sameIn(dnsSchema),
};

import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn, type MappedFields } from "../kernel/fields/mapping";
import { namedBy } from "../kernel/named.model";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { adopt, ofType, sdnName } from "./sdn-fields.model";

const every = () => ({ ipamId: sdnName("Name of the IPAM.", "ipam", 64), ...adopt("IPAM") });

const url = () => z.string().regex(/^https?:\/\/\S+$/, "write a URL such as https://netbox.lab/api");

const server = () => ({
  url: required("URL of its API.", url(), word("url", "live")),
  token: required("Token for its API.", sensitiveText(), word("token", "live")),
  fingerprint: optional(
    "SHA-256 fingerprint of its certificate, where no known authority has signed it.",
    z.string().regex(/^([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}$/, "write 32 hexadecimal pairs with colons"),
    word("fingerprint", "live"),
  ),
});

const shapes = {
  pve: { ...ofType("pve", "In the cluster itself, as the one that every cluster has."), ...every() },
  netbox: { ...ofType("netbox", "A NetBox server."), ...every(), ...server() },
  phpipam: {
    ...ofType("phpipam", "A phpIPAM server."),
    ...every(),
    ...server(),
    section: required("Number of the section.", z.int().min(1), number("section", "live")),
  },
} as const;

export const ipamFields: Readonly<Record<string, MappedFields>> = Object.fromEntries(
  Object.entries(shapes).map(([type, shape]) => [type, mappedIn(shape)]),
);

const ipamSchema = z.discriminatedUnion(
  "type",
  [fields(shapes.pve), fields(shapes.netbox), fields(shapes.phpipam)],
  `write one of ${Object.keys(shapes).join(", ")}`,
);

export type SdnIpamInputs = z.infer<typeof ipamSchema>;

export const sdnIpamModel: Model = {
  schema: ipamSchema,
  effects: effectsOf(ipamSchema),
  sensitive: sensitivePaths(ipamSchema),
  defaults: namedBy("ipamId"),
  same: sameIn(ipamSchema),
};

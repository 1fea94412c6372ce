import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { part, partsIn, property, type Properties } from "../kernel/fields/property";
import { sameComment } from "../kernel/named.model";

const domain = () =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+$/i, "write a whole domain name, such as pve1.example.com");
const configId = (what: string) => z.string().regex(/^[A-Za-z][\w-]+$/, `write the name of ${what}`);

/** How many domains beside those of the account Proxmox keeps: `acmedomain0` to `acmedomain5`. */
const mostDomains = 6;

const wakeOnLanSchema = fields({
  macAddress: required(
    "MAC address of the port that listens.",
    z
      .string()
      .regex(
        /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i,
        "write a MAC address of one machine, such as 00:11:22:33:44:55",
      ),
    part("mac"),
  ),
  bindInterface: optional(
    "Network interface of the nodes that send, through which the packet goes.",
    z.string().regex(/^[A-Za-z][\w.:-]{1,19}$/, "write the name of a network interface"),
    { ...part("bind-interface"), default: "that of the default route" },
  ),
  broadcastAddress: optional(
    "IPv4 address to which the packet is sent.",
    z.string().refine((text) => isAddress(text) && !text.includes(":"), "write an IPv4 address"),
    part("broadcast-address", "text", "255.255.255.255"),
  ),
});

const acmeSchema = fields({
  account: optional("Name of the ACME account.", configId("the account"), part("account", "text", "default")),
  domains: optional(
    "Domains of the certificate that are confirmed by a web server on the node itself.",
    z.array(domain()).min(1, "name at least one domain"),
    part("domains", "list"),
  ),
});

const acmeDomainSchema = fields({
  domain: required("Domain of the certificate.", domain(), part("domain")),
  plugin: optional(
    "Name of the ACME plugin that confirms it.",
    configId("the plugin"),
    part("plugin", "text", "standalone"),
  ),
  alias: optional(
    "Domain under which the confirmation stands instead.",
    z.string().regex(/^[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_][a-z0-9_-]*)+$/i, "write a whole domain name"),
    part("alias"),
  ),
});

const locationSchema = fields({
  latitude: required("Degrees, north of the equator above 0.", z.number().min(-90).max(90), part("latitude", "number")),
  longitude: required(
    "Degrees, east of Greenwich above 0.",
    z.number().min(-180).max(180),
    part("longitude", "number"),
  ),
  name: optional(
    "What the place is called.",
    z
      .string()
      .regex(/^[^,;=\n]+$/, "write a name without comma, semicolon and equals sign")
      .max(128),
    part("name"),
  ),
});

const nodeOptionsSchema = fields({
  node: required("Name of the node. A change replaces: the node of before keeps its settings.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` in the path",
  }),
  description: optional(
    "Notes of the node, in Markdown.",
    z.string().min(1, "leave it out where there is none").max(65_536, "write at most 65,536 characters"),
    { ...word("description", "live"), same: sameComment },
  ),
  wakeOnLan: optional(
    "How the other nodes wake this one.",
    wakeOnLanSchema,
    property("wakeonlan", "live", { primary: "mac", parts: partsIn(wakeOnLanSchema) }),
  ),
  startAllOnBootDelay: optional(
    "Seconds from the boot of the node until the first guest with `onBoot` is started.",
    z.int().min(0).max(300, "write at most 300 seconds"),
    number("startall-onboot-delay", "live", 0),
  ),
  ballooningTarget: optional(
    "Percent of the node's memory in use from which on guests with ballooning give memory back.",
    z.int().min(0).max(100, "write a percentage"),
    number("ballooning-target", "live", 80),
  ),
  location: optional(
    "Where the node stands; Proxmox VE 9.2 or newer.",
    locationSchema,
    property("location", "live", { primary: "latitude", bare: false, parts: partsIn(locationSchema) }),
  ),
  acme: optional(
    "Account and domains of the node's ACME certificate.",
    acmeSchema,
    property("acme", "live", { primary: "account", bare: false, parts: partsIn(acmeSchema) }),
  ),
  acmeDomains: optional(
    "Domains of the node's ACME certificate, each with its plugin, six at most.",
    z
      .array(acmeDomainSchema)
      .max(mostDomains, "Proxmox keeps six at most; write more of them in acme.domains")
      .superRefine((list, ctx) =>
        list.forEach((one, index) => {
          if (list.findIndex((other) => other.domain.toLowerCase() === one.domain.toLowerCase()) < index)
            ctx.addIssue({ code: "custom", path: [index, "domain"], message: "is named twice; name each domain once" });
        }),
      ),
    { effect: "live", proxmox: "`acmedomain0` to `acmedomain5`" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type NodeOptionsInputs = z.infer<typeof nodeOptionsSchema>;

/** Fields that are one key each. */
export const nodeOptionFields = mappedIn(nodeOptionsSchema.shape);

const acmeDomainForm: Properties = { primary: "domain", parts: partsIn(acmeDomainSchema) };
export const acmeDomainField = property("acmedomain", "live", acmeDomainForm);
/** Its keys, by places in the list. */
export const acmeDomainKeys = Array.from({ length: mostDomains }, (_, index) => `acmedomain${index}`);

export const nodeOptionsModel: Model = {
  schema: nodeOptionsSchema,
  effects: effectsOf(nodeOptionsSchema),
  sensitive: [],
  same: (path, wanted, live) =>
    path === "description" && typeof wanted === "string" && typeof live === "string"
      ? sameComment(wanted, live)
      : Object.is(wanted, live),
};

import { z } from "zod";
import { parseCidr } from "../../pve/format/cidr";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { effectsOf } from "../kernel/fields/effects";
import { mappedIn, number, word, type Mapped } from "../kernel/fields/codec";
import { fields, optional } from "../kernel/fields/field";
import { sameIn, textsOf } from "../kernel/fields/mapping";
import { part, partsIn } from "../kernel/fields/property";
import { longText, options, tagList } from "./option-texts.model";

const limit = (of: string, key: string) =>
  optional(
    `Highest bandwidth of ${of}, in KiB/s; 0 is without limit.`,
    z.number().min(0, "write 0 or more"),
    part(key, "number"),
  );

const bandwidthSchema = fields({
  default: limit("everything that has no limit of its own", "default"),
  clone: limit("clones", "clone"),
  migration: limit("migrations", "migration"),
  move: limit("disks that are moved", "move"),
  restore: limit("restores", "restore"),
});

const rate = (what: string, key: string, unset: number) =>
  optional(what, z.number().min(0, "write 0 or more"), part(key, "number", unset));

const crsSchema = fields({
  ha: optional(
    "How the node for an HA resource is chosen: `basic` (by their number), `static` (by configured CPU and memory) or " +
      "`dynamic` (by use).",
    z.enum(["basic", "static", "dynamic"], "write basic, static or dynamic"),
    part("ha", "text", "basic"),
  ),
  rebalanceOnStart: optional(
    "Choose the node anew when a resource is started.",
    z.boolean(),
    part("ha-rebalance-on-start", "flag", false),
  ),
  autoRebalance: optional(
    "Move HA resources by itself while nodes are loaded unevenly.",
    z.boolean(),
    part("ha-auto-rebalance", "flag", false),
  ),
  autoRebalanceHoldDuration: rate(
    "Rounds of the HA manager that the imbalance must last.",
    "ha-auto-rebalance-hold-duration",
    3,
  ),
  autoRebalanceMargin: rate("Least improvement that is worth a move.", "ha-auto-rebalance-margin", 0.1),
  autoRebalanceMethod: optional(
    "How the best move is found.",
    z.enum(["bruteforce", "topsis"], "write bruteforce or topsis"),
    part("ha-auto-rebalance-method", "text", "bruteforce"),
  ),
  autoRebalanceThreshold: rate("Imbalance from which on resources are moved.", "ha-auto-rebalance-threshold", 0.3),
});

const dependents = [
  "autoRebalanceHoldDuration",
  "autoRebalanceMargin",
  "autoRebalanceMethod",
  "autoRebalanceThreshold",
] as const;

const policies = ["freeze", "failover", "conditional", "migrate"] as const;
const haSchema = fields({
  shutdownPolicy: optional(
    "What becomes of HA resources when their node is shut down: `freeze`, `failover`, `conditional` or `migrate`.",
    z.enum(policies, `write ${policies.join(", ")}`),
    part("shutdown_policy", "text", "conditional"),
  ),
});

/** The network and the way of what goes from node to node. */
const trafficSchema = (what: string) =>
  fields({
    type: optional(
      `Through SSH, or without encryption: ${what} is faster then, and readable for everybody on the network.`,
      z.enum(["secure", "insecure"], "write secure or insecure"),
      part("type", "text", "secure"),
    ),
    network: optional(
      "Network that it takes, such as `10.0.5.0/24`; each node has one address in it.",
      z.string().refine((text) => parseCidr(text) !== undefined, "write a network such as 10.0.5.0/24"),
      part("network"),
    ),
  });
const migrationSchema = trafficSchema("migration");
const replicationSchema = trafficSchema("replication");

const vmid = (meaning: string, key: string, unset: number) =>
  optional(
    meaning,
    z.number().int("write a whole number").min(100, "VMIDs begin with 100").max(1_000_000_000, "at most 1000000000"),
    part(key, "number", unset),
  );
const nextIdSchema = fields({
  lower: vmid("First VMID that is suggested.", "lower", 100),
  upper: vmid("VMID before which the suggestions end.", "upper", 1_000_000),
});

function leavesSome({ lower = 100, upper }: z.infer<typeof nextIdSchema>, ctx: z.RefinementCtx): void {
  if (lower < (upper ?? 1_000_000)) return;
  const message = `leaves no VMID: the suggestions end before upper (${upper ?? 1_000_000}), and begin with lower (${lower})`;
  ctx.addIssue({ code: "custom", path: [upper === undefined ? "lower" : "upper"], message });
}

const sending = (what: string, key: string) =>
  optional(`Whether ${what} are told.`, z.enum(["always", "never"], "write always or never"), part(key));
const target = (what: string, key: string) =>
  optional(`Notification target of ${what}.`, z.string().regex(/^[A-Za-z][\w.-]+$/, "write the name of a target"), {
    ...part(key),
  });
const notifySchema = fields({
  packageUpdates: optional(
    "Whether pending updates are told: `auto` does so where there is a subscription.",
    z.enum(["auto", "always", "never"], "write auto, always or never"),
    part("package-updates", "text", "auto"),
  ),
  fencing: sending("fenced nodes", "fencing"),
  replication: sending("failed replications", "replication"),
  targetPackageUpdates: target("pending updates", "target-package-updates"),
  targetFencing: target("fenced nodes", "target-fencing"),
  targetReplication: target("failed replications", "target-replication"),
});

const tag = z.string().regex(/^[a-z0-9_][a-z0-9_+.-]*$/i, "write letters, digits, _, -, + and .");
const coloured = z
  .string()
  .regex(
    /^[a-z0-9_][a-z0-9_+.-]*:[0-9a-f]{6}(?::[0-9a-f]{6})?$/i,
    "write tag:RRGGBB, or tag:RRGGBB:RRGGBB with the colour of the text behind it",
  );
const tagStyleSchema = fields({
  shape: optional(
    "Form in the web interface.",
    z.enum(["full", "circle", "dense", "none"], "write full, circle, dense or none"),
    part("shape", "text", "circle"),
  ),
  ordering: optional(
    "Order in the web interface.",
    z.enum(["config", "alphabetical"], "write config or alphabetical"),
    part("ordering", "text", "alphabetical"),
  ),
  caseSensitive: optional(
    "Whether tags that differ by capital letters alone are different ones.",
    z.boolean(),
    part("case-sensitive", "flag", false),
  ),
  colorMap: optional(
    "Colours of tags, each `tag:RRGGBB`, or `tag:RRGGBB:RRGGBB` with the colour of the text behind it.",
    z.array(coloured).min(1, "name one at least, or leave it out"),
    part("color-map", "list"),
  ),
});

const userTagSchema = fields({
  userAllow: optional(
    "Tags that users may set on their guests: `none`, those of the `list`, those `existing` too, or `free`.",
    z.enum(["none", "list", "existing", "free"], "write none, list, existing or free"),
    part("user-allow", "text", "free"),
  ),
  userAllowList: optional(
    "The tags of `list`.",
    z.array(tag).min(1, "name one at least, or leave it out"),
    part("user-allow-list", "list"),
  ),
});

const plain = (what: string) => z.string().regex(/^[^,\n]+$/, `write ${what}, without commas and line breaks`);
const u2fSchema = fields({
  appId: optional("Id of the application: an address such as `https://pve.example.com`.", plain("an address"), {
    ...part("appid"),
  }),
  origin: optional("Origin, where it is not the one of the request.", plain("an address"), part("origin")),
});
const webauthnSchema = fields({
  id: optional("Id of the relying party: the domain, without port.", plain("a domain"), part("id")),
  origin: optional("Origin: `https://` and the domain, with the port.", plain("an address"), part("origin")),
  rp: optional("Name of the relying party; any text.", plain("a text"), part("rp")),
  allowSubdomains: optional("Whether the id's subdomains are good too.", z.boolean(), {
    ...part("allow-subdomains", "flag", true),
  }),
});

const keyboards =
  "de,de-ch,da,en-gb,en-us,es,fi,fr,fr-be,fr-ca,fr-ch,hu,is,it,ja,lt,mk,nl,no,pl,pt,pt-br,sv,sl,tr".split(",") as [
    string,
    ...string[],
  ];
const languages = "ar,ca,da,de,en,es,eu,fa,fr,hr,he,it,ja,ka,kr,nb,nl,nn,pl,pt_BR,ru,sl,sv,tr,ukr,zh_CN,zh_TW".split(
  ",",
) as [string, ...string[]];

const macPrefix: Mapped = {
  ...word("mac_prefix", "live", "BC:24:11"),
  same: (wanted, live = "BC:24:11") => bare(wanted) === bare(live),
};
const bare = (prefix: string): string => prefix.toUpperCase().replace(/:$/, "");

const shape = {
  bandwidthLimits: optional("Limits of what copies much.", bandwidthSchema, {
    ...options("bwlimit", { primary: "default", bare: false, parts: partsIn(bandwidthSchema) }),
  }),
  consentText: optional("Text that is shown before the log-in.", z.string().min(1).max(65_536), {
    ...word("consent-text", "live"),
  }),
  console: optional(
    "Viewer of consoles: `html5` (noVNC), `xtermjs` or `vv` (SPICE). `applet` is html5 today.",
    z.enum(["applet", "vv", "html5", "xtermjs"], "write html5, xtermjs or vv"),
    word("console", "live"),
  ),
  crs: optional(
    "Where HA resources run (cluster resource scheduling).",
    crsSchema.superRefine((crs, ctx) => {
      for (const name of dependents)
        if (crs[name] !== undefined && crs.autoRebalance !== true)
          ctx.addIssue({
            code: "custom",
            path: [name],
            message: "is read with autoRebalance: true alone; set that too",
          });
    }),
    options("crs", { primary: "ha", bare: false, parts: partsIn(crsSchema) }),
  ),
  description: optional("Notes, shown in the web interface; Markdown.", z.string().min(1).max(65_535), {
    ...longText("description"),
  }),
  emailFrom: optional(
    "Sender of mails.",
    z.string().regex(/^[^\s@<>,]+@[^\s@<>,]+$/, "write an address alone, such as pve@example.com"),
    { ...word("email_from", "live"), default: "root@ the node's name" },
  ),
  fencing: optional(
    "How HA stops a node that does not answer. Others than `watchdog` are experiments of Proxmox's, which need " +
      "devices in /etc/pve/ha/fence.cfg.",
    z.enum(["watchdog", "hardware", "both"], "write watchdog, hardware or both"),
    word("fencing", "live", "watchdog"),
  ),
  ha: optional("High availability.", haSchema, {
    ...options("ha", { primary: "shutdown_policy", bare: false, parts: partsIn(haSchema), needed: true }),
  }),
  httpProxy: optional(
    "Proxy of downloads, such as `http://proxy.example.com:3128`. One that wants a password cannot be written: " +
      "everybody who may read the options would see it.",
    z
      .string()
      .regex(/^http:\/\/\S+$/, "write an address such as http://proxy.example.com:3128")
      .refine((text) => !text.includes("@"), {
        message: "holds a user or password, which would stand in the state and in the options in clear; leave it out",
      }),
    word("http_proxy", "live"),
  ),
  keyboard: optional(
    "Keyboard of VNC consoles, such as `de` or `en-us`.",
    z.enum(keyboards, `write one of ${keyboards.join(", ")}`),
    word("keyboard", "live"),
  ),
  language: optional(
    "Language of the web interface, such as `de`.",
    z.enum(languages, `write one of ${languages.join(", ")}`),
    word("language", "live"),
  ),
  macPrefix: optional(
    "Beginning of the MAC addresses that guests get, such as `BC:24:11`. Guests that are there keep theirs.",
    z
      .string()
      .regex(
        /^[0-9a-f][02468ace](?::[0-9a-f]{2}){0,2}:?$/i,
        "write one to three pairs of digits, the first one even: 02:AB",
      ),
    macPrefix,
  ),
  maxWorkers: optional(
    "How many workers a node starts at once, for bulk actions and HA.",
    z.number().int("write a whole number").min(1, "at least 1"),
    number("max_workers", "live", 4),
  ),
  migration: optional("Migrations between nodes.", migrationSchema, {
    ...options("migration", { primary: "type", bare: false, parts: partsIn(migrationSchema), needed: true }),
  }),
  nextId: optional("VMIDs that Proxmox suggests for new guests.", nextIdSchema.superRefine(leavesSome), {
    ...options("next-id", { primary: "lower", bare: false, parts: partsIn(nextIdSchema) }),
  }),
  notify: optional("Notifications as they were before targets and matchers.", notifySchema, {
    ...options("notify", { primary: "fencing", bare: false, parts: partsIn(notifySchema) }),
  }),
  registeredTags: optional(
    "Tags that only those may set and take away who may change the options.",
    z.array(tag).min(1, "name one at least, or leave it out"),
    tagList("registered-tags"),
  ),
  replication: optional("Replication between nodes.", replicationSchema, {
    ...options("replication", { primary: "type", bare: false, parts: partsIn(replicationSchema), needed: true }),
  }),
  tagStyle: optional("Tags in the web interface.", tagStyleSchema, {
    ...options("tag-style", { primary: "shape", bare: false, parts: partsIn(tagStyleSchema) }),
  }),
  u2f: optional("U2F, an old second factor.", u2fSchema, {
    ...options("u2f", { primary: "appid", bare: false, parts: partsIn(u2fSchema) }),
  }),
  userTagAccess: optional("Which tags users may set.", userTagSchema, {
    ...options("user-tag-access", { primary: "user-allow", bare: false, parts: partsIn(userTagSchema) }),
  }),
  webauthn: optional("WebAuthn, a second factor.", webauthnSchema, {
    ...options("webauthn", { primary: "id", bare: false, parts: partsIn(webauthnSchema) }),
  }),
};

const datacenterOptionsSchema = fields({
  ...shape,
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type DatacenterOptionsInputs = z.infer<typeof datacenterOptionsSchema>;

/** Fields that are one key each of the options. */
export const heldOptions = mappedIn(shape);
export type OptionName = keyof typeof heldOptions;
export const optionNames = Object.keys(heldOptions) as OptionName[];

export const datacenterOptionsModel: Model = {
  schema: datacenterOptionsSchema,
  effects: effectsOf(datacenterOptionsSchema),
  // One with a password is refused, and not shown.
  sensitive: ["httpProxy"],
  same: sameIn(datacenterOptionsSchema),
};

/** The options as texts: lists inside of property strings have their items between semicolons. */
export function optionTexts(answer: Readonly<Record<string, unknown>>): Record<string, string> {
  const { description, mac_prefix: prefix, http_proxy: proxy, ...rest } = answer;
  return textsOf(
    flat({
      ...rest,
      // Told in any case; a default is nothing that is set.
      ...(description === "" ? {} : { description }),
      ...(prefix === undefined || bare(prefix as string) === macPrefix.unset ? {} : { mac_prefix: prefix }),
      // Somebody may have written a password into it, which must not get into the state.
      ...(proxy === undefined ? {} : { http_proxy: (proxy as string).replace(/\/\/.*@/, "//***@") }),
    }) as Record<string, unknown>,
  );
}

const flat = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.join(";");
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, flat(one)]));
};

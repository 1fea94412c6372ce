import net from "node:net";
import { z } from "zod";
import { inNetworkOf, parseAddress, parseCidr, unusable } from "../../../pve/format/cidr";
import { printPropertyString } from "../../../pve/format";
import { fields, optional } from "../../kernel/fields/field";
import { fromMap, part, partsIn, toMap, type Properties } from "../../kernel/fields/property";
import { sensitiveData, sensitiveText } from "../../kernel/secrets/sensitive";

/** Is this an address with a prefix length, such as 10.0.0.5/24 or 2001:db8::5/64? */
export const isCidr = (text: string, family: 4 | 6): boolean => parseCidr(text)?.family === family;

/** Is the gateway in the network of the address, and neither the address itself nor the network's first or last? */
export function gatewayFits(cidr: string, gateway: string): boolean {
  const [own, router] = [parseCidr(cidr), parseAddress(gateway)];
  // What is no address is told of as such.
  if (!own || !router) return true;
  return (
    inNetworkOf(own, router) &&
    router.toString() !== own.address.toString() &&
    unusable({ ...own, address: router }) === undefined
  );
}

const hint4 = 'write "dhcp" or an address with prefix length such as 10.0.0.5/24';
const hint6 = 'write "dhcp", "auto" or an address with prefix length such as 2001:db8::5/64';

/** How the guest gets the addresses of one network device. */
const ipConfigSchema = fields({
  address: optional(
    "IPv4: `dhcp`, or an address with prefix length.",
    z.string().refine((text) => text === "dhcp" || isCidr(text, 4), hint4),
    { ...part("ip"), proxmox: "`ip` in `ipconfigN`" },
  ),
  gateway: optional(
    "IPv4 gateway; needs a static `address`.",
    z.string().refine((text) => net.isIPv4(text), "write an IPv4 address such as 10.0.0.1"),
    part("gw"),
  ),
  address6: optional(
    "IPv6: `dhcp`, `auto` (SLAAC), or an address with prefix length.",
    z.string().refine((text) => text === "dhcp" || text === "auto" || isCidr(text, 6), hint6),
    part("ip6"),
  ),
  gateway6: optional(
    "IPv6 gateway; needs a static `address6`.",
    z.string().refine((text) => net.isIPv6(text), "write an IPv6 address such as 2001:db8::1"),
    part("gw6"),
  ),
}).superRefine(({ address, gateway, address6, gateway6 }, ctx) => {
  const wrong = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
  if (gateway !== undefined && (address === undefined || address === "dhcp"))
    wrong("gateway", "a gateway needs a static address; set address, or leave the gateway to DHCP");
  else if (gateway !== undefined && address !== undefined && !gatewayFits(address, gateway))
    wrong("gateway", `is no other usable address in the network of ${address}; write the router's address there`);
  if (gateway6 !== undefined && (address6 === undefined || address6 === "dhcp" || address6 === "auto"))
    wrong("gateway6", "a gateway needs a static address6; set address6, or leave the gateway to the network");
});

/** cloud-init takes user data for what its first line says; anything else it ignores, and boots as if nothing were given. */
const announced =
  /^(?:#cloud-config\b|#!|#include\b|#include-once\b|#cloud-boothook\b|#part-handler\b|#cloud-config-archive\b|#cloud-config-jsonp\b|## template:|content-type:|mime-version:|from )/i;

const parts = z
  .string()
  .regex(announced, "cloud-init ignores this: begin with a line #cloud-config (or #!/bin/sh, ...)");

/**
 * Cloud-init by Proxmox's own fields, or by own data (`userData` and the like). Changes reach the guest at its next
 * boot; the VM is never replaced for them.
 */
export const cloudInitSchema = fields({
  storage: optional("Storage of the cloud-init drive. Only read when the drive is made.", z.string().min(1), {
    effect: "none",
    default: "that of the first disk",
  }),
  user: optional(
    "Login user.",
    z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, "write a Linux user name: lower-case letters, digits, _ and -"),
    { key: "ciuser", default: "the image's own" },
  ),
  password: optional("Password of the user, or a reference to it. Prefer `sshKeys`.", sensitiveText(), {
    key: "cipassword",
  }),
  sshKeys: optional(
    "Public SSH keys of the user, one per entry.",
    z.array(
      z
        .string()
        .regex(
          /^(?:ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/]+={0,3}(?: .*)?$/,
          "write a public key such as ssh-ed25519 AAAA... name",
        ),
    ),
    { key: "sshkeys" },
  ),
  addresses: optional("Addresses, one entry for each of `networks`, in their order.", z.array(ipConfigSchema), {
    proxmox: "`ipconfigN`",
  }),
  nameservers: optional(
    "DNS servers.",
    z.array(z.string().refine((text) => net.isIP(text) !== 0, "write an IP address such as 1.1.1.1")),
    { key: "nameserver", default: "the node's" },
  ),
  searchDomain: optional("DNS search domain.", z.string().min(1), { key: "searchdomain", default: "the node's" }),
  upgrade: optional("Upgrade packages at the first boot.", z.boolean(), {
    key: "ciupgrade",
    default: "Proxmox's own (yes)",
  }),
  userData: optional(
    "Own user data, in place of all that Proxmox would write (`user`, `password`, `sshKeys`, `upgrade`). An " +
      "object becomes `#cloud-config`. Always a secret in the state. A change reaches the guest at its next " +
      "boot, where cloud-init runs as for a new machine; see `rerun`.",
    sensitiveData(parts),
    {},
  ),
  networkConfig: optional(
    "Own network configuration, in place of `addresses`, `nameservers` and `searchDomain`. Secret in the " + "state.",
    sensitiveData(),
    {},
  ),
  vendorData: optional(
    "Own vendor data: runs beside the user data, which wins. By `snippets` also beside Proxmox's own fields. " +
      "Secret.",
    sensitiveData(parts),
    {},
  ),
  metaData: optional("Own meta data. Secret.", sensitiveData(), {
    default: "with `userData`: the VM's name as host name, and an instance id by the content",
  }),
  via: optional(
    "How own data reach the guest. `snippets`: as files in a storage's snippets directory, written over SSH, " +
      "which Proxmox puts on the cloud-init drive. `iso`: as an image that is uploaded and inserted in place " +
      "of the cloud-init drive.",
    z.enum(["snippets", "iso"], 'write "snippets" or "iso"'),
    { default: "what the VM has; for a new one `snippets` where SSH is configured, else `iso`" },
  ),
  dataStorage: optional(
    "File-based storage of own data, with content `snippets` or `iso`. An image on a storage that is not " +
      "shared keeps the VM from being migrated by others than this program.",
    z.string().min(1),
    { default: "a shared one of the node, else `local`, else the first one" },
  ),
  rerun: optional(
    "`false`: changed own data do not make the guest a new machine for cloud-init, so that only what runs at " +
      "every boot takes them up.",
    z.boolean(),
    { default: "true: the instance id follows the content" },
  ),
}).superRefine((cloudInit, ctx) => {
  const wrong = (path: string, message: string) => ctx.addIssue({ code: "custom", path: [path], message });
  const exclude = (own: OwnData, fields: readonly (keyof CloudInit)[]) => {
    if (cloudInit[own] === undefined) return;
    for (const field of fields)
      if (cloudInit[field] !== undefined)
        wrong(field, `${own} replaces all that Proxmox writes of this: say it in ${own}, or leave ${own} out`);
  };
  exclude("userData", userFields);
  exclude("networkConfig", networkFields);
  const owned = ownDataKinds.some((own) => cloudInit[own] !== undefined);
  if (!owned)
    for (const field of ["via", "dataStorage", "rerun"] as const)
      if (cloudInit[field] !== undefined) wrong(field, "is about own data; write userData, or leave it out");
  if (owned && cloudInit.via === "iso")
    for (const field of withSnippetsOnly(cloudInit))
      wrong(
        field,
        'is Proxmox\'s own field, which an image of own data cannot carry; say it there, or write via: "snippets"',
      );
  if (cloudInit.rerun !== undefined && cloudInit.metaData !== undefined)
    wrong("rerun", "metaData has the instance id, which decides this; leave one of them out");
});

/** The kinds of own data, as cloud-init knows them. */
export const ownDataKinds = ["userData", "networkConfig", "vendorData", "metaData"] as const;
export type OwnData = (typeof ownDataKinds)[number];

/** Proxmox's fields that own user data, or own network configuration, replaces. */
const userFields = ["user", "password", "sshKeys", "upgrade"] as const;
const networkFields = ["addresses", "nameservers", "searchDomain"] as const;

/** Fields that only Proxmox's own cloud-init drive can carry. */
export const withSnippetsOnly = (cloudInit: CloudInit): (keyof CloudInit)[] =>
  [...userFields, ...networkFields].filter((field) => cloudInit[field] !== undefined);

export const hasOwnData = (cloudInit: CloudInit | undefined): boolean =>
  ownDataKinds.some((kind) => cloudInit?.[kind] !== undefined);

export type CloudInit = z.infer<typeof cloudInitSchema>;
type IpConfig = z.infer<typeof ipConfigSchema>;

const ipConfig: Properties = { primary: "", parts: partsIn(ipConfigSchema) };

export const ipConfigString = (addresses: IpConfig): string => printPropertyString(toMap(ipConfig, addresses));

export const ipConfigOf = (raw: Readonly<Record<string, string>>): IpConfig =>
  fromMap(ipConfig, raw, undefined) as IpConfig;

import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { timeoutsSchema } from "../kernel/call/timeouts.model";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const domain = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`, "i");

export const dnsSchema = fields({
  node: required("Name of the node. A change replaces: the node of before keeps its settings.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` in the path",
  }),
  servers: required(
    "Addresses of the name servers, in the order in which they are asked.",
    z
      .array(z.string().refine(isAddress, "write an IPv4 or IPv6 address"))
      .min(1, "name at least one: without a name server the node finds nothing")
      .max(3, "the resolver asks three at most")
      .superRefine((servers, ctx) =>
        servers.forEach((server, index) => {
          // Proxmox drops the second one, and moves up what follows.
          if (servers.indexOf(server) < index)
            ctx.addIssue({ code: "custom", path: [index], message: "is named twice; name each server once" });
        }),
      ),
    { effect: "live", proxmox: "`dns1`, `dns2`, `dns3`" },
  ),
  searchDomain: required(
    "Domain in which names without one are looked up.",
    z.string().regex(domain, "write one domain, such as example.com: Proxmox keeps the first one alone"),
    { effect: "live", key: "search" },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type DnsInputs = z.infer<typeof dnsSchema>;
export type DnsSettings = Pick<DnsInputs, "servers" | "searchDomain">;

export const dnsModel: Model = {
  schema: dnsSchema,
  effects: effectsOf(dnsSchema),
  sensitive: [],
  same: (_path, wanted, live) => spelt(wanted) === spelt(live),
};

/** Neither names nor addresses tell capitals from small letters. */
const spelt = (value: unknown): string => JSON.stringify(value ?? null).toLowerCase();

/** A PUT replaces everything: what it leaves out is gone. */
export const toApi = ({ servers: [dns1, dns2, dns3], searchDomain }: DnsSettings): DnsRequest => ({
  search: searchDomain,
  ...(dns1 === undefined ? {} : { dns1 }),
  ...(dns2 === undefined ? {} : { dns2 }),
  ...(dns3 === undefined ? {} : { dns3 }),
});

interface DnsRequest {
  readonly search: string;
  readonly dns1?: string;
  readonly dns2?: string;
  readonly dns3?: string;
}

/** A node may have neither servers nor a domain. */
export function fromApi(row: Readonly<Record<string, unknown>> | null | undefined): Partial<DnsSettings> {
  const textAt = (key: string): string[] => {
    const value: unknown = row?.[key];
    return typeof value === "string" ? [value] : [];
  };
  const [searchDomain] = textAt("search");
  return { servers: ["dns1", "dns2", "dns3"].flatMap(textAt), ...(searchDomain === undefined ? {} : { searchDomain }) };
}

export const sameSettings = (wanted: DnsSettings, live: Partial<DnsSettings>): boolean => text(wanted) === text(live);

const text = ({ servers = [], searchDomain = "" }: Partial<DnsSettings>): string =>
  [searchDomain, ...servers].join(" ").toLowerCase();

/** For people. */
export const describeSettings = ({ servers = [], searchDomain }: Partial<DnsSettings>): string =>
  `${servers.join(", ") || "no name servers"}, ${searchDomain === undefined ? "no search domain" : `search domain ${searchDomain}`}`;

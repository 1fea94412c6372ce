import { z } from "zod";
import { isAddress } from "../../pve/format/address";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`, "i");

const entrySchema = fields({
  address: required("IPv4 or IPv6 address.", z.string().refine(isAddress, "write an IPv4 or IPv6 address"), {
    effect: "live",
  }),
  names: required(
    "Names of the address, the whole one first: `pve1.example.com`, `pve1`.",
    z
      .array(z.string().regex(hostName, "write a host name: letters, digits and hyphens, with dots between the parts"))
      .min(1, "name at least one"),
    { effect: "live" },
  ),
});

const hostsEntriesSchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), {
    effect: "replace",
    proxmox: "`node` in the path",
  }),
  block: optional(
    "Name of the block in the file: it stands in the marks around it, once per node.",
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "write letters, digits, dots, _ and - only"),
    { effect: "replace", default: "the resource's name" },
  ),
  entries: required(
    "Lines of the block, in their order.",
    z
      .array(entrySchema)
      .min(1, "name at least one; without any, leave the resource out")
      .superRefine((entries, ctx) => {
        const seen = new Map<string, string>();
        entries.forEach(({ address, names }, index) =>
          names.forEach((name, at) => {
            if (typeof address !== "string" || typeof name !== "string") return;
            const key = `${address.includes(":") ? 6 : 4} ${name.toLowerCase()}`;
            const before = seen.get(key);
            seen.set(key, before ?? address);
            if (before !== undefined)
              ctx.addIssue({
                code: "custom",
                path: [index, "names", at],
                message: `has ${before === address ? "been named already" : `the address ${before} already`}; a name has one address`,
              });
          }),
        );
      }),
    { effect: "live" },
  ),
  override: optional(
    "Take names of `entries` out of the lines of others that say something else of them. Without it such lines are an " +
      "error, except for `127.0.1.1`, which Debian writes for the machine's own name and which Proxmox cannot use.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type HostsEntriesInputs = z.infer<typeof hostsEntriesSchema>;

export const hostsEntriesModel: Model = {
  schema: hostsEntriesSchema,
  effects: effectsOf(hostsEntriesSchema),
  sensitive: [],
  defaults: namedBy("block"),
};

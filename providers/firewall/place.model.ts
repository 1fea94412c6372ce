import { z } from "zod";
import { fields, optional, required } from "../kernel/fields/field";

const name = "write a name as Proxmox has it";

const members = {
  datacenter: () =>
    optional("The whole cluster: `/etc/pve/firewall/cluster.fw`.", z.literal(true, "write true, or leave it out"), {}),
  node: () => optional("A node, by its name: its `host.fw`.", z.string().min(1, name), {}),
  guest: () =>
    optional(
      "A VM or container, by its VMID.",
      z.int().min(100, "a VMID is 100 or more").max(999999999, "write a VMID"),
      {},
    ),
  group: () => optional("A security group, by its name.", z.string().min(1, name), {}),
  vnet: () => optional("A vnet of SDN, by its name.", z.string().min(1, name), {}),
};

type Member = keyof typeof members;

/** Where something of the firewall belongs; exactly one of them is set. */
export interface FirewallPlace {
  readonly datacenter?: true | undefined;
  readonly node?: string | undefined;
  readonly guest?: number | undefined;
  readonly group?: string | undefined;
  readonly vnet?: string | undefined;
}

export const placeKeys = ["datacenter", "node", "guest", "group", "vnet"] as const;

/** The field that says to what something belongs. Left empty it would be anybody's guess, and so it never is. */
export const placeField = <K extends Member>(meaning: string, ...kinds: readonly K[]) =>
  required(
    meaning,
    fields(
      Object.fromEntries(kinds.map((kind) => [kind, members[kind]()])) as unknown as {
        [M in K]: ReturnType<(typeof members)[M]>;
      },
    ).refine(
      (place) => Object.values(place).filter((value) => value !== undefined).length === 1,
      `write exactly one of ${kinds.join(", ")}`,
    ),
    { effect: "replace", proxmox: "the path" },
  );

/** How the state and `get` know it: `datacenter`, `node/pve1`, `guest/100`. */
export function placeId(place: FirewallPlace): string {
  for (const key of placeKeys)
    if (place[key] !== undefined) return key === "datacenter" ? key : `${key}/${String(place[key])}`;
  throw new Error("a place of the firewall names nothing");
}

export function placeOfId(id: string): FirewallPlace {
  const [, kind = "", what] = /^(datacenter|node|guest|group|vnet)(?:\/([^/]+))?$/.exec(id) ?? [];
  if (kind === "datacenter" && what === undefined) return { datacenter: true };
  if (kind === "guest" && what !== undefined && /^\d+$/.test(what)) return { guest: Number(what) };
  if (what !== undefined && /^(?:node|group|vnet)$/.test(kind)) return { [kind]: what };
  throw new Error(
    `"${id}" is no place of the firewall; write datacenter, node/NAME, guest/VMID, group/NAME or vnet/NAME`,
  );
}

/** In a sentence. */
export function placeWords(place: FirewallPlace): string {
  if (place.datacenter) return "the datacenter";
  if (place.group !== undefined) return `security group ${place.group}`;
  return placeId(place).replace("/", " ");
}

import { die, paramError } from "../../errors.js";
import type { Handler, Routes } from "../../call.js";
import { emptyDigest, missing } from "./cluster.js";

const empty: Handler = () => [];
const noRule = missing("pos", (pos) => `no rule at position ${pos}`);
const noIpset = missing("name", (name) => `no such IPSet '${name}'`);
const noAlias: Handler = () => {
  throw paramError({ name: "no such alias" });
};

/** Rules and options, that every level has. */
const common = (path: string): Record<string, Handler> => ({
  [`GET ${path}/rules`]: empty,
  [`GET ${path}/rules/{pos}`]: noRule,
  [`GET ${path}/options`]: () => ({ digest: emptyDigest }),
});

/** Aliases, sets and references, that cluster and guests have. */
const named = (path: string): Record<string, Handler> => ({
  [`GET ${path}/aliases`]: empty,
  [`GET ${path}/aliases/{name}`]: noAlias,
  [`GET ${path}/ipset`]: empty,
  [`GET ${path}/ipset/{name}`]: noIpset,
  [`GET ${path}/ipset/{name}/{cidr}`]: noIpset,
  [`GET ${path}/refs`]: empty,
});

const noVnet: Handler = () => {
  throw die("invalid vnet specified at /usr/share/perl5/PVE/API2/Firewall/Helpers.pm line 54.");
};
const vnet = "/cluster/sdn/vnets/{vnet}/firewall";

/** A firewall without any configuration. */
export const firewallReads = {
  ...common("/cluster/firewall"),
  ...named("/cluster/firewall"),
  "GET /cluster/firewall/groups": empty,
  "GET /cluster/firewall/groups/{group}": missing("group", (group) => `no such security group '${group}'`),
  "GET /cluster/firewall/groups/{group}/{pos}": missing("group", (group) => `no such security group '${group}'`),
  ...common("/nodes/{node}/firewall"),
  ...common("/nodes/{node}/qemu/{vmid}/firewall"),
  ...named("/nodes/{node}/qemu/{vmid}/firewall"),
  ...common("/nodes/{node}/lxc/{vmid}/firewall"),
  ...named("/nodes/{node}/lxc/{vmid}/firewall"),
  [`GET ${vnet}/options`]: noVnet,
  [`GET ${vnet}/rules`]: noVnet,
  [`GET ${vnet}/rules/{pos}`]: noVnet,
} as Routes;

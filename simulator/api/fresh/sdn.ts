import { die, paramError } from "../../errors.js";
import type { Handler, Routes } from "../../call.js";
import { emptyDigest, missing } from "./cluster.js";

const empty: Handler = () => [];
const noSdn = (variable: string): Handler => missing(variable, (name) => `sdn '${name}' does not exist`);
const noVnet = missing("vnet", (name) => `sdn vnet '${name}' does not exist`);
const noZone: Handler = () => {
  throw paramError({ zone: "zone does not exist" });
};

/** SDN without any object but the built-in IPAM. */
export const sdnReads: Routes = {
  "GET /cluster/sdn/controllers": empty,
  "GET /cluster/sdn/controllers/{controller}": noSdn("controller"),
  "GET /cluster/sdn/dns": empty,
  "GET /cluster/sdn/dns/{dns}": noSdn("dns"),
  "GET /cluster/sdn/fabrics/all": () => ({ nodes: [], fabrics: [] }),
  "GET /cluster/sdn/fabrics/fabric": empty,
  "GET /cluster/sdn/fabrics/fabric/{id}": () => ({ digest: "" }),
  "GET /cluster/sdn/fabrics/node": empty,
  "GET /cluster/sdn/fabrics/node/{fabric_id}": empty,
  "GET /cluster/sdn/fabrics/node/{fabric_id}/{node_id}": () => ({ digest: "" }),
  "GET /cluster/sdn/ipams": () => [{ ipam: "pve", type: "pve", digest: emptyDigest }],
  "GET /cluster/sdn/ipams/{ipam}": (call) => {
    if (call.text("ipam") === "pve") return { ipam: "pve", type: "pve", digest: emptyDigest };
    throw die(`sdn '${call.text("ipam")}' does not exist`);
  },
  "GET /cluster/sdn/ipams/{ipam}/status": (call) => {
    if (call.text("ipam") === "pve") return [];
    throw die("Currently only PVE IPAM is supported! at /usr/share/perl5/PVE/API2/Network/SDN/Ipams.pm line 319.");
  },
  "GET /cluster/sdn/vnets": empty,
  "GET /cluster/sdn/vnets/{vnet}": noVnet,
  "GET /cluster/sdn/vnets/{vnet}/subnets": noVnet,
  "GET /cluster/sdn/vnets/{vnet}/subnets/{subnet}": noVnet,
  "GET /cluster/sdn/zones": empty,
  "GET /cluster/sdn/zones/{zone}": noSdn("zone"),
  "GET /nodes/{node}/sdn/fabrics/{fabric}/interfaces": empty,
  "GET /nodes/{node}/sdn/fabrics/{fabric}/neighbors": empty,
  "GET /nodes/{node}/sdn/fabrics/{fabric}/routes": empty,
  "GET /nodes/{node}/sdn/vnets/{vnet}": noVnet,
  "GET /nodes/{node}/sdn/vnets/{vnet}/mac-vrf": noVnet,
  "GET /nodes/{node}/sdn/zones": empty,
  "GET /nodes/{node}/sdn/zones/{zone}/bridges": noZone,
  "GET /nodes/{node}/sdn/zones/{zone}/content": empty,
  "GET /nodes/{node}/sdn/zones/{zone}/ip-vrf": noZone,
};

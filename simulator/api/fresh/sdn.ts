import { die, paramError } from "../../errors.js";
import type { Handler, Routes } from "../../call.js";

const empty: Handler = () => [];
const noVnet: Handler = (call) => {
  throw die(`sdn vnet '${call.text("vnet")}' does not exist`);
};
const noZone: Handler = () => {
  throw paramError({ zone: "zone does not exist" });
};

/** SDN's routing daemon, of which nothing runs. */
export const sdnReads: Routes = {
  "GET /nodes/{node}/sdn/fabrics/{fabric}/interfaces": empty,
  "GET /nodes/{node}/sdn/fabrics/{fabric}/neighbors": empty,
  "GET /nodes/{node}/sdn/fabrics/{fabric}/routes": empty,
  "GET /nodes/{node}/sdn/vnets/{vnet}": noVnet,
  "GET /nodes/{node}/sdn/vnets/{vnet}/mac-vrf": noVnet,
  "GET /nodes/{node}/sdn/zones/{zone}/ip-vrf": noZone,
};

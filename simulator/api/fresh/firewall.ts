import { die } from "../../errors.js";
import type { Handler, Routes } from "../../call.js";

const noVnet: Handler = () => {
  throw die("invalid vnet specified at /usr/share/perl5/PVE/API2/Firewall/Helpers.pm line 54.");
};
const path = "/cluster/sdn/vnets/{vnet}/firewall";

/** The firewall of virtual networks, of which there are none. */
export const firewallReads: Routes = {
  [`GET ${path}/options`]: noVnet,
  [`GET ${path}/rules`]: noVnet,
  [`GET ${path}/rules/{pos}`]: noVnet,
};

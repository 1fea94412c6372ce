import type { Routes } from "../../call.js";
import { die } from "../../errors.js";

/** `/nodes/{node}/lxc`: the simulator has no containers. */
export const containerRoutes: Routes = {
  "GET /nodes/{node}/lxc": () => [],
  "GET /nodes/{node}/lxc/{vmid}/config": (call) => {
    throw die(`Configuration file 'nodes/${call.node.name}/lxc/${call.text("vmid")}.conf' does not exist`);
  },
};

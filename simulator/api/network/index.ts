import { Reply, type Call, type Json, type Routes } from "../../call.js";
import type { Iface } from "../../network/interfaces.js";
import {
  createInterface,
  deleteInterface,
  listInterfaces,
  readInterface,
  revertInterfaces,
  stagedChanges,
  updateInterface,
  type InterfaceParameters,
} from "../../network/node-network.js";
import { localVnets } from "../../sdn/node-sdn.js";
import { reloadTask } from "../../network/reload.js";

/** `/nodes/{node}/network`: changes are staged in a file of their own until it is applied or dropped. */
export const networkRoutes: Routes = {
  "GET /nodes/{node}/network": (call) => {
    const { network } = call.node;
    const changes = stagedChanges(network);
    const visible: Json[] = listInterfaces(network, call.params["type"]).filter((iface) => maySee(call, iface));
    if (/^(?:vnet|any_bridge|include_sdn)$/.test(call.params["type"] ?? "")) visible.push(...vnetsOf(call));
    return new Reply(visible, changes === undefined ? {} : { changes });
  },

  "POST /nodes/{node}/network": (call) =>
    createInterface(call.node.network, call.text("iface"), settings(call), call.clock.now()),

  "DELETE /nodes/{node}/network": (call) => revertInterfaces(call.node.network),

  "PUT /nodes/{node}/network": (call) =>
    call.task("srvreload", "networking", (task) => reloadTask(call.simulation, call.node, task)),

  "GET /nodes/{node}/network/{iface}": (call) => readInterface(call.node.network, call.text("iface")),

  "PUT /nodes/{node}/network/{iface}": (call) =>
    updateInterface(call.node.network, call.text("iface"), settings(call), call.list("delete"), call.clock.now()),

  "DELETE /nodes/{node}/network/{iface}": (call) =>
    deleteInterface(call.node.network, call.text("iface"), call.clock.now()),
};

/** The settings of an interface among the parameters. */
function settings(call: Call): InterfaceParameters {
  const { node: _node, iface: _iface, delete: _delete, ...given } = call.params;
  return given;
}

/** Vnets are bridges of the node that no file of its own tells of. */
function vnetsOf(call: Call): Json[] {
  return localVnets(call.cluster, call.node)
    .filter(({ zone, row }) => call.rights.isRoot || call.rights.hasBridge(zone, row.iface, "SDN.Audit", "SDN.Use"))
    .map(({ row }) => row);
}

/** Bridges need a privilege of their own, for everyone but root@pam. */
function maySee(call: Call, iface: Iface): boolean {
  if (iface.type !== "bridge" && iface.type !== "OVSBridge") return true;
  return call.rights.isRoot || call.rights.hasBridge("localnetwork", String(iface.iface), "SDN.Audit", "SDN.Use");
}

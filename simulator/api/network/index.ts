import { Reply, type Call, type Routes } from "../../call.js";
import type { Iface } from "../../network/interfaces.js";
import {
  applyInterfaces,
  createInterface,
  deleteInterface,
  listInterfaces,
  readInterface,
  revertInterfaces,
  stagedChanges,
  updateInterface,
  type InterfaceParameters,
} from "../../network/node-network.js";
import { beginReload } from "../../network/reload.js";

/** `/nodes/{node}/network`: changes are staged in a file of their own until it is applied or dropped. */
export const networkRoutes: Routes = {
  "GET /nodes/{node}/network": (call) => {
    const { network } = call.node;
    const changes = stagedChanges(network);
    const visible = listInterfaces(network, call.params["type"]).filter((iface) => maySee(call, iface));
    return new Reply(visible, changes === undefined ? {} : { changes });
  },

  "POST /nodes/{node}/network": (call) =>
    createInterface(call.node.network, call.text("iface"), settings(call), call.clock.now()),

  "DELETE /nodes/{node}/network": (call) => revertInterfaces(call.node.network),

  "PUT /nodes/{node}/network": (call) =>
    call.task("srvreload", "networking", function* () {
      // the file first, whatever becomes of the rest
      const { network } = call.node;
      if (network.slowReload !== undefined) network.running ??= network.interfaces;
      applyInterfaces(network);
      yield 500;
      beginReload(call.simulation, call.node);
      yield 500;
    }),

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

/** Bridges need a privilege of their own, for everyone but root@pam. */
function maySee(call: Call, iface: Iface): boolean {
  if (iface.type !== "bridge" && iface.type !== "OVSBridge") return true;
  return call.rights.isRoot || call.rights.hasBridge("localnetwork", String(iface.iface), "SDN.Audit", "SDN.Use");
}

import type { Call, Routes } from "../../call.js";
import { startCorosync, stopCorosync } from "../../cluster/corosync-daemon.js";
import { serviceCommanded } from "../../firewall/firewall-daemon.js";
import { restartProxy } from "../../node/restart-proxy.js";
import { commandService, serviceNames, serviceState, type ServiceCommand } from "../../node/services.js";

/** `/nodes/{node}/services`. */
export const serviceRoutes: Routes = {
  "GET /nodes/{node}/services": (call) => serviceNames.map((name) => ({ ...stateOf(call, name) })),

  "GET /nodes/{node}/services/{service}": () =>
    ["state", "start", "stop", "restart", "reload"].map((subdir) => ({ subdir })),

  "GET /nodes/{node}/services/{service}/state": (call) => ({ ...stateOf(call, call.text("service")) }),

  "POST /nodes/{node}/services/{service}/start": (call) => command(call, "start"),
  "POST /nodes/{node}/services/{service}/stop": (call) => command(call, "stop"),
  "POST /nodes/{node}/services/{service}/restart": (call) => command(call, "restart"),
  "POST /nodes/{node}/services/{service}/reload": (call) => command(call, "reload"),
};

const stateOf = (call: Call, name: string) => serviceState(call.node, name, call.cluster.corosync !== undefined);

function command(call: Call, verb: ServiceCommand): string {
  const name = call.text("service");
  return call.task(`srv${verb}`, name, function* () {
    yield 100;
    commandService(call.node, name, verb, call.cluster.corosync !== undefined);
    if (name === "pve-firewall" || name === "proxmox-firewall") serviceCommanded(call.simulation, call.node, name);
    if (name === "pveproxy") restartProxy(call.simulation, call.node);
    if (name === "corosync" && verb === "stop") stopCorosync(call.simulation, call.node);
    if (name === "corosync" && verb !== "stop") startCorosync(call.node);
  });
}

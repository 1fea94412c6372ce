import { die } from "../../errors.js";
import type { Routes } from "../../call.js";
import { applyTask } from "../../sdn/apply.js";
import { isPending } from "../../sdn/pending-rows.js";
import { commitSdn, emptySdn, rollBack, runningSdn, sdnOf, takeSdn, withSdnLock, type SdnKind } from "../../sdn/sdn.js";
import { controllerRoutes } from "./controllers.js";
import { fabricRoutes } from "./fabrics.js";
import { nodeRoutes } from "./nodes.js";
import { ipamRoutes } from "./servers.js";
import { subnetRoutes } from "./subnets.js";
import { vnetRoutes } from "./vnets.js";
import { zoneRoutes } from "./zones.js";

/** `/cluster/sdn`: what is staged, who holds it, and what of it the nodes have. */
export const sdnRoutes: Routes = {
  ...zoneRoutes,
  ...vnetRoutes,
  ...subnetRoutes,
  ...controllerRoutes,
  ...ipamRoutes,
  ...fabricRoutes,
  ...nodeRoutes,
  "POST /cluster/sdn/lock": (call) =>
    withSdnLock(call, "could not acquire lock for SDN config", (sdn) => {
      const running = runningSdn(call.cluster);
      const staged = (Object.keys(emptySdn()) as SdnKind[]).some((kind) => isPending(running[kind], sdn[kind]));
      if (staged && !call.flag("allow-pending"))
        throw die("configuration has pending changes at /usr/share/perl5/PVE/API2/Network/SDN.pm line 150.");
      return takeSdn(call, sdn);
    }),
  "DELETE /cluster/sdn/lock": async (call) => {
    if (call.flag("force")) delete sdnOf(call.cluster).lock;
    else await withSdnLock(call, "could not release lock", (sdn) => void delete sdn.lock);
  },
  "POST /cluster/sdn/rollback": (call) =>
    withSdnLock(call, "could not rollback SDN configuration", (sdn) => {
      rollBack(sdn);
      if (call.has("lock-token") && call.flag("release-lock", true)) delete sdn.lock;
    }),
  "PUT /cluster/sdn": async (call) => {
    await withSdnLock(call, "could not commit SDN config", (sdn) => {
      commitSdn(sdn);
      if (call.has("lock-token") && call.flag("release-lock", true)) delete sdn.lock;
    });
    return call.task("reloadnetworkall", "", (task) => applyTask(call.simulation, call.node, task));
  },
};

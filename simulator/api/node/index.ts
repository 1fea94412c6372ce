import type { Routes } from "../../call.js";
import type { FindRoute } from "../../router.js";
import { aptRoutes } from "./apt.js";
import { backupRoutes } from "./backups.js";
import { bulkRoutes } from "./bulk.js";
import { capabilityRoutes } from "./capabilities.js";
import { certificateRoutes } from "./certificates.js";
import { configRoutes } from "./config.js";
import { containerRoutes } from "./containers.js";
import { diskRoutes } from "./disks.js";
import { executeRoutes } from "./execute.js";
import { serviceRoutes } from "./services.js";
import { subscriptionRoutes } from "./subscription.js";
import { systemRoutes } from "./system.js";

export const nodeRoutes = (findRoute: FindRoute): Routes => ({
  ...systemRoutes(findRoute),
  ...serviceRoutes,
  ...configRoutes,
  ...capabilityRoutes,
  ...certificateRoutes,
  ...diskRoutes,
  ...aptRoutes,
  ...subscriptionRoutes,
  ...backupRoutes,
  ...bulkRoutes(findRoute),
  ...containerRoutes,
  ...executeRoutes(findRoute),
});

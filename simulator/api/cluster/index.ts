import type { Routes } from "../../call.js";
import { backupJobRoutes } from "./backup-jobs.js";
import { configRoutes } from "./config.js";
import { mappingRoutes } from "./resource-mappings.js";
import { notificationRoutes } from "./notifications.js";
import { optionRoutes } from "./options.js";
import { resourceRoutes } from "./resources.js";
import { statusRoutes } from "./status.js";

const index = [
  ...["acme", "backup", "backup-info", "bulk-action", "ceph", "config", "firewall", "ha", "jobs", "log", "mapping"],
  ...["metrics", "notifications", "nextid", "options", "qemu", "replication", "resources", "status", "tasks", "sdn"],
];

export const clusterRoutes: Routes = {
  "GET /cluster": () => index.map((name) => ({ name })),
  ...backupJobRoutes,
  ...configRoutes,
  ...resourceRoutes,
  ...optionRoutes,
  ...mappingRoutes,
  ...notificationRoutes,
  ...statusRoutes,
};

import type { Routes } from "../../call.js";
import { agentRoutes } from "./agent.js";
import { cloneRoutes } from "./clone.js";
import { cloudinitRoutes } from "./cloudinit.js";
import { configRoutes } from "./config.js";
import { createRoutes } from "./create.js";
import { consoleRoutes } from "./console.js";
import { diskRoutes } from "./guest-disk.js";
import { migrateRoutes } from "./migrate.js";
import { snapshotRoutes } from "./snapshot.js";
import { statusRoutes } from "./status.js";

const SUBDIRECTORIES = (
  "config cloudinit pending status unlink vncproxy termproxy migrate resize move rrd rrddata monitor agent snapshot " +
  "spiceproxy sendkey firewall mtunnel remote_migrate"
).split(" ");

/** The endpoints of virtual machines. */
export const qemuRoutes: Routes = {
  "GET /nodes/{node}/qemu/{vmid}": () => SUBDIRECTORIES.map((subdir) => ({ subdir })),
  ...createRoutes,
  ...configRoutes,
  ...statusRoutes,
  ...cloneRoutes,
  ...diskRoutes,
  ...snapshotRoutes,
  ...cloudinitRoutes,
  ...agentRoutes,
  ...consoleRoutes,
  ...migrateRoutes,
};

import type { Handler, Routes } from "../call.js";
import { routing, type FindRoute } from "../router.js";
import { accessRoutes } from "./access/index.js";
import { cephRoutes } from "./ceph/index.js";
import { clusterRoutes } from "./cluster/index.js";
import { firewallRoutes } from "./firewall/index.js";
import { freshRoutes } from "./fresh/index.js";
import { haRoutes } from "./ha/index.js";
import { networkRoutes } from "./network/index.js";
import { nodeRoutes } from "./node/index.js";
import { poolRoutes } from "./pools.js";
import { qemuRoutes } from "./qemu/index.js";
import { sdnRoutes } from "./sdn/index.js";
import { storageRoutes } from "./storage/index.js";
import { taskRoutes } from "./tasks.js";
import { versionRoutes } from "./version.js";

/** Finds the endpoint of a request; some handlers call others by it. */
export const findRoute: FindRoute = routing(() => builtRoutes);

const areas: readonly Routes[] = [
  ...[freshRoutes, firewallRoutes, versionRoutes, accessRoutes, poolRoutes, clusterRoutes, haRoutes, taskRoutes],
  ...[qemuRoutes, storageRoutes, networkRoutes, sdnRoutes, nodeRoutes(findRoute), cephRoutes],
];

/** The handlers of all endpoints that are built. */
export const builtRoutes: Readonly<Record<string, Handler>> = Object.assign({}, ...areas) as Record<string, Handler>;

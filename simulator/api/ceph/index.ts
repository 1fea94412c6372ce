import type { Routes } from "../../call.js";
import { patient } from "../../ceph/rados.js";
import { cephClusterRoutes } from "./cluster.js";
import { cephFsRoutes } from "./filesystems.js";
import { generalRoutes } from "./general.js";
import { managerRoutes } from "./managers.js";
import { metadataServerRoutes } from "./metadata-servers.js";
import { monitorRoutes } from "./monitors.js";
import { osdRoutes } from "./osds.js";
import { cephPoolRoutes } from "./pools.js";

/** Ceph of nodes and of the cluster. `restart-bulk` is not built. */
export const cephRoutes: Routes = patient({
  ...generalRoutes,
  ...monitorRoutes,
  ...managerRoutes,
  ...metadataServerRoutes,
  ...osdRoutes,
  ...cephPoolRoutes,
  ...cephFsRoutes,
  ...cephClusterRoutes,
});

import type { Routes } from "../../call.js";
import { fail } from "../../fail.js";

/** Ceph is not installed on simulated nodes (check_ceph_installed in PVE/Ceph/Tools.pm). */
const notInstalled = (): never => fail("binary not installed: /usr/bin/ceph-mon");

export const cephRoutes: Routes = {
  "GET /nodes/{node}/ceph/status": notInstalled,
  "GET /cluster/ceph/status": notInstalled,
};

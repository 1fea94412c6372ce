import type { Routes } from "../call.js";
import { versionOf } from "../node/proxmox-version.js";

export const versionRoutes: Routes = {
  "GET /version": ({ node }) => ({ ...versionOf(node) }),
};

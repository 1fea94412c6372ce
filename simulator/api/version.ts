import type { Routes } from "../call.js";

/** What the simulator says it is. */
export const version = { release: "9.2", repoid: "14a22df35955d97d", version: "9.2.11" };

export const versionRoutes: Routes = {
  "GET /version": () => version,
};

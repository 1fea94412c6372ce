import type { Json, Routes } from "../../call.js";
import { clusterReads } from "./cluster.js";
import { indexes } from "./indexes.js";
import { sdnReads } from "./sdn.js";

/** Index endpoints: the key that names the entries, and their names. */
const indexRoutes = Object.fromEntries(
  Object.entries(indexes).map(([path, [key, ...names]]) => {
    const rows: Json = names.map((name) => ({ [key]: name }));
    return [`GET ${path}`, () => rows];
  }),
) as Routes;

/**
 * Areas that are not built answer reads as a freshly installed Proxmox does (scenarios 11 and 30); their writes answer
 * 501. What is built comes later in the table of routes and replaces these.
 */
export const freshRoutes: Routes = { ...indexRoutes, ...clusterReads, ...sdnReads };

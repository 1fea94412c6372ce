import type { Routes } from "../../call.js";
import { contentRoutes } from "./content.js";
import { definitionRoutes } from "./definitions.js";
import { importRoutes } from "./import-metadata.js";
import { pruneRoutes } from "./prune.js";
import { scanRoutes } from "./scan.js";
import { statusRoutes } from "./status.js";
import { transferRoutes } from "./transfers.js";

export const storageRoutes: Routes = {
  ...definitionRoutes,
  ...statusRoutes,
  ...contentRoutes,
  ...transferRoutes,
  ...pruneRoutes,
  ...importRoutes,
  ...scanRoutes,
};

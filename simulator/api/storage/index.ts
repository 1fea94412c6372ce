import type { Routes } from "../../call.js";

export const storageRoutes: Routes = {};

import type { Routes } from "../../call.js";

export const networkRoutes: Routes = {};

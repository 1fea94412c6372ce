import type { Routes } from "../../call.js";

export const nodeRoutes: Routes = {};

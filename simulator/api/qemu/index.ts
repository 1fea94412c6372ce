import type { Routes } from "../../call.js";

export const qemuRoutes: Routes = {};

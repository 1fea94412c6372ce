import type { Routes } from "../../call.js";
import { aclRoutes } from "./acl.js";
import { domainRoutes } from "./domains.js";
import { groupRoutes } from "./groups.js";
import { openidRoutes } from "./openid.js";
import { roleRoutes } from "./roles.js";
import { tfaRoutes } from "./tfa.js";
import { ticketRoutes } from "./tickets.js";
import { tokenRoutes } from "./tokens.js";
import { userRoutes } from "./users.js";

const index = ["users", "groups", "roles", "acl", "domains", "openid", "tfa", "ticket", "password"];

export const accessRoutes: Routes = {
  "GET /access": () => index.map((subdir) => ({ subdir })),
  ...userRoutes,
  ...tokenRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...aclRoutes,
  ...ticketRoutes,
  ...domainRoutes,
  ...openidRoutes,
  ...tfaRoutes,
};

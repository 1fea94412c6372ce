import type { Routes } from "../../call.js";
import { Reply } from "../../call.js";
import { macros } from "../../firewall/firewall-macros.js";
import { groupRoutes } from "./groups.js";
import { clusterLevel, guestLevels, nodeLevel, vnetLevel } from "./level.js";
import { aliasRoutes, ipsetRoutes, referenceRoute } from "./names.js";
import { optionRoutes } from "./options.js";
import { ruleRoutes } from "./rules.js";

const levels = [clusterLevel, nodeLevel, ...guestLevels, vnetLevel];

/** The firewall's configuration; what it lets through is `simulator/firewall/`. */
export const firewallRoutes = {
  ...groupRoutes,
  ...Object.assign(
    {},
    ...levels.map((level) => ({
      ...optionRoutes(level),
      ...ruleRoutes({ level, path: `${level.path}/rules`, env: level.env, rules: (_call, conf) => conf.rules }),
    })),
    ...[clusterLevel, ...guestLevels].map((level) => ({
      ...aliasRoutes(level),
      ...ipsetRoutes(level),
      ...referenceRoute(level),
    })),
    ...[nodeLevel, ...guestLevels].map(({ path }) => ({
      [`GET ${path}/log`]: () =>
        new Reply([{ n: 1, t: "unable to open file - No such file or directory" }], { total: 1 }),
    })),
  ),
  "GET /cluster/firewall/macros": () => macros.map((macro) => ({ macro, descr: macro })),
} as Routes;

import { contract } from "../../../contract/index.js";
import type { Call, Handler, Json, Routes } from "../../call.js";
import { Reply } from "../../call.js";
import { die, paramError } from "../../errors.js";
import type { FirewallGroup } from "../../world/firewall.js";
import { clusterConfig, clusterLevel, configOf, digestAt, guestLevels, nodeLevel, type Level } from "./level.js";
import { macros } from "./macros.js";
import { aliasRoutes, ipsetRoutes, referenceRoute } from "./names.js";
import { ruleRoutes } from "./rules.js";

/** Options are numbers or texts, as the contract has their types. */
function optionRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/options`;
  const schemas = contract()[`PUT ${path}`]?.params ?? {};
  return {
    [`GET ${path}`]: (call) => {
      const { options } = configOf(call, level);
      const shown = Object.entries(options).map(([key, value]): [string, Json] => {
        const type = schemas[key]?.type;
        return [key, type === "integer" || type === "boolean" ? Number(value) : value];
      });
      return { ...Object.fromEntries(shown), digest: digestAt(call, level) };
    },
    [`PUT ${path}`]: (call) => {
      const { options } = configOf(call, level);
      const sent = call.params["digest"];
      if (sent !== undefined && sent !== digestAt(call, level)) {
        throw die("detected modified configuration - file changed by other user? Try again.");
      }
      const unknown = call.list("delete").find((key) => !schemas[key]);
      if (unknown !== undefined) throw paramError({ delete: `no such option '${unknown}'` });
      for (const key of call.list("delete")) delete options[key];
      for (const [key, value] of Object.entries(call.params)) {
        if (!["node", "vmid", "digest", "delete"].includes(key)) options[key] = value;
      }
    },
  };
}

function groupOf(call: Call): FirewallGroup {
  const group = clusterConfig(call).groups[call.text("group")];
  if (!group) throw die(`no such security group '${call.text("group")}'`);
  return group;
}

/** `rename` names the group that gets the new name. */
function createGroup(call: Call): void {
  const { groups } = clusterConfig(call);
  const [name, old] = [call.text("group"), call.params["rename"]];
  const comment = call.params["comment"] ? { comment: call.params["comment"] } : {};
  if (groups[name] && name !== old) throw paramError({ group: `Security group '${name}' already exists` });
  if (old === undefined) {
    groups[name] = { ...comment, rules: [] };
    return;
  }
  const group = groups[old];
  if (!group) throw paramError({ group: `Security group '${old}' does not exist` });
  delete groups[old];
  groups[name] = { ...group, ...comment };
}

const groupPath = "/cluster/firewall/groups";

const groupRoutes: Record<string, Handler> = {
  [`GET ${groupPath}`]: (call) =>
    Object.entries(clusterConfig(call).groups).map(([group, { comment }]) => ({
      ...{ group, digest: digestAt(call, clusterLevel) },
      ...(comment === undefined ? {} : { comment }),
    })),
  [`POST ${groupPath}`]: createGroup,
  [`DELETE ${groupPath}/{group}`]: (call) => {
    const name = call.text("group");
    if (groupOf(call).rules.length > 0) throw die(`Security group '${name}' is not empty`);
    delete clusterConfig(call).groups[name];
  },
  ...ruleRoutes({
    level: clusterLevel,
    path: `${groupPath}/{group}`,
    isGroup: true,
    rules: (call) => groupOf(call).rules,
  }),
};

const levels = [clusterLevel, nodeLevel, ...guestLevels];

/** The firewall's configuration; the simulator filters no packets. */
export const firewallRoutes = {
  ...groupRoutes,
  ...Object.assign(
    {},
    ...levels.map((level) => ({
      ...optionRoutes(level),
      ...ruleRoutes({
        level,
        path: `${level.path}/rules`,
        isGroup: false,
        rules: (call) => configOf(call, level).rules,
      }),
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

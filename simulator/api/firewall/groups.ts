import type { Call, Handler, Json } from "../../call.js";
import { die, paramError } from "../../errors.js";
import type { FirewallConf, RuleLine } from "../../firewall/firewall-conf.js";
import { guestFile, hostFile } from "../../firewall/firewall-files.js";
import { checkDigest, rowsWithDigest } from "../../firewall/digests.js";
import { loadConf } from "../../firewall/load-firewall.js";
import { change, clusterLevel, load, save } from "./level.js";
import { ruleRoutes } from "./rules.js";

const path = "/cluster/firewall/groups";

const groupRows = ({ groups, groupComments }: FirewallConf): Readonly<Record<string, Json | undefined>>[] =>
  Object.keys(groups)
    .sort()
    .map((group) => ({ group, comment: groupComments[group] }));

function rulesOf(call: Call, { groups }: FirewallConf): RuleLine[] {
  const rules = groups[call.text("group")];
  if (!rules) throw die(`no such security group '${call.text("group")}'`);
  return rules;
}

/** `rename` names the group that gets the new name, or a new comment when both are the same. */
function createGroup(call: Call, conf: FirewallConf): void {
  const { groups, groupComments } = conf;
  const [name, old] = [call.text("group"), call.params["rename"]];
  if (old === undefined) {
    if (groups[name]) throw paramError({ group: `Security group '${name}' already exists` });
    groups[name] = [];
  } else {
    checkDigest(call.params["digest"], groupRows(conf));
    const rules = groups[old];
    if (!rules) throw paramError({ group: `Security group '${old}' does not exist` });
    if (groups[name] && name !== old) throw paramError({ group: `Security group '${name}' does already exist` });
    if (name !== old) {
      groups[name] = rules;
      if (groupComments[old] !== undefined) groupComments[name] = groupComments[old];
      renameEverywhere(call, conf, old, name);
      delete groups[old];
      delete groupComments[old];
    }
  }
  if (call.has("comment")) groupComments[name] = call.text("comment");
}

function renameIn(rules: readonly RuleLine[], old: string, name: string): void {
  for (const rule of rules) if (rule.type === "group" && rule.action === old) rule.action = name;
}

/** Rules of nodes and guests that name the group name it by its new name (create_security_group). */
function renameEverywhere(call: Call, conf: FirewallConf, old: string, name: string): void {
  const { cluster } = call;
  const texts = cluster.firewallFiles ?? {};
  const files = [
    ...Object.values(call.world.nodes)
      .filter((node) => node.cluster === call.node.cluster)
      .map((node) => [hostFile(node.name), "host"] as const),
    ...Object.entries(cluster.guests).map(
      ([vmid, guest]) => [guestFile(vmid), guest.type === "lxc" ? "ct" : "vm"] as const,
    ),
  ];
  for (const [file, env] of files) {
    if (texts[file] === undefined) continue;
    const own = loadConf(texts, file, env, conf, call.clock.seconds());
    renameIn(own.rules, old, name);
    save(call, file, own);
  }
  renameIn(conf.rules, old, name);
}

export const groupRoutes: Record<string, Handler> = {
  [`GET ${path}`]: (call) => rowsWithDigest(groupRows(load(call, clusterLevel).conf)),
  [`POST ${path}`]: (call) => change(call, clusterLevel, ({ conf }) => createGroup(call, conf)),
  [`DELETE ${path}/{group}`]: (call) =>
    change(call, clusterLevel, ({ conf }) => {
      const name = call.text("group");
      if (rulesOf(call, conf).length > 0) throw die(`Security group '${name}' is not empty`);
      delete conf.groups[name];
    }),
  ...ruleRoutes({ level: clusterLevel, path: `${path}/{group}`, env: "group", rules: rulesOf }),
};

import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { isOnline } from "../../resources.js";
import { addressOfMember, liveMembers } from "../../corosync.js";

function status(call: Call): Json {
  const { corosync } = call.cluster;
  const base = (name: string) => ({
    type: "node",
    id: `node/${name}`,
    name,
    local: name === call.node.name ? 1 : 0,
    level: "",
  });
  if (!corosync || corosync.dead) return [{ ...base(call.node.name), ip: call.node.address, nodeid: 0, online: 1 }];
  const names = liveMembers(corosync);
  // Beside a file that corosync refuses this stays as it was, even when corosync has ended (scenario 47, line 21).
  const quorate = corosync.refused || call.simulation.isQuorate(call.node) ? 1 : 0;
  return [
    {
      type: "cluster",
      id: "cluster",
      nodes: names.length,
      version: corosync.refused?.configVersion ?? corosync.configVersion,
      name: corosync.name,
      quorate,
    },
    ...names.map((name) => {
      const ip = addressOfMember(call.world, name);
      return {
        ...base(name),
        nodeid: corosync.nodes[name]?.nodeid ?? 0,
        online: isOnline(call.simulation, name, call.node) ? 1 : 0,
        ...(ip === undefined ? {} : { ip }),
      };
    }),
  ];
}

function nextId(call: Call): Json {
  const { guests, options } = call.cluster;
  const wanted = call.params["vmid"];
  if (wanted !== undefined) {
    if (guests[wanted]) throw paramError({ vmid: `VM ${wanted} already exists` });
    return wanted;
  }
  const bound = (name: string, fallback: number): number =>
    Number(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(options["next-id"] ?? "")?.[1] ?? fallback);
  const [lower, upper] = [bound("lower", 100), bound("upper", 1_000_000)];
  for (let vmid = lower; vmid < upper; vmid++) if (!guests[vmid]) return String(vmid);
  throw die(`unable to get any free VMID in range [${lower}, ${upper}]`);
}

function log(call: Call): Json {
  const all = call.rights.has("/", "Sys.Syslog");
  const entries = call.cluster.log.filter((entry) => all || entry.user === call.user);
  return entries
    .slice(0, call.int("max", 50))
    .map((entry) => ({ ...entry, uid: String(entry.uid), id: `${entry.uid}:${entry.node}` }));
}

/** Running tasks and what finished lately, 25 of each node. */
function tasks(call: Call): Json {
  const all = call.rights.has("/", "Sys.Audit");
  const { corosync } = call.cluster;
  const names = corosync ? Object.keys(corosync.nodes) : [call.node.name];
  const recent = names.flatMap((name) => {
    const list = call.world.nodes[name]?.tasks ?? [];
    const running = list.filter((task) => task.status === undefined);
    return [...running, ...list.filter((task) => task.status !== undefined).slice(0, 25)];
  });
  return recent
    .filter((task) => all || (task.tokenid === undefined ? task.user : `${task.user}!${task.tokenid}`) === call.user)
    .sort((a, b) => b.starttime - a.starttime)
    .map(({ upid, node, type, id, user, tokenid, starttime, endtime, status: exit }) => ({
      ...{ upid, node, type, id, user, starttime },
      ...(tokenid === undefined ? {} : { tokenid }),
      ...(exit === undefined || endtime === undefined ? {} : { endtime, status: exit, saved: "1" }),
    }));
}

export const statusRoutes: Routes = {
  "GET /cluster/status": status,
  "GET /cluster/nextid": nextId,
  "GET /cluster/log": log,
  "GET /cluster/tasks": tasks,
};

import { Reply, type Call, type Json, type Routes } from "../../call.js";
import { die } from "../../errors.js";
import { filesOf } from "../../ceph/ceph.js";
import { confText, setConf } from "../../ceph/conf.js";
import { configDump } from "../../ceph/commands/configuration.js";
import { mgrDump } from "../../ceph/commands/managers.js";
import { monmapJson, quorumRanks } from "../../ceph/commands/monitors.js";
import { newKey } from "../../ceph/keys.js";
import { crushText } from "../../ceph/crush-text.js";
import { checkInited, connect } from "../../ceph/rados.js";
import { commandDaemons, daemonsOf, type UnitCommand } from "../../ceph/units.js";
import { randomUuid } from "../../random.js";
import { settle, settledCeph } from "../../ceph/settle.js";

const index = [
  ...["cmd-safety", "cfg", "crush", "fs", "init", "log", "mds", "mgr", "mon", "osd", "pool", "releases", "restart"],
  ...["restart-bulk", "rules", "start", "status", "stop"],
];

const safetyCommands: Readonly<Record<string, string>> = {
  ...{ "osd stop": "osd ok-to-stop", "osd destroy": "osd safe-to-destroy", "mon stop": "mon ok-to-stop" },
  ...{ "mon destroy": "mon ok-to-rm", "mds stop": "mds ok-to-stop" },
};

/** `/nodes/{node}/ceph` itself (PVE/API2/Ceph.pm). */
export const generalRoutes: Routes = {
  "GET /nodes/{node}/ceph": () => index.map((name) => ({ name })),

  "POST /nodes/{node}/ceph/init": (call) => init(call),

  "GET /nodes/{node}/ceph/status": (call) => cephStatus(call),

  "GET /nodes/{node}/ceph/crush": (call) => {
    checkInited(call);
    return crushText(connect(call).ceph.cluster.osdmap.crush);
  },

  "GET /nodes/{node}/ceph/rules": (call) => {
    checkInited(call);
    return connect(call)
      .json<string[]>("osd crush rule ls")
      .map((name) => ({ name }));
  },

  "GET /nodes/{node}/ceph/log": (call) => {
    checkInited(call);
    const lines = settledCeph(call.simulation, call.node)?.cluster.log ?? [];
    const texts =
      lines.length > 0 ? lines.map(({ text }) => text) : ["unable to open file - No such file or directory"];
    const start = call.int("start", 0);
    const shown = texts.slice(start, start + (call.int("limit", 50) || 50));
    return new Reply(
      shown.map((t, at) => ({ n: start + at + 1, t })),
      { total: texts.length },
    );
  },

  "GET /nodes/{node}/ceph/cmd-safety": (call): Json => {
    checkInited(call);
    const rados = connect(call);
    const [service, id, action] = [call.text("service"), call.text("id"), call.text("action")];
    const prefix = safetyCommands[`${service} ${action}`];
    if (prefix === undefined) throw die(`Service does not support this action: ${service}: ${action}`);
    const { rc, status } = rados.result(prefix, prefix === "mon ok-to-rm" ? { id } : { ids: [id] });
    return { safe: rc === 0, ...(status === "" ? {} : { status }) };
  },

  "GET /nodes/{node}/ceph/cfg": () => ["raw", "db", "value"].map((name) => ({ name })),

  "GET /nodes/{node}/ceph/cfg/raw": (call) => {
    checkInited(call);
    return confText(filesOf(call.cluster).conf ?? {});
  },

  "GET /nodes/{node}/ceph/cfg/db": (call) => {
    checkInited(call);
    return configDump(connect(call).ceph).map((row) => ({
      ...row,
      can_update_at_runtime: row["can_update_at_runtime"] === true ? 1 : 0,
    }));
  },

  "GET /nodes/{node}/ceph/cfg/value": (call) => {
    checkInited(call);
    return configValues(call);
  },

  "POST /nodes/{node}/ceph/start": (call) => service(call, "start"),
  "POST /nodes/{node}/ceph/stop": (call) => service(call, "stop"),
  "POST /nodes/{node}/ceph/restart": (call) => service(call, "restart"),
};

/** What both `status` calls answer. */
export function cephStatus(call: Call): Json {
  checkInited(call);
  const rados = connect(call);
  const status = rados.json<Record<string, Json>>("status");
  const quorum = quorumRanks(rados.ceph).map(({ rank }) => rank);
  return {
    ...status,
    health: rados.json("health", { detail: "detail" }),
    monmap: { ...(monmapJson(rados.ceph) as Record<string, Json>), quorum },
    mgrmap: mgrDump(rados.ceph) as Record<string, Json>,
  };
}

/** Never a failure when it is there already: networks that are named are overwritten, the rest stays (FACT 21). */
function init(call: Call): void {
  if (call.node.ceph?.version === undefined) throw die("Ceph Nautilus required - please run 'pveceph install'");
  const files = filesOf(call.cluster);
  files.directory = true;
  const conf = (files.conf ??= {});
  if (!conf["global"]) {
    const auth = call.flag("disable_cephx") ? "none" : "cephx";
    setConf(conf, "global", {
      ...{ auth_client_required: auth, auth_cluster_required: auth, auth_service_required: auth },
      ...{ fsid: randomUuid(call.world), mon_allow_pool_delete: "true" },
      osd_pool_default_min_size: String(call.int("min_size", 2)),
      osd_pool_default_size: String(call.int("size", 3)),
    });
  }
  const network = call.params["network"];
  if (network !== undefined) setConf(conf, "global", { public_network: network, cluster_network: network });
  const own = call.params["cluster-network"];
  if (own !== undefined) setConf(conf, "global", { cluster_network: own });
  if (conf["global"]?.["auth_client_required"] === "cephx")
    setConf(conf, "client", { keyring: "/etc/pve/priv/$cluster.$name.keyring" });
  files.adminKey ??= newKey(call.world);
}

function service(call: Call, verb: UnitCommand): string {
  checkInited(call);
  const name = call.params["service"] ?? "ceph";
  const [, kind = "", id] = /^(\w+?)(?:\.(.+))?$/.exec(name.replace(/\.target$/, "")) ?? [];
  const unit = kind === "ceph" ? "ceph.target" : id === undefined ? `ceph-${kind}.target` : `ceph-${kind}@${id}`;
  return call.task(`srv${verb}`, name, function* () {
    yield 500;
    const daemons = daemonsOf(call.node, unit);
    if (daemons === undefined) throw die(`command 'systemctl ${verb} ${unit}' failed: exit code 5`);
    commandDaemons(daemons, verb, call.clock.now());
    const ceph = settledCeph(call.simulation, call.node);
    if (ceph) settle(ceph);
  });
}

/** ceph.conf on top of the database; `_` and `-` are the same, and answered as `-`. */
function configValues(call: Call): Json {
  const { ceph } = connect(call);
  const conf = filesOf(call.cluster).conf ?? {};
  const dashed = (text: string): string => text.replaceAll("_", "-");
  const answer: Record<string, Record<string, string>> = {};
  for (const pair of call.text("config-keys").split(/[;, ]+/)) {
    const [section = "", key = ""] = pair.split(":");
    const written = Object.entries(conf[section] ?? {}).find(([name]) => dashed(name) === dashed(key))?.[1];
    const stored = ceph.cluster.config.find(
      (each) => each.section === section && dashed(each.name) === dashed(key),
    )?.value;
    const value = written ?? stored;
    if (value !== undefined) answer[dashed(section)] = { ...answer[dashed(section)], [dashed(key)]: value };
  }
  return answer;
}

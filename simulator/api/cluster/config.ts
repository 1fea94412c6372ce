import type { Call, Json, Routes } from "../../call.js";
import { joinCluster } from "../../cluster/join.js";
import { corosyncConf } from "../../cluster/corosync-conf.js";
import { corosyncKey } from "../../cluster/corosync-daemon.js";
import { addMember, newCorosync, nodeList, removeMember, totem } from "../../cluster/membership.js";
import { addressOfMember } from "../../corosync.js";
import { die, PveError } from "../../errors.js";
import { shownFingerprint } from "../../http/served-certificate.js";
import { qdeviceStatus } from "../../qnetd/node-programs.js";
import { digestOf } from "../../random.js";
import type { TaskRun } from "../../tasks.js";
import type { Steps } from "../../worker.js";

/** Version of the protocol between a cluster and a node that joins it. */
const joinVersion = "1";

/** `/cluster/config`: who belongs to the cluster. */
export const configRoutes: Routes = {
  "GET /cluster/config/apiversion": () => joinVersion,

  "GET /cluster/config/nodes": (call) =>
    nodeList(call.cluster.corosync).map((member) => ({ ...member, node: member["name"] })),

  "GET /cluster/config/totem": (call) => totem(call.cluster.corosync) as Json,

  "GET /cluster/config/qdevice": qdevice,

  "GET /cluster/config/join": joinInformation,

  "POST /cluster/config": (call) => {
    if (call.cluster.corosync) throw die("cluster config '/etc/pve/corosync.conf' already exists");
    return call.task("clustercreate", call.text("clustername"), (task) => create(call, task));
  },

  "POST /cluster/config/join": (call) =>
    call.task("clusterjoin", "", (task) => joinCluster(call.simulation, call.node, call.params, task)),

  "POST /cluster/config/nodes/{node}": (call) => {
    checkQuorum(call);
    addMember(call.cluster.corosync, call.text("node"), call.params);
    return {
      corosync_authkey: corosyncKey(call.cluster),
      corosync_conf: corosyncConf(call.cluster.corosync),
      warnings: [],
    };
  },

  "DELETE /cluster/config/nodes/{node}": (call) => {
    if (call.text("node") === call.node.name) throw die("Cannot delete myself from cluster!");
    checkQuorum(call);
    removeMember(call.simulation, call.node, call.text("node"));
  },
};

/** What the daemon of the node that answers says, as far as Proxmox takes it (`status` in PVE/API2/ClusterConfig.pm). */
function qdevice({ simulation, node }: Call): Json {
  const text = qdeviceStatus({ simulation, node }) ?? "";
  const keys = ["Algorithm", "Echo reply", "Last poll call", "Model", "QNetd host", "State", "Tie-breaker"];
  const rows = text.split("\n").flatMap((line) => {
    const [, key = "", value = ""] = /^(\S.*?)\s*:\s*(.*)$/.exec(line) ?? [];
    return keys.includes(key) ? [[key, value]] : [];
  });
  return Object.fromEntries(rows) as Json;
}

function* create(call: Call, task: TaskRun): Steps {
  yield* task.lock("/var/lock/pvecm.lock");
  task.log("Corosync Cluster Engine Authentication key generator.");
  task.log("Gathering 2048 bits for key from /dev/urandom.");
  task.log("Writing corosync key to /etc/corosync/authkey.");
  yield 200;
  task.log("Writing corosync config to /etc/pve/corosync.conf");
  call.cluster.corosync = newCorosync(call.node, call.params);
  task.log("Restart corosync and cluster filesystem");
  yield 3000;
}

function joinInformation(call: Call): Json {
  const { corosync } = call.cluster;
  if (!corosync) throw new PveError(424, "node is not in a cluster, no join info available!");
  const preferred = call.params["node"] ?? call.node.name;
  if (!corosync.nodes[preferred]) throw die(`unknown node '${preferred}'`);
  const nodelist = nodeList(corosync).map((member) => {
    const name = member["name"] ?? "";
    const machine = call.world.nodes[name];
    const isHere = machine?.cluster === call.node.cluster;
    const pin = isHere ? shownFingerprint(call.simulation, name) : call.cluster.keptCertificates?.[name];
    // of any that is listed, whoever is asked for
    if (pin === undefined) throw die(`'/etc/pve/nodes/${name}/pve-ssl.pem' does not exist!`);
    return {
      ...member,
      pve_addr: addressOfMember(call.world, name),
      pve_fp: pin,
    };
  });
  return {
    nodelist,
    preferred_node: preferred,
    totem: totem(corosync) as Json,
    config_digest: digestOf(corosyncConf(call.cluster.corosync)),
  };
}

/** The key of the cluster's members (/etc/corosync/authkey). */
function checkQuorum(call: Call): void {
  if (!call.simulation.isQuorate(call.node)) throw die("cluster not ready - no quorum?");
}

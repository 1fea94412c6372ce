import type { Call, Json, Routes } from "../../call.js";
import { cephOn, filesOf, Ceph } from "../../ceph/ceph.js";
import { setConf } from "../../ceph/conf.js";
import { newCluster } from "../../ceph/create-cluster.js";
import { machine } from "../../ceph/daemon-metadata.js";
import { removeMonitor, addressVector } from "../../ceph/commands/monitors.js";
import { grant } from "../../ceph/keys.js";
import { addressesIn } from "../../ceph/networks.js";
import { quorumOf, ranked } from "../../ceph/monitor-quorum.js";
import { checkInited, checkInstalled, connect, Hang, waiting } from "../../ceph/rados.js";
import { settle, settledCeph } from "../../ceph/settle.js";
import { die, PveError } from "../../errors.js";
import { createManager } from "./managers.js";

const directory = (id: string): string => `/var/lib/ceph/mon/ceph-${id}`;

/** `/nodes/{node}/ceph/mon` (PVE/API2/Ceph/MON.pm). */
export const monitorRoutes: Routes = {
  "GET /nodes/{node}/ceph/mon": (call) => {
    checkInited(call);
    return monitorRows(call);
  },

  "POST /nodes/{node}/ceph/mon/{monid}": (call) => createMonitor(call),

  "DELETE /nodes/{node}/ceph/mon/{monid}": (call) => {
    checkInited(call);
    const id = call.text("monid");
    const { ceph } = connect(call);
    const check = (): void => {
      // the test for a known id can never fail (recordings 82 and 85)
      if (!cephOn(call.node).mons[id]) throw die(`monitor filesystem '${directory(id)}' does not exist on this node`);
      if (ceph.cluster.monmap.mons.length <= 1) throw die("can't remove last monitor");
    };
    check();
    return call.task(
      "cephdestroymon",
      `mon.${id}`,
      waiting(function* (task) {
        yield 500;
        check();
        const { ceph: now } = connect(call);
        const address = now.cluster.monmap.mons.find(({ name }) => name === id)?.address;
        removeMonitor(now, id);
        const conf = filesOf(call.cluster).conf ?? {};
        delete conf[`mon.${id}`];
        const hosts = (conf["global"]?.["mon_host"] ?? "").split(" ").filter((each) => each !== address);
        setConf(conf, "global", { mon_host: hosts.join(" ") });
        delete cephOn(call.node).mons[id];
        task.log(`Removed '/etc/systemd/system/ceph-mon.target.wants/ceph-mon@${id}.service'.`);
        settle(now);
      }),
    );
  },
};

/** Without an answer of Ceph the list is that of files and units. */
function monitorRows(call: Call): Json[] {
  const conf = filesOf(call.cluster).conf ?? {};
  const ceph = settledCeph(call.simulation, call.node);
  const quorum = ceph ? quorumOf(ceph) : undefined;
  const reachable = quorum !== undefined && quorum.state !== "lost";
  const nodes = Object.values(call.world.nodes).filter((node) => call.simulation.clusterOf(node) === call.cluster);
  const local = nodes.flatMap((node) => Object.keys(node.ceph?.mons ?? {}).map((name) => ({ name, node })));
  const named = Object.keys(conf).flatMap((section) => (section.startsWith("mon.") ? [section.slice(4)] : []));
  const inMap = reachable && ceph ? ranked(ceph).map(({ name }) => name) : [];
  return [...new Set([...local.map(({ name }) => name), ...named, ...inMap])].sort().map((name) => {
    const node = local.find((each) => each.name === name)?.node;
    const rank = ceph && reachable ? ranked(ceph).findIndex((mon) => mon.name === name) : -1;
    const mon = ceph && rank >= 0 ? ranked(ceph)[rank] : undefined;
    const inQuorum = reachable && quorum.members.some((each) => each.name === name);
    const about = node ? machine(node) : {};
    return {
      name,
      ...(node ? { host: node.name, direxists: true, service: true } : {}),
      addr: mon ? `${mon.address}:6789/0` : (conf[`mon.${name}`]?.["public_addr"] ?? null),
      ...(rank >= 0 ? { rank } : {}),
      ...(inQuorum ? { quorum: 1 } : {}),
      state: inQuorum ? "running" : reachable ? "stopped" : "unknown",
      ...(node && reachable && mon
        ? { ceph_version: about["ceph_version"] ?? null, ceph_version_short: about["ceph_version_short"] ?? null }
        : {}),
    };
  });
}

/** The connection that the other monitors must answer; undefined for the first monitor. */
function existing(call: Call): Ceph | undefined {
  const hosts = filesOf(call.cluster).conf?.["global"]?.["mon_host"];
  if (hosts === undefined || hosts.trim() === "") return undefined;
  try {
    return connect(call).ceph;
  } catch (error) {
    if (!(error instanceof Hang || error instanceof PveError)) throw error;
    const seconds = error instanceof Hang ? error.seconds : 0;
    throw new Hang("Could not connect to ceph cluster despite configured monitors", seconds);
  }
}

function chosenAddress(call: Call): string {
  const network = filesOf(call.cluster).conf?.["global"]?.["public_network"] ?? "";
  const name = call.node.name;
  const given = call.list("mon-address");
  const all = addressesIn(call.node, undefined);
  for (const address of given)
    if (!all.includes(address)) throw die(`Specified monitor IP '${address}' not configured or up on ${name}!`);
  if (given[0] !== undefined) return given[0];
  const found = network === "" ? [call.node.address] : addressesIn(call.node, network);
  const [first] = found;
  if (first === undefined)
    throw die(`No active IP found for the requested ceph public network '${network}' on node '${name}'`);
  if (found.length > 1)
    throw die(
      `Multiple IPs for ceph public network '${network}' detected on ${name}:\n${found.join("\n")}\nuse 'mon-address' to specify one of them.`,
    );
  return first;
}

function createMonitor(call: Call): string {
  checkInstalled(call.node);
  checkInited(call);
  const id = call.text("monid");
  existing(call);
  const address = chosenAddress(call);
  const check = (): void => {
    const mons = settledCeph(call.simulation, call.node)?.cluster.monmap.mons ?? [];
    // address before name (FACT 19)
    const sections = Object.entries(filesOf(call.cluster).conf ?? {});
    const inConf = sections.some(([section, keys]) => section.startsWith("mon.") && keys["public_addr"] === address);
    if (inConf || mons.some((mon) => mon.address === address)) throw die(`monitor address '${address}' already in use`);
    const known = sections.some(([section]) => section === `mon.${id}`) || mons.some(({ name }) => name === id);
    if (known) throw die(`monitor '${id}' already exists`);
  };
  check();
  return call.task(
    "cephcreatemon",
    `mon.${id}`,
    waiting(function* (task) {
      check();
      const ceph = existing(call);
      const files = filesOf(call.cluster);
      const conf = (files.conf ??= {});
      const own = cephOn(call.node);
      if (!ceph) {
        task.log("creating new monitor keyring");
        task.log("creating /etc/pve/priv/ceph.mon.keyring");
        task.log("importing contents of /etc/pve/priv/ceph.client.admin.keyring into /etc/pve/priv/ceph.mon.keyring");
      }
      if (own.mons[id]) throw die(`monitor filesystem '${directory(id)}' already exist`);
      task.log("monmaptool: monmap file /tmp/monmap");
      yield 3000;
      const now = call.clock.now();
      const fsid = conf["global"]?.["fsid"] ?? "";
      call.cluster.ceph ??= newCluster(call.world, fsid, files.adminKey ?? "", now);
      const { cluster } = new Ceph(call.simulation, call.cluster, call.cluster.ceph);
      cluster.monmap.mons.push({
        name: id,
        node: call.node.name,
        address,
        added: now,
        ...(ceph ? { joining: true } : {}),
      });
      own.mons[id] = { running: true, enabled: true, since: now };
      const model = new Ceph(call.simulation, call.cluster, cluster);
      ranked(model).forEach((mon, rank) => task.log(`${rank}: ${addressVector(mon.address)} mon.${mon.name}`));
      setConf(conf, "global", {
        mon_host: `${conf["global"]?.["mon_host"] ?? ""} ${address}`,
        ...{ ms_bind_ipv4: "true", ms_bind_ipv6: "false" },
      });
      setConf(conf, `mon.${id}`, { public_addr: address });
      if (!ceph) {
        task.log("created the first monitor, assume it's safe to disable insecure global ID reclaim for new setup");
        cluster.config.push({
          section: "mon",
          mask: "",
          name: "auth_allow_insecure_global_id_reclaim",
          value: "false",
        });
        task.log("Configuring keyring for ceph-crash.service");
        grant(cluster, call.world, "client.crash", { mgr: "profile crash", mon: "profile crash" });
        setConf(conf, "client.crash", { keyring: "/etc/pve/ceph/$cluster.$name.keyring" });
      }
      task.log(
        `Created symlink '/etc/systemd/system/ceph-mon.target.wants/ceph-mon@${id}.service' -> '/usr/lib/systemd/system/ceph-mon@.service'.`,
      );
      settle(model);
      // a second task, of which no answer tells (FACT 20)
      if (!ceph && !own.mgrs[id]) createManager(call, id);
    }),
  );
}

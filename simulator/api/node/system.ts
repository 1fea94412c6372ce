import { Call, Reply, type Routes } from "../../call.js";
import { die } from "../../errors.js";
import { checkHosts, checkTimezone, resolverSettings, zoneOffset } from "../../node/host-settings.js";
import { powerNode } from "../../node/node-power.js";
import { versionOf } from "../../node/proxmox-version.js";
import { nodeStatus } from "../../node/status.js";
import { digestOf } from "../../random.js";
import { Rights } from "../../rights.js";
import type { FindRoute } from "../../router.js";
import { rrdData } from "../rrd.js";
import { pciRows } from "../../resource-mappings.js";

const children = [
  ...["aplinfo", "apt", "capabilities", "ceph", "certificates", "config", "disks", "dns", "firewall", "hardware"],
  ...["hosts", "journal", "lxc", "migrateall", "netstat", "network", "qemu", "query-oci-repo-tags"],
  ...["query-url-metadata", "replication", "report", "rrd", "rrddata", "scan", "sdn", "services", "spiceshell"],
  ...["startall", "status", "stopall", "storage", "subscription", "suspendall", "syslog", "tasks", "termproxy"],
  ...["time", "version", "vncshell", "vzdump", "wakeonlan"],
];

/** The machine itself: state, name resolution, time. */
export const systemRoutes = (findRoute: FindRoute): Routes => ({
  "GET /nodes/{node}": () => children.map((name) => ({ name })),
  "GET /nodes/{node}/version": ({ node }) => ({ ...versionOf(node) }),

  "GET /nodes/{node}/status": ({ node, clock }) => {
    const { version, repoid } = versionOf(node);
    return nodeStatus(node, clock.now(), `pve-manager/${version}/${repoid}`);
  },

  "POST /nodes/{node}/status": (call) =>
    powerNode(call.simulation, call.node, call.text("command") as "reboot" | "shutdown", () =>
      startGuests(findRoute, call),
    ),

  "GET /nodes/{node}/dns": (call) => call.node.network.dns,

  "PUT /nodes/{node}/dns": (call) => {
    call.node.network.dns = resolverSettings(call.params);
  },

  "GET /nodes/{node}/hosts": (call) => {
    const { hosts } = call.node.network;
    return { data: hosts, digest: digestOf(hosts) };
  },

  "POST /nodes/{node}/hosts": (call) => {
    call.checkDigest(call.node.network.hosts);
    checkHosts(call.text("data"));
    call.node.network.hosts = call.text("data");
  },

  "GET /nodes/{node}/time": (call) => {
    const { timezone, clockOffset = 0 } = call.node;
    const time = call.clock.seconds() + clockOffset;
    return { timezone, time, localtime: time + zoneOffset(timezone, time) };
  },

  "PUT /nodes/{node}/time": (call) => {
    checkTimezone(call.text("timezone"));
    call.node.timezone = call.text("timezone");
  },

  "GET /nodes/{node}/netstat": () => [],
  "GET /nodes/{node}/hardware": () => [{ type: "pci" }, { type: "usb" }],
  "GET /nodes/{node}/hardware/pci": ({ node }) => pciRows(node),
  "GET /nodes/{node}/hardware/usb": ({ node }) => [...(node.hardware.usb ?? [])],
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}": () => [{ method: "mdev" }],
  "GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev": () => [],
  "GET /nodes/{node}/aplinfo": () => [],

  "GET /nodes/{node}/rrddata": (call) => rrdData(call, rrdValues(call)),
  "GET /nodes/{node}/rrd": () => {
    throw die("no rrd graphs in the simulator");
  },

  "GET /nodes/{node}/syslog": (call) => {
    const lines = journal(call);
    const start = call.int("start", 0);
    const limit = call.int("limit", 50) || 50;
    const shown = lines.slice(start, start + limit).map((t, index) => ({ n: start + index + 1, t }));
    return new Reply(shown, lines.length > 0 ? { total: lines.length } : {});
  },

  "GET /nodes/{node}/journal": (call) => {
    const lines = journal(call);
    const last = call.int("lastentries");
    return ["s=simulated;i=0", ...(last === undefined ? lines : lines.slice(-last)), `s=simulated;i=${lines.length}`];
  },

  "GET /nodes/{node}/report": (call) => `\n==== general system info ====\n\n# hostname\n${call.node.name}\n`,

  "POST /nodes/{node}/wakeonlan": (call) => {
    const name = call.text("node");
    if (name === call.node.name) throw die(`'${name}' is local node, cannot wake my self!`);
    if (!call.cluster.corosync?.nodes[name]) throw die(`no such cluster node '${name}'`);
    const mac = call.cluster.nodeConfigs[name]?.["wakeonlan"]?.split(",")[0];
    if (mac === undefined) throw die(`No wake on LAN MAC address defined for '${name}'!`);
    const node = call.world.nodes[name];
    if (node?.state === "off") node.state = "online";
    return mac;
  },
});

/** What pve-guests.service does at the end of a boot: `startall`, as root. */
function startGuests(findRoute: FindRoute, { simulation, node }: Call): void {
  if (!simulation.isQuorate(node)) return;
  const rights = new Rights(simulation.clusterOf(node), "root@pam");
  const path = `/nodes/${node.name}/startall`;
  void findRoute("POST", path)?.handler?.(new Call(simulation, node, "root@pam", rights, { node: node.name }, {}));
}

/** The tasks of a node as its journal has them. */
function journal(call: Call): string[] {
  const daemon = `${call.node.name} pvedaemon[1000]`;
  return [...call.node.tasks]
    .reverse()
    .flatMap(({ upid, user, starttime, endtime, status }) => [
      `${stamp(starttime)} ${daemon}: <${user}> starting task ${upid}`,
      ...(endtime === undefined ? [] : [`${stamp(endtime)} ${daemon}: <${user}> end task ${upid} ${status}`]),
    ]);
}

function stamp(seconds: number): string {
  const [, month = "", day = "", time = ""] = /^\w+, (\d+) (\w+) \d+ ([\d:]+)/.exec(
    new Date(seconds * 1000).toUTCString(),
  ) ?? ["", "", "", ""];
  return `${day} ${month} ${time}`;
}

function rrdValues({ node }: Call): Record<string, number> {
  const { cpus, memory, memoryUsed, rootTotal, rootUsed, swap } = node.hardware;
  return {
    ...{ maxcpu: cpus, cpu: 0.01, iowait: 0, loadavg: 0.1, netin: 0, netout: 0, arcsize: 0 },
    ...{ memtotal: memory, memused: memoryUsed, memavailable: memory - memoryUsed, swaptotal: swap, swapused: 0 },
    ...{ roottotal: rootTotal, rootused: rootUsed },
    ...{ pressurecpusome: 0, pressureiosome: 0, pressureiofull: 0, pressurememorysome: 0, pressurememoryfull: 0 },
  };
}

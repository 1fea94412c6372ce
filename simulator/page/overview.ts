import { guestRow, isOnline, onlineOnce, poolsByGuest, storageRow, storagesByNode } from "../resources.js";
import type { Simulation } from "../simulation.js";
import type { Task } from "../world/task.js";
import type { Cluster, NodeState } from "../world/world.js";

/** How many finished tasks, and how many guests of a node, the page shows. */
const shownTasks = 12;
const shownGuests = 100;

type Row = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What the page shows of one node. */
interface NodeOverview {
  readonly name: string;
  readonly cluster: string;
  readonly online: boolean;
  readonly quorate: boolean;
  readonly cpus: number;
  readonly memory: number;
  /** Memory that is configured for the guests that run. */
  readonly memoryGiven: number;
  readonly guests: readonly Row[];
  /** Guests beyond those listed. */
  readonly moreGuests: number;
  readonly storages: readonly Row[];
}

/** What the page shows; secrets are not among it, because the page needs no login. */
export interface Overview {
  /** Simulated milliseconds since the epoch. */
  readonly time: number;
  readonly requests: number;
  readonly guests: number;
  readonly running: number;
  readonly nodes: readonly NodeOverview[];
  /** Those that run, then the last ones that ended. */
  readonly tasks: readonly Row[];
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
}

/** The world as it is at this moment, for somebody who watches. */
export function overview(simulation: Simulation): Overview {
  const { world } = simulation;
  const guests = Object.values(world.clusters).flatMap((cluster) => Object.values(cluster.guests));
  return {
    time: simulation.clock.now(),
    requests: simulation.requests.length,
    guests: guests.length,
    running: guests.filter(({ running }) => running).length,
    nodes: Object.values(world.nodes).map((node) => nodeOverview(simulation, node)),
    tasks: tasks(simulation),
    faults: simulation.faults.struck,
  };
}

function nodeOverview(simulation: Simulation, node: NodeState): NodeOverview {
  const cluster = simulation.clusterOf(node);
  const pools = poolsByGuest(cluster);
  const isUp = onlineOnce(simulation);
  const rows = Object.values(cluster.guests)
    .filter((guest) => guest.node === node.name)
    .sort((one, other) => one.vmid - other.vmid)
    .map((guest) => guestRow(simulation, guest, isUp));
  const given = rows.filter(({ status }) => status === "running").map(({ maxmem }) => Number(maxmem ?? 0));
  return {
    name: node.name,
    cluster: cluster.corosync?.name ?? "standalone",
    online: isOnline(simulation, node.name),
    quorate: simulation.isQuorate(node),
    cpus: node.hardware.cpus,
    memory: node.hardware.memory,
    memoryGiven: given.reduce((sum, bytes) => sum + bytes, 0),
    guests: rows.slice(0, shownGuests).map((row) => ({
      ...{ vmid: row["vmid"], name: row["name"], status: row["status"], template: row["template"] === 1 },
      ...{ cpus: row["maxcpu"], memory: row["maxmem"], disk: row["maxdisk"] },
      lock: cluster.guests[Number(row["vmid"])]?.config["lock"],
      pool: pools.get(Number(row["vmid"])),
    })),
    moreGuests: Math.max(0, rows.length - shownGuests),
    storages: storageRows(simulation, cluster, node),
  };
}

function storageRows(simulation: Simulation, cluster: Cluster, node: NodeState): Row[] {
  return storagesByNode(cluster, [node.name]).map(({ storage }) => {
    const { status, disk, maxdisk, plugintype } = storageRow(simulation, storage, node.name);
    return { name: storage.id, type: plugintype, status, used: disk, total: maxdisk };
  });
}

function tasks(simulation: Simulation): Row[] {
  const all = Object.values(simulation.world.nodes).flatMap((node) => node.tasks);
  const running = all.filter(({ status }) => status === undefined);
  const ended = all
    .filter(({ status }) => status !== undefined)
    .sort((one, other) => (other.endtime ?? 0) - (one.endtime ?? 0) || other.starttime - one.starttime);
  return [...running, ...ended.slice(0, shownTasks)].map(taskRow);
}

function taskRow({ upid, node, type, id, user, starttime, endtime, status, log }: Task): Row {
  const last = log.at(-1) ?? "";
  const percent = /(\d+(?:\.\d+)?)\s?%/.exec(last)?.[1];
  return { upid, node, type, id, user, starttime, endtime, status, last, percent: percent && Number(percent) };
}

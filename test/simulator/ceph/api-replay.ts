import { startSimulator, type Simulator } from "../../../simulator";
import { cephOn, filesOf } from "../../../simulator/ceph/ceph.js";
import { setConf } from "../../../simulator/ceph/conf.js";
import { writeObjects } from "../../../simulator/ceph/objects.js";
import type { World } from "../../../simulator/world/world.js";
import type { Exchange } from "../recording.js";
import { ReplaySession, type Outcome } from "../replay-session.js";
import { differences, normalise } from "../normalise.js";
import { readLines } from "./command-replay.js";
import { masked } from "./mask.js";
import { RecordedCluster, recordedWorld } from "./recorded-cluster.js";

type Deed = (simulator: Simulator) => void;

/** Daemons of the nodes, which bear their names, end or begin; the recorder waited until that was seen. */
const switched =
  (running: boolean) =>
  (kind: "mons" | "mgrs" | "mdss", ...nodes: readonly string[]): Deed =>
  ({ world, clock }) => {
    for (const name of nodes) Object.assign(cephOn(world.nodes[name]!)[kind][name]!, { running, since: clock.now() });
    clock.advance(36_000);
  };
const quietly =
  (kind: "mdss", name: string): Deed =>
  ({ world }) =>
    void Object.assign(cephOn(world.nodes[name]!)[kind][name]!, { running: false });
const started = switched(true);
const stopped = switched(false);

/** What was done to the machine before an exchange. */
const deeds: Readonly<Record<string, Readonly<Record<number, Deed>>>> = {
  "80": {
    43: ({ world }) => void Object.assign(cephOn(world.nodes["foxtrot"]!), { version: "20.2.4", release: "tentacle" }),
  },
  // its first monitor ended right after its start
  "81": {
    63: ({ world, clock }) => {
      clock.advance(10_000);
      Object.assign(cephOn(world.nodes["foxtrot"]!).mons["foxtrot"]!, { running: false, since: clock.now() });
      clock.advance(60_000);
    },
  },
  "85": {
    41: ({ clock }) => clock.advance(29_000),
    65: ({ clock }) => clock.advance(6000),
    // the unit only slept; the daemon was started by hand
    98: quietly("mdss", "foxtrot"),
    104: started("mdss", "foxtrot"),
    121: stopped("mdss", "foxtrot"),
  },
  "86": {
    1: stopped("mons", "golf", "hotel"),
    24: started("mons", "golf", "hotel"),
    26: stopped("mgrs", "foxtrot", "golf", "hotel"),
    44: started("mgrs", "foxtrot", "golf", "hotel"),
  },
  // a manager that never runs
  "82": {
    7: ({ world, clock }) => {
      clock.advance(5000);
      Object.assign(cephOn(world.nodes["foxtrot"]!).mgrs["foxtrot"]!, { running: false, since: clock.now() });
    },
  },
};

function withAddress(node: World["nodes"][string]): void {
  node.address = "10.15.15.11";
  node.network.interfaces = node.network.interfaces.replace("10.15.15.1/", "10.15.15.11/");
}

/** One node, with packages or without. */
function aloneWorld(bare: boolean): World {
  const world = recordedWorld(["foxtrot"]);
  const node = world.nodes["foxtrot"]!;
  withAddress(node);
  if (bare) delete node.ceph;
  return world;
}

/** The cluster that was made command by command, with the objects that were in it. */
function completeWorld(name: string): World {
  const lab = new RecordedCluster().complete();
  const conf = filesOf(lab.simulation.clusterOf(lab.simulation.node("foxtrot"))).conf!;
  setConf(conf, "client.crash", { keyring: "/etc/pve/ceph/$cluster.$name.keyring" });
  // a metadata server that was gone by then
  if (name === "86") setConf(conf, "mds", { keyring: "/var/lib/ceph/mds/ceph-$id/keyring" });
  writeObjects(lab.ceph.cluster, "vm_ssd", 10_558, 150_000);
  writeObjects(lab.ceph.cluster, "vm_containers", 9257, 12_000);
  const world = lab.simulation.save();
  // Proxmox's node had an address of its own beside the monitor's
  withAddress(world.nodes["foxtrot"]!);
  return world;
}

/** Compared as the answers of Ceph itself are, where those are passed on. */
function ofCeph(outcome: Outcome): Outcome {
  const { exchange, received } = outcome;
  if (exchange.status !== received.status) return outcome;
  const [recorded, replayed] = [exchange.body, received.body].map((body) => normalise(masked(body), exchange.path));
  return { ...outcome, differences: differences(recorded, replayed) };
}

/** Replays requests to Proxmox's API that were recorded on one node: 80 before any package, 81 and 82 with packages. */
export async function replayApi(name: string): Promise<Outcome[]> {
  const seed = Number(name) < 83 ? aloneWorld(name === "80") : completeWorld(name);
  const simulator = await startSimulator({ seed, clock: "manual", token: false });
  const session = new ReplaySession(simulator);
  const outcomes: Outcome[] = [];
  try {
    for (const exchange of readLines(name) as unknown as Exchange[]) {
      deeds[name]?.[exchange.n]?.(simulator);
      if (exchange.method === "EVENT") continue;
      session.waitAsRecorded(exchange);
      const outcome = await session.play(exchange);
      outcomes.push(Number(name) < 83 || name === "84" ? outcome : ofCeph(outcome));
      session.passTime([exchange], 200);
    }
  } finally {
    session.close();
    await simulator.close();
  }
  return outcomes;
}

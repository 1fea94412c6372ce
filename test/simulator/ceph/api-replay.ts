import { startSimulator, type Simulator } from "../../../simulator";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { writeObjects } from "../../../simulator/ceph/objects.js";
import type { World } from "../../../simulator/world/world.js";
import type { Exchange } from "../recording.js";
import { ReplaySession, type Outcome } from "../replay-session.js";
import { readLines } from "./command-replay.js";
import { RecordedCluster, recordedWorld } from "./recorded-cluster.js";

/** What was done to the machine before an exchange. */
const deeds: Readonly<Record<string, Readonly<Record<number, (simulator: Simulator) => void>>>> = {
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
  // a manager that never runs
  "82": {
    7: ({ world, clock }) => {
      clock.advance(5000);
      Object.assign(cephOn(world.nodes["foxtrot"]!).mgrs["foxtrot"]!, { running: false, since: clock.now() });
    },
  },
};

/** One node, with packages or without. */
function aloneWorld(bare: boolean): World {
  const world = recordedWorld(["foxtrot"]);
  const node = world.nodes["foxtrot"]!;
  node.address = "10.15.15.11";
  node.network.interfaces = node.network.interfaces.replace("10.15.15.1/", "10.15.15.11/");
  if (bare) delete node.ceph;
  return world;
}

/** The cluster that was made command by command, with the objects that were in it. */
function completeWorld(): World {
  const lab = new RecordedCluster().complete();
  writeObjects(lab.ceph.cluster, "vm_ssd", 10_558, 150_000);
  writeObjects(lab.ceph.cluster, "vm_containers", 9257, 12_000);
  return lab.simulation.save();
}

/** Replays requests to Proxmox's API that were recorded on one node: 80 before any package, 81 and 82 with packages. */
export async function replayApi(name: string): Promise<Outcome[]> {
  const seed = Number(name) < 83 ? aloneWorld(name === "80") : completeWorld();
  const simulator = await startSimulator({ seed, clock: "manual", token: false });
  const session = new ReplaySession(simulator);
  const outcomes: Outcome[] = [];
  try {
    for (const exchange of readLines(name) as unknown as Exchange[]) {
      deeds[name]?.[exchange.n]?.(simulator);
      if (exchange.method === "EVENT") continue;
      session.waitAsRecorded(exchange);
      outcomes.push(await session.play(exchange));
      session.passTime([exchange], 200);
    }
  } finally {
    session.close();
    await simulator.close();
  }
  return outcomes;
}

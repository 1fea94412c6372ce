import assert from "node:assert/strict";
import { startSimulator, type Simulator, type World } from "../../../simulator";
import { bareConfig, bareWorld, matrixNodes } from "../../support/bare-nodes";
import { hurried } from "../../support/environment";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { long } from "../../support/sample";

const names = matrixNodes;
const nodes = names.map((name, at) => ({ name, links: { 0: `192.168.3.${5 + at}` } }));
const matrix: Properties = { name: "Matrix", nodes };

/** Of all that could be left over, what does not differ from one run to the next. */
const left = ({ world, simulation }: Simulator) => ({
  clusters: Object.entries(world.clusters).map(([name, { corosync, guests, storages }]) => ({
    ...{ name, guests, storages: Object.keys(storages) },
    corosync: corosync && { name: corosync.name, version: corosync.configVersion, nodes: corosync.nodes },
  })),
  nodes: Object.values(world.nodes).map((node) => ({
    ...{ name: node.name, cluster: node.cluster, state: node.state, filesAway: node.filesAway ?? false },
    ...{ quorate: simulation.isQuorate(node), services: node.services, timers: node.timers, jobs: node.jobs },
    ...{
      network: node.network.interfaces,
      hosts: node.network.hosts,
      files: Object.keys(node.ssh?.files ?? {}).sort(),
    },
    tasks: node.tasks.map(({ type, status }) => `${type} ${status}`),
  })),
});

describe("a cluster whose making is killed with the plugin's process, again and again", function () {
  let seed: World;
  let whole: ReturnType<typeof left>;
  let boundaries = 0;

  /** `heard`: told of each request once Proxmox has done what it asks for, before its answer is sent. */
  const start = (heard: () => void, clock: "immediate" | "auto" = "immediate"): Promise<Simulator> =>
    startSimulator({ seed: structuredClone(seed), clock, speed: 6, onRequest: heard });
  const writes = (sim: Simulator) =>
    sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket").length;

  /** One run: the look of the preview, then the creation; and where it has come to its end, that there is nothing more to do. */
  const run = async (lab: Lab): Promise<void> => {
    const made = await lab.create("Cluster", "c", matrix);
    assert.equal(made.id, "Matrix");
    const before = writes(lab.sim);
    const read = await lab.plugin.read("Cluster", made.id, made.properties);
    assert.equal((await lab.plugin.diff("Cluster", made.id, read.properties, made.inputs)).changes, "none");
    assert.equal(writes(lab.sim), before);
  };

  before(async () => {
    seed = bareWorld();
    const sim = await start(() => undefined);
    // The keys of the nodes' certificates are made once.
    seed = structuredClone(sim.simulation.save());
    await sim.close();
    const uncut = await start(() => void boundaries++);
    const lab = await Lab.on(uncut, bareConfig(uncut), undefined, hurried());
    const made = await lab.create("Cluster", "c", matrix);
    assert.equal(made.id, "Matrix");
    await lab.plugin.close();
    whole = left(uncut);
    await uncut.close();
  });

  /** Kills the process at a request; true when it came to that, and the next process has brought everything to its end. */
  const killedAt = async (moment: number, clock?: "auto"): Promise<boolean> => {
    let count = 0;
    let strike: (() => void) | undefined;
    const sim = await start(() => {
      if (++count === moment) strike?.();
    }, clock);
    try {
      const first = await Lab.on(sim, bareConfig(sim), undefined, hurried());
      let struck = false;
      strike = () => {
        struck = true;
        first.plugin.signal("SIGKILL");
      };
      const ended = await first.create("Cluster", "c", matrix).then(
        () => "made",
        () => "cut off",
      );
      assert.equal(ended === "cut off", struck, `moment ${moment}`);
      await first.plugin.close();
      const second = await Lab.on(sim, bareConfig(sim), first.stackId, hurried());
      try {
        await run(second);
      } finally {
        await second.plugin.close();
      }
      assert.deepEqual(left(sim), whole, `killed at request ${moment} of ${boundaries}`);
      return struck;
    } finally {
      await sim.close();
    }
  };

  it("comes to the same end in the next run, wherever it was killed", async () => {
    const all = Array.from({ length: boundaries }, (_, at) => at + 1);
    // Four that are as far from each other as can be.
    const taken = long ? all : all.filter((moment) => moment % Math.floor(boundaries / 4) === 3).slice(0, 4);
    let killed = 0;
    const open = taken.values();
    const lane = async (): Promise<void> => {
      for (const moment of open) if (await killedAt(moment)) killed++;
    };
    await Promise.all(Array.from({ length: long ? 3 : 1 }, lane));
    console.log(`      killed at ${killed} of ${boundaries} requests, ${taken.length} tried; all came to the same end`);
    // Polls come more or less often: the last moments may lie behind the end.
    assert.ok(killed >= taken.length - Math.ceil(taken.length / 20), `${killed} of ${taken.length}`);
  });
});

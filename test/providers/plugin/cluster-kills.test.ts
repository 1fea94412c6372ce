import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator, type Simulator, type World } from "../../../simulator";
import type { RequestRecord } from "../../../simulator/request-record";
import type { ClockMode } from "../../../simulator/simulated-clock";
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
  const start = (heard: (request: RequestRecord) => void, clock: ClockMode = "immediate"): Promise<Simulator> =>
    startSimulator({ seed: structuredClone(seed), clock, speed: 2, onRequest: heard });
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

  /** Whoever asks in the moment in which a node that joins starts its services anew is told that it is offline, and asks again. */
  const again = async (lab: Lab): Promise<void> => {
    for (let asked = 0; asked < 100; asked++) {
      const refused = await run(lab).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (refused === undefined) return;
      // By the look before the creation, or by the one directly before the request.
      assert.match(refused, /^Error: (?:nothing was changed:\n)?golf is offline: bring it back before others join/);
      await sleep(200);
    }
    assert.fail("golf did not come back");
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

  /**
   * Kills the process when a request is answered; true when it came to that. The next process brings everything to its end,
   * which is that of a run that nobody has killed.
   */
  const killedAt = async (
    moment: (request: RequestRecord, nth: number) => boolean,
    {
      clock = "immediate",
      env = hurried(),
      then = () => undefined,
      comes = run,
    }: {
      clock?: ClockMode;
      env?: Record<string, string>;
      then?: (sim: Simulator) => void;
      comes?: (lab: Lab) => Promise<void>;
    } = {},
  ): Promise<boolean> => {
    let count = 0;
    let strike: (() => void) | undefined;
    const sim = await start((request) => {
      if (moment(request, ++count)) strike?.();
    }, clock);
    try {
      const first = await Lab.on(sim, bareConfig(sim), undefined, env);
      let struck = 0;
      strike = () => {
        struck ||= count;
        first.plugin.signal("SIGKILL");
      };
      const ended = await first.create("Cluster", "c", matrix).then(
        () => "made",
        () => "cut off",
      );
      assert.equal(ended, struck > 0 ? "cut off" : "made", `request ${struck}`);
      await first.plugin.close();
      then(sim);
      const second = await Lab.on(sim, bareConfig(sim), first.stackId, env);
      try {
        await comes(second);
      } finally {
        await second.plugin.close();
      }
      assert.deepEqual(left(sim), whole, `killed at request ${struck} of ${boundaries}`);
      return struck > 0;
    } finally {
      await sim.close();
    }
  };

  // Each request in the long run, one of each stretch without it.
  const stretches = long ? 12 : 3;
  let killed = 0;
  for (let at = 0; at < stretches; at++)
    it(`comes to the same end in the next run, killed in stretch ${at + 1} of ${stretches}`, async () => {
      const bound = (stretch: number) => Math.floor((boundaries * stretch) / stretches) + 1;
      const all = Array.from({ length: bound(at + 1) - bound(at) }, (_, nth) => bound(at) + nth);
      const taken = long ? all : all.slice(Math.floor(all.length / 2)).slice(0, 1);
      let hit = 0;
      for (const moment of taken) if (await killedAt((_, nth) => nth === moment)) hit++;
      killed += hit;
      // Polls come more or less often: the last ones of all may lie behind the end.
      assert.ok(hit >= taken.length - (at === stretches - 1 ? 3 : 0), `${hit} of ${taken.length}`);
      if (at === stretches - 1)
        console.log(`      killed at ${killed} of ${boundaries} requests; each time the next run came to the same end`);
    });

  it("comes to it as well where a node is on its way into the cluster meanwhile", async () => {
    const joins = ({ world }: Simulator) =>
      world.nodes["golf"]!.tasks.filter(({ type }) => type === "clusterjoin").map(({ status }) => status ?? "runs");
    const hit = await killedAt(
      ({ node, method, path }) => `${node} ${method} ${path}` === "golf POST /cluster/config/join",
      {
        ...{ clock: "auto", env: {} },
        then: (sim) => assert.deepEqual(joins(sim), ["runs"]),
        comes: again,
      },
    );
    assert.ok(hit);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { clusterProvider } from "../../../providers/cluster/cluster.provider";
import { withoutHostKeysOf, withoutKeysOf } from "../../../providers/cluster/leave/traces";
import { changedCorosync } from "../../../providers/cluster/links/corosync-text";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { writeCorosyncConf } from "../../../simulator/cluster/corosync-file";
import { authorizedKeys } from "../../../simulator/cluster/key-files";
import { sshOf } from "../../../simulator/ssh/host-key";
import { startSimulator, type Simulator, type World } from "../../../simulator";
import { bareConfig, bareWorld, describedMatrix, matrixNodes } from "../../support/bare-nodes";
import { sampled } from "../../support/sample";
import { silentReport } from "../../support/silent-report";
import { loneSession } from "../../support/lone-session";

const names = matrixNodes;
const described = describedMatrix;
const all = described(...names);
const two = described("foxtrot", "hotel");

interface Given {
  guestOn: string | undefined;
  states: ["online" | "off", "online" | "off"];
  votes: [number, number, number];
  job: boolean;
}

describe("taking a node out of a cluster", function () {
  let sim: Simulator;
  let heard: () => void = () => undefined;
  afterEach(() => sim.close());

  function process(signal: AbortSignal = new AbortController().signal) {
    const config: Record<string, unknown> = bareConfig(sim);
    return clusterProvider(loneSession(config, silentReport([]), signal));
  }

  /** The same cluster each time, made once. */
  let formed: { world: World; id: string; outs: Record<string, unknown> } | undefined;
  async function start(change: (world: World) => void = () => undefined): Promise<void> {
    heard = () => undefined;
    if (!formed) {
      sim = await startSimulator({ seed: bareWorld() });
      const { id, outs } = await process().create(all);
      formed = { world: structuredClone(sim.simulation.save()), id, outs };
      await sim.close();
    }
    const seed = structuredClone(formed.world);
    change(seed);
    sim = await startSimulator({ seed, onRequest: () => heard() });
  }
  const update = (signal?: AbortSignal) => process(signal).update(formed!.id, { ...all, ...formed!.outs }, two);
  const of = (name: string) => sim.simulation.clusterOf(sim.world.nodes[name]!);

  const hasLeft = (what: string): void => {
    assert.deepEqual(Object.keys(of("foxtrot").corosync!.nodes), ["foxtrot", "hotel"], what);
    for (const name of names) assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), true, `${what}: ${name}`);
    assert.equal(of("golf").corosync, undefined, what);
    assert.deepEqual(of("foxtrot").leftNodes, [], what);
    assert.doesNotMatch(authorizedKeys(sim.simulation, sim.world.nodes["foxtrot"]!.cluster), /root@golf/, what);
    assert.equal(sim.world.nodes["golf"]!.clusterService, undefined, what);
  };

  it("comes to its end in the next run, at whichever request or command the first one is killed", async () => {
    await start();
    const count = (): number => sim.requests.length + sim.simulation.sshRecords.length;
    const from = count();
    await update();
    hasLeft("not killed");
    const moments = count() - from;
    await sim.close();
    const taken = sampled(
      Array.from({ length: moments }, (_, at) => at + 1),
      Math.ceil(moments / 3),
      1,
    );
    for (const moment of taken) {
      await start();
      const killed = new AbortController();
      const begun = count();
      const { sshRecords } = sim.simulation;
      const push = sshRecords.push.bind(sshRecords);
      const look = (): void => {
        if (count() - begun >= moment) killed.abort(new Error("killed"));
      };
      heard = look;
      sshRecords.push = (...records) => {
        const length = push(...records);
        look();
        return length;
      };
      await update(killed.signal).catch((error: unknown) => assert.equal(killed.signal.aborted, true, String(error)));
      heard = () => undefined;
      sshRecords.push = push;
      await update();
      hasLeft(`killed at ${moment} of ${moments}`);
      if (moment !== taken.at(-1)) await sim.close();
    }
    assert.ok(taken.length >= 3);
  });

  it("is brought to its end where a run was killed when the machine had begun anew, and was not a Proxmox yet", async () => {
    await start(({ nodes }) => {
      const golf = nodes["golf"]!;
      golf.corosyncStopped = { seen: [] };
      golf.filesAway = true;
      golf.clusterService = { stopped: true, databaseAway: true, corosyncAway: true };
      const file = { content: "", mode: 0o600 };
      const { files } = sshOf(golf);
      files["/var/lib/pve-cluster/config.db.of-Matrix"] = files["/root/.ssh/authorized_keys"] = file;
    });
    await update();
    hasLeft("begun anew");
  });

  it("ends where the quorum is lost in its midst, strikes nobody off, and goes on when it is back", async () => {
    await start();
    heard = () => {
      // Golf is on its own, and foxtrot is all that is left.
      if (sim.world.nodes["golf"]!.cluster === sim.world.nodes["foxtrot"]!.cluster) return;
      sim.world.nodes["hotel"]!.state = "off";
    };
    await assert.rejects(update(), /golf was not taken out of Matrix:\nthe cluster has no quorum/);
    assert.deepEqual(Object.keys(of("foxtrot").corosync!.nodes), names);
    heard = () => undefined;
    sim.world.nodes["hotel"]!.state = "online";
    await update();
    hasLeft("after the quorum was lost");
  });

  it("changes nothing beside a QDevice, be its daemon away on the node that answers", async () => {
    await start();
    const corosync = of("foxtrot").corosync!;
    const device = "quorum {\n  device {\n    model: net\n    votes: 1\n    net {\n      host: 10.0.0.9\n    }\n  }\n";
    writeCorosyncConf(corosync, changedCorosync(corosyncConf(corosync), { version: 9 }).replace("quorum {\n", device));
    const { failures } = await process().check({ ...all, ...formed!.outs }, two);
    const refused = /Matrix has a QDevice in its corosync\.conf, which must be away while a node leaves/;
    assert.match(failures?.map(({ reason }) => reason).join() ?? "", refused);
    await assert.rejects(update(), refused);
    assert.deepEqual(Object.keys(corosync.nodes), names);
    assert.equal(of("golf"), of("foxtrot"));
  });

  it("never loses a guest, the quorum, or another node, whatever the world is like", async function () {
    await start();
    await sim.close();
    const states = ["online", "online", "off"] as const;
    const worlds: fc.Arbitrary<Given> = fc.record({
      guestOn: fc.constantFrom(undefined, ...names),
      states: fc.tuple(fc.constantFrom(...states), fc.constantFrom(...states)),
      votes: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      job: fc.boolean(),
    });
    const whole = { guestOn: undefined, states: ["online", "online"], votes: [1, 1, 1], job: false } satisfies Given;
    const runs = Number(globalThis.process.env["PROXMOX_TEST_LONG"] ? 200 : 3);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        await start((world) => {
          const cluster = world.clusters[world.nodes["foxtrot"]!.cluster]!;
          [world.nodes["golf"]!.state, world.nodes["hotel"]!.state] = given.states;
          names.forEach((name, at) => (cluster.corosync!.nodes[name]!.votes = given.votes[at]!));
          if (given.guestOn !== undefined)
            cluster.guests["100"] = {
              ...{
                vmid: 100,
                node: given.guestOn,
                type: "qemu",
                config: {},
                pending: {},
                pendingDelete: {},
                snapshots: {},
              },
            };
          if (given.job) cluster.replication = [{ id: "100-0", type: "local", guest: 100, jobnum: 0, target: "golf" }];
        });
        try {
          const before = sim.simulation.isQuorate(sim.world.nodes["foxtrot"]!);
          const failed = await update().then(
            () => undefined,
            (error: unknown) => String(error),
          );
          const left = !Object.keys(of("foxtrot").corosync!.nodes).includes("golf");
          seen.add(left ? "left" : "stayed");
          assert.equal(of("foxtrot").guests["100"] !== undefined, given.guestOn !== undefined, "the guest");
          assert.equal(sim.simulation.isQuorate(sim.world.nodes["foxtrot"]!), before, `the quorum; ${failed ?? ""}`);
          assert.deepEqual(
            Object.keys(of("foxtrot").corosync!.nodes).filter((name) => name !== "golf"),
            ["foxtrot", "hotel"],
          );
          assert.equal(sim.world.nodes["hotel"]!.cluster, sim.world.nodes["foxtrot"]!.cluster);
          if (given.guestOn === "golf" || given.job) {
            assert.equal(left, false, failed);
            assert.equal(sim.world.nodes["golf"]!.cluster, sim.world.nodes["foxtrot"]!.cluster);
          }
        } finally {
          await sim.close();
        }
      }),
      { numRuns: runs, seed: 12, examples: [[whole]] },
    );
    assert.deepEqual([...seen].sort(), ["left", "stayed"]);
    await start();
  });

  it("takes the lines of that node alone out of files of keys", () => {
    const keys =
      '# root@golf\nssh-rsa AAA root@golf\nssh-rsa BBB root@golf2\nfrom="10.0.0.1" ssh-rsa CCC root@golf\nssh-rsa DDD admin golf\n';
    assert.deepEqual(withoutKeysOf(keys, ["golf"]), {
      text: "# root@golf\nssh-rsa BBB root@golf2\nssh-rsa DDD admin golf\n",
      removed: 2,
    });
    const hosts =
      "golf ssh-rsa A\n10.0.0.6 ssh-rsa A\ngolf,hotel ssh-rsa B\n|1|salt|hash ssh-rsa C\n@revoked golf ssh-rsa D\nGOLF,10.0.0.6 ssh-rsa E\n";
    assert.equal(
      withoutHostKeysOf(hosts, ["golf", "10.0.0.6"]).text,
      "golf,hotel ssh-rsa B\n|1|salt|hash ssh-rsa C\n@revoked golf ssh-rsa D\n",
    );
  });
});

import assert from "node:assert/strict";
import { connect } from "../../../pve";
import { clusterProvider } from "../../../providers/cluster/cluster.provider";
import { createSession } from "../../../providers/kernel/session/session";
import { addMember } from "../../../simulator/cluster/membership";
import type { Fault } from "../../../simulator/faults";
import { startSimulator, type Simulator } from "../../../simulator";
import { bareConfig, bareWorld } from "../../support/bare-nodes";
import { sampled } from "../../support/sample";
import { VirtualClock } from "../../pve/virtual-clock";

const names = ["foxtrot", "golf", "hotel"];
const described = (...which: readonly string[]) => ({
  name: "Matrix",
  nodes: which.map((name) => ({ name, links: { 0: `192.168.3.${5 + names.indexOf(name)}` } })),
  ...(which.length === 2 ? { twoNode: true } : {}),
  __urn: "urn:pulumi:test::lab::x::Matrix",
  __stack: "a stack",
});
const everybody = described(...names);

describe("forming a cluster", function () {
  let sim: Simulator;
  let heard: () => void;
  const warnings: string[] = [];
  const start = async (faults: readonly Fault[] = []): Promise<void> => {
    heard = () => undefined;
    warnings.length = 0;
    sim = await startSimulator({ seed: bareWorld(), faults, onRequest: () => heard() });
  };
  afterEach(() => sim.close());

  /** A process of its own: nothing is remembered from one to the next. Pauses take no time. */
  function process(signal: AbortSignal = new AbortController().signal) {
    const { "proxmox:nodes": nodes, ...rest } = bareConfig(sim);
    // Without SSH: what is counted are requests.
    const plain = Object.entries(nodes as Record<string, object>).map(([name, node]) => [
      name,
      { ...node, ssh: undefined, sshFingerprint: undefined },
    ]);
    const config: Record<string, unknown> = { ...rest, "proxmox:nodes": Object.fromEntries(plain) as object };
    const clock = new VirtualClock();
    const session = createSession({
      lifeline: {
        signal,
        hold: (work) => work(),
        assertEngine: async () => signal.throwIfAborted(),
        whenRecorded: () => undefined,
      },
      reporter: () => ({
        progress: () => undefined,
        result: () => undefined,
        warn: (text) => void warnings.push(text),
      }),
      env: {},
      open: (options) => connect({ ...options, clock }),
    });
    session.configure({ get: (key) => config[key] });
    return clusterProvider(session);
  }
  const corosync = () => sim.simulation.clusterOf(sim.world.nodes["foxtrot"]!).corosync!;
  const isWhole = (what: string): void => {
    assert.deepEqual(Object.keys(corosync().nodes), names, what);
    for (const name of names) {
      const node = sim.world.nodes[name]!;
      assert.equal(node.cluster, "foxtrot", `${what}: ${name}`);
      assert.equal(sim.simulation.isQuorate(node), true, `${what}: ${name}`);
    }
    const done = Object.values(sim.world.nodes).flatMap(({ tasks }) =>
      tasks.filter(({ type }) => /^cluster/.test(type)),
    );
    assert.deepEqual(
      done.map(({ node, type, status }) => `${node} ${type} ${status}`).sort(),
      ["foxtrot clustercreate OK", "golf clusterjoin OK", "hotel clusterjoin OK"],
      what,
    );
  };

  it("comes to its end in the next run, at whichever request the first one is killed", async () => {
    let requests = 0;
    await start();
    heard = () => void requests++;
    await process().create(everybody);
    isWhole("not killed");
    await sim.close();
    const moments = Array.from({ length: requests }, (_, at) => at + 1);
    const taken = sampled(moments, 9);
    let recorded = 0;
    for (const moment of taken) {
      await start();
      const killed = new AbortController();
      let count = 0;
      heard = () => {
        if (++count === moment) killed.abort(new Error("killed"));
      };
      const end = await process(killed.signal)
        .create(everybody)
        .then(
          () => undefined,
          (error: unknown) => error as { id?: string; properties?: Record<string, unknown> },
        );
      heard = () => undefined;
      // The engine was told of it, or it died as well.
      const { id, properties } = end ?? {};
      if (id !== undefined && properties && moment % 2 === 0) {
        recorded++;
        await process().update(id, properties, everybody);
      } else await process().create(everybody);
      isWhole(`killed at request ${moment} of ${requests}`);
      if (moment !== taken.at(-1)) await sim.close();
    }
    assert.ok(taken.length >= 5 && recorded > 0, `${taken.length} of ${requests}, ${recorded} recorded`);
  });

  it("takes back a join that was broken off, and joins that node from the beginning", async () => {
    await start();
    await process().create(described("foxtrot", "hotel"));
    addMember(corosync(), "golf", { link0: "192.168.3.6", apiversion: "1" });
    const state = { ...described("foxtrot", "hotel"), __inputs: ["name", "nodes", "twoNode"] };
    await process().update("Matrix", state, everybody);
    assert.deepEqual(Object.keys(corosync().nodes).sort(), names);
    const removed = sim.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
    assert.deepEqual(removed, ["/cluster/config/nodes/golf"]);
    for (const name of names) assert.equal(sim.world.nodes[name]!.cluster, "foxtrot", name);
  });

  it("says what to do where a broken join has taken the quorum, and where it has another's number", async () => {
    await start();
    await process().create(described("foxtrot"));
    const state = { ...described("foxtrot"), __inputs: ["name", "nodes"] };
    addMember(corosync(), "golf", { link0: "192.168.3.6", apiversion: "1" });
    await assert.rejects(
      process().update("Matrix", state, everybody),
      /golf was added to Matrix and never came, and so there is no quorum: on foxtrot run pvecm expected 1/,
    );
    assert.deepEqual(Object.keys(corosync().nodes), ["foxtrot", "golf"]);
    await sim.close();

    await start();
    await process().create(described("foxtrot"));
    addMember(corosync(), "golf", { link0: "192.168.3.6", apiversion: "1", nodeid: "1" });
    await assert.rejects(
      process().update("Matrix", state, everybody),
      /golf has the node id 1 .* which is that of foxtrot/,
    );
    assert.equal(
      sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("restarts pveproxy where it goes on with the old certificate, and nowhere else", async () => {
    await start([{ effect: { kind: "old-certificate", node: "golf" } }]);
    await process().create(everybody);
    isWhole("with an old certificate");
    const restarts = sim.requests.filter(({ path }) => path.endsWith("/services/pveproxy/restart"));
    assert.deepEqual(
      restarts.map(({ path }) => path),
      ["/nodes/golf/services/pveproxy/restart"],
    );
    assert.deepEqual(warnings.filter((text) => text.includes("golf went on")).length, 1);
  });

  it("begins nothing anew when an answer is lost", async () => {
    for (const route of ["POST /cluster/config", "POST /cluster/config/join"]) {
      await start([{ route, count: 1, effect: { kind: "reset", handled: true } }]);
      await process().create(everybody);
      isWhole(route);
      await sim.close();
    }
    await start();
  });

  it("tells why a join failed, in the words of its log", async () => {
    await start([
      { task: "clusterjoin", count: 1, effect: { kind: "task-fail", text: "Cluster join aborted!", steps: 1 } },
    ]);
    await assert.rejects(process().create(everybody), /joining golf failed: Cluster join aborted!/);
    assert.deepEqual(Object.keys(corosync().nodes), ["foxtrot"]);
  });
});

import assert from "node:assert/strict";
import { clusterProvider } from "../../../providers/cluster/cluster.provider";
import { atNode } from "../../../providers/cluster/who-answers";
import type { Call } from "../../../providers/kernel/call/call";
import { addMember } from "../../../simulator/cluster/membership";
import type { Fault } from "../../../simulator/faults";
import { startSimulator, type Simulator } from "../../../simulator";
import { bareConfig, bareWorld, describedMatrix, matrixNodes, rootOf } from "../../support/bare-nodes";
import { sampled } from "../../support/sample";
import { silentReport } from "../../support/silent-report";
import { loneSession } from "../../support/lone-session";

const names = matrixNodes;
const described = describedMatrix;
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
  const process = (signal?: AbortSignal, config?: Record<string, unknown>) =>
    clusterProvider(sessionOf(signal, config));

  function sessionOf(signal: AbortSignal = new AbortController().signal, more: Record<string, unknown> = {}) {
    const { "proxmox:nodes": nodes, ...rest } = bareConfig(sim);
    // Without SSH: what is counted are requests.
    const plain = Object.entries(nodes as Record<string, object>).map(([name, node]) => [
      name,
      { ...node, ssh: undefined, sshFingerprint: undefined },
    ]);
    const config: Record<string, unknown> = { ...rest, "proxmox:nodes": Object.fromEntries(plain) as object, ...more };
    return loneSession(config, silentReport(warnings), signal);
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

  it("gives no number that the program has for a later node", async () => {
    await start();
    const [foxtrot, golf, hotel] = everybody.nodes;
    await process().create({ ...everybody, nodes: [foxtrot, golf, { ...hotel, nodeId: 2 }] });
    const ids = Object.entries(corosync().nodes).map(([name, { nodeid }]) => `${name} ${nodeid}`);
    assert.deepEqual(ids, ["foxtrot 1", "golf 3", "hotel 2"]);
    isWhole("with a number of the program");
  });

  it("looks for the number, the address and the health of the others directly before a join", async () => {
    const rival = (links: string, nodeid: string) => () =>
      addMember(corosync(), "golf2", { link0: links, apiversion: "1", nodeid });
    const cases: readonly (readonly [() => void, RegExp])[] = [
      [rival("192.168.3.99", "9"), /hotel was not joined to Matrix:\nnodeId: is that of golf2; write one that is free/],
      [rival("192.168.3.7", "8"), /hotel was not joined to Matrix:\nlinks\.0: is an address of golf2/],
      [
        () => void (sim.world.nodes["golf"]!.state = "off"),
        /hotel was not joined to Matrix:\ncluster Matrix has no quorum/,
      ],
    ];
    for (const [change, words] of cases) {
      await start();
      const [foxtrot, golf, hotel] = everybody.nodes;
      // Golf is a member, and its new certificate has been seen: hotel is next.
      heard = () => {
        const tasks = Object.values(sim.world.nodes["golf"]!.tasks);
        if (!tasks.some(({ type, status }) => type === "clusterjoin" && status === "OK")) return;
        const asked = sim.requests.filter(({ node, path }) => node === "golf" && path === "/cluster/status").length;
        before ??= asked;
        if (asked <= before) return;
        heard = () => undefined;
        change();
      };
      let before: number | undefined;
      // Without that look it would wait for a member that never comes: until then, and no longer.
      const described = { ...everybody, nodes: [foxtrot, golf, { ...hotel, nodeId: 9 }], timeouts: { create: "20s" } };
      await assert.rejects(process().create(described), words);
      assert.equal(
        sim.requests.some(
          ({ node, method, path }) => node === "hotel" && method === "POST" && path === "/cluster/config/join",
        ),
        false,
      );
      await sim.close();
    }
    await start();
  });

  it("makes the cluster on the first node alone, though another endpoint goes on when it fails", async () => {
    await start();
    const both = (): Record<string, unknown> => {
      const [foxtrot, golf] = sim.nodes;
      return {
        "proxmox:endpoints": [foxtrot!.url, golf!.url],
        "proxmox:fingerprints": [foxtrot!.fingerprint, golf!.fingerprint],
        "proxmox:nodes": {},
      };
    };
    sim.world.clusters["golf"]!.access.passwords["root@pam"] = rootOf("foxtrot");
    // Another node is told of by who answers, not by its address.
    await assert.rejects(
      process(undefined, both()).create(described("foxtrot")),
      /config proxmox:endpoints: lead to golf too, which is no member of the cluster/,
    );
    // And where it comes to be another one after all looks, nothing is made on it.
    const session = sessionOf(undefined, both());
    const call = { signal: new AbortController().signal, remainingMs: () => 60_000 } as unknown as Call;
    const asked: string[] = [];
    await assert.rejects(
      atNode(call, await session.pve(call), "hotel", async () => void asked.push("hotel")),
      /hotel answers at none of proxmox:endpoints, which are .*\(foxtrot\), .*\(golf\); nothing was done/,
    );
    await atNode(
      call,
      await session.pve(call),
      "golf",
      async (own) => void asked.push(own.process.connection.origins.join()),
    );
    assert.deepEqual(asked, [sim.nodes[1]!.url]);
    assert.equal(
      sim.requests.some(({ path, method }) => method === "POST" && path === "/cluster/config"),
      false,
    );
  });

  it("waits for a join that has taken the quorum, and takes nothing back that is on its way", async () => {
    await start();
    await process().create(described("foxtrot"));
    const state = { ...described("foxtrot"), __inputs: ["name", "nodes"] };
    addMember(corosync(), "golf", { link0: "192.168.3.6", apiversion: "1" });
    // Somebody's join of golf goes on while it is asked.
    let looks = 0;
    heard = () => {
      const seen = sim.requests.filter(({ node, path }) => node === "golf" && path === "/nodes/golf/tasks").length;
      if (seen < 2 || looks++ > 0) return;
      golf.cluster = "foxtrot";
      golf.rootPassword = rootOf("golf");
      sim.simulation.renewCertificate(golf);
    };
    const golf = sim.world.nodes["golf"]!;
    sim.simulation.tasks.start(golf, "clusterjoin", "", "root@pam", function* () {
      while (golf.cluster !== "foxtrot") yield Infinity;
    });
    await process().update("Matrix", state, everybody);
    assert.equal(looks > 0, true);
    assert.deepEqual(Object.keys(corosync().nodes), names);
    assert.equal(
      sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("looks again directly before it takes an entry back, and leaves what has begun to join since", async () => {
    await start();
    await process().create(described("foxtrot", "hotel"));
    addMember(corosync(), "golf", { link0: "192.168.3.6", apiversion: "1" });
    const state = { ...described("foxtrot", "hotel"), __inputs: ["name", "nodes", "twoNode"] };
    const golf = sim.world.nodes["golf"]!;
    heard = () => {
      const asked = sim.requests.filter(({ node, path }) => node === "golf" && path === "/nodes/golf/tasks").length;
      if (asked < 2 || golf.tasks.length > 0) return;
      sim.simulation.tasks.start(golf, "clusterjoin", "", "root@pam", function* () {
        for (;;) yield Infinity;
      });
    };
    await assert.rejects(
      process().update("Matrix", state, everybody),
      /golf is on its way into Matrix, or has a corosync\.conf already: its entry is not taken back/,
    );
    assert.equal(golf.tasks.length, 1);
    assert.equal(
      sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("makes no second cluster where the first node alone has lost the one that was made", async () => {
    await start();
    const made = await process().create(everybody);
    const foxtrot = sim.world.nodes["foxtrot"]!;
    // Installed anew, while the others go on.
    sim.world.clusters["anew"] = { ...structuredClone(sim.simulation.clusterOf(foxtrot)), guests: {} };
    delete sim.world.clusters["anew"].corosync;
    foxtrot.cluster = "anew";
    await assert.rejects(
      process().read("Matrix", { ...made.outs, ...everybody }),
      /node foxtrot says that it is in no cluster, and Matrix was made of foxtrot, golf, hotel: .*pulumi state delete/,
    );
  });

  it("counts a read of a member that failed as a problem, not as nothing to say", async () => {
    await start([{ route: "GET /nodes/{node}/hosts", after: 0, effect: { kind: "reset" } }]);
    await assert.rejects(process().create(everybody), /nothing was changed:[^]*foxtrot cannot be looked at/);
    await sim.close();
    await start();
    await process().create(described("foxtrot"));
    const state = { ...described("foxtrot"), __inputs: ["name", "nodes"] };
    sim.simulation.faults.add({ route: "GET /nodes/{node}/hosts", effect: { kind: "reset" } });
    await assert.rejects(
      process().update("Matrix", state, everybody),
      /nothing was changed:[^]*nodes\[0\]: foxtrot cannot be looked at/,
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

import assert from "node:assert/strict";
import { authorizedKeys } from "../../../simulator/cluster/key-files";
import { describedMatrix, matrixNodes } from "../../support/bare-nodes";
import { MatrixLab, newMachine } from "../../support/matrix-lab";
import { sampled } from "../../support/sample";

const all = describedMatrix(...matrixNodes);

describe("replacing a node whose machine is dead", () => {
  const lab = new MatrixLab();
  afterEach(() => lab.sim.close());

  const dead = (): string => (lab.outs["fingerprints"] as Record<string, string>)["golf"]!;
  const wanted = (replaces = dead()) => ({
    ...all,
    nodes: all.nodes.map((node) => (node.name === "golf" ? { ...node, replaces } : node)),
  });
  const update = (signal?: AbortSignal, news = wanted()) =>
    lab.process(signal).update(lab.id, { ...all, ...lab.outs }, news);
  const died = async (): Promise<void> => {
    await lab.start();
    newMachine(lab.sim.simulation, "golf");
  };
  const problems = async (news: object, more = {}): Promise<readonly string[]> => {
    const answer = await lab.process(undefined, more).check(all, news as Record<string, unknown>);
    return (answer.failures ?? []).map(({ reason }) => reason);
  };
  const isReplaced = (what: string): void => {
    assert.deepEqual(Object.keys(lab.corosync().nodes).sort(), [...matrixNodes], what);
    for (const name of matrixNodes) {
      const node = lab.sim.world.nodes[name]!;
      assert.equal(node.cluster, lab.sim.world.nodes["foxtrot"]!.cluster, `${what}: ${name}`);
      assert.equal(lab.sim.simulation.isQuorate(node), true, `${what}: ${name}`);
    }
    assert.notEqual(lab.sim.nodes.find(({ name }) => name === "golf")!.fingerprint, dead(), what);
    assert.deepEqual(lab.of("foxtrot").leftNodes ?? [], [], what);
    const keys = authorizedKeys(lab.sim.simulation, lab.sim.world.nodes["foxtrot"]!.cluster);
    assert.equal(keys.match(/root@golf$/gm)?.length, 1, what);
  };

  it("takes the dead one out and the new one in, in one up, and has nothing to do afterwards", async () => {
    await died();
    assert.deepEqual(await problems(wanted()), []);
    assert.match(
      lab.told.join("\n"),
      /replaces golf \(node id 2, certificate [0-9A-F:]+\), which is offline: on foxtrot its entry, \/etc\/pve\/nodes\/golf and its keys go.*golf joins/,
    );
    const { outs } = await update();
    isReplaced("replaced");
    const removed = lab.sim.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
    assert.deepEqual(removed, ["/cluster/config/nodes/golf"]);
    const again = lab.count();
    const news = wanted();
    assert.deepEqual((await lab.process().diff(lab.id, outs, news)).changes, false);
    await lab.process().update(lab.id, outs, news);
    const writes = lab.sim.requests
      .slice(again)
      .filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");
    assert.deepEqual(writes, []);
  });

  it("comes to its end in the next run, at whichever request or command the first one is killed", async () => {
    await died();
    const from = lab.count();
    await update();
    const moments = Array.from({ length: lab.count() - from }, (_, at) => at + 1);
    await lab.sim.close();
    const taken = sampled(moments, Math.ceil(moments.length / 4), 3);
    for (const moment of taken) {
      await died();
      await lab.killedAt(moment, (signal) => update(signal));
      await update();
      isReplaced(`killed at ${moment} of ${moments.length}`);
      if (moment !== taken.at(-1)) await lab.sim.close();
    }
    console.log(`      ${taken.length} of ${moments.length} moments, all came to their end`);
  });

  it("replaces nothing that runs, nothing that is not named, and nobody whose guests, quorum or address remain", async () => {
    await lab.start();
    assert.match((await problems(wanted())).join(), /golf has that certificate and is online: nothing is replaced/);
    await assert.rejects(update(), /golf has that certificate and is online/);
    newMachine(lab.sim.simulation, "golf");
    const other = dead().replace(/^../, (first) => (first === "00" ? "01" : "00"));
    assert.match((await problems(wanted(other))).join(), /not the one that is said to be dead/);
    const { guests } = lab.of("foxtrot");
    guests["100"] = {
      vmid: 100,
      node: "golf",
      type: "qemu",
      config: {},
      pending: {},
      pendingDelete: {},
      snapshots: {},
    };
    assert.match((await problems(wanted())).join(), /golf is not replaced: it has guests \(qemu\/100\)/);
    await assert.rejects(update(), /it has guests \(qemu\/100\)/);
    delete guests["100"];
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.7";
    assert.match((await problems(wanted())).join(), /something answers at 192\.168\.3\.7, which it had/);
    await assert.rejects(update(), /something answers at 192\.168\.3\.7/);
    lab.corosync().nodes["golf"]!.links["0"] = "192.168.3.6";
    lab.sim.world.nodes["hotel"]!.state = "off";
    await assert.rejects(update(), /no quorum/);
    assert.deepEqual(Object.keys(lab.corosync().nodes), [...matrixNodes]);
    assert.equal(
      lab.sim.requests.some(({ method }) => method === "DELETE"),
      false,
    );
  });

  it("shows a removal of a node that somebody has made anew as an error, before anything is done", async () => {
    await lab.start();
    const golf = lab.sim.world.nodes["golf"]!;
    lab.sim.simulation.renewCertificate(golf);
    const state = { ...all, ...lab.outs };
    await assert.rejects(
      lab.process().diff(lab.id, state, describedMatrix("foxtrot", "hotel")),
      /golf would not be taken out: its certificate is .*, and the state knows it by/,
    );
  });
});

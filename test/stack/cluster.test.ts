import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { bareConfig, bareWorld, rootOf } from "../support/bare-nodes";
import { DescribedStack, type Described } from "../support/described";
import { counts, ok } from "../support/results";

describe("three bare nodes, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  before(async () => {
    sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed: 20 });
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("are a quorate cluster after one up, and at rest in the next one and in refresh", async () => {
    const names = ["foxtrot", "golf", "hotel"];
    const cluster: Described = {
      kind: "Cluster",
      name: "Matrix",
      args: {
        nodes: names.map((name, at) => ({ name, links: { 0: `192.168.3.${5 + at}` } })),
        linkPriorities: { 0: 10 },
      },
    };
    const options: Described = { kind: "DatacenterOptions", name: "options", args: { keyboard: "de" } };
    const nodes = bareConfig(sim)["proxmox:nodes"] as Record<string, object>;
    const named = Object.entries(nodes).map(([name, node]) => [name, { ...node, password: `secret:ROOT_${name}` }]);
    lab = await DescribedStack.create(
      sim,
      [cluster, options],
      { ...bareConfig(sim), "proxmox:nodes": Object.fromEntries(named) as object },
      Object.fromEntries(names.map((name) => [`ROOT_${name}`, rootOf(name)])),
    );
    ok(await lab.stack.up());
    const { corosync } = sim.simulation.clusterOf(sim.world.nodes["foxtrot"]!);
    assert.deepEqual(Object.keys(corosync!.nodes), names);
    for (const name of names) assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), true, name);
    const writes = () =>
      sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket").length;
    const before = writes();
    // Without any other config: what the first node tells is enough.
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 3 });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 3 });
    assert.equal(writes(), before);
    const state = ((await lab.stack.export()).resources ?? []).find(({ urn }) => urn.endsWith("::Matrix"));
    assert.equal(state?.outputs?.["ca"], sim.ca);
  });
});

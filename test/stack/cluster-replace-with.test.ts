import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { bareConfig, bareWorld, describedMatrix, rootOf } from "../support/bare-nodes";
import { DescribedStack, type Described } from "../support/described";
import { withMoreNetworks } from "../support/matrix-lab";
import { keyConfig, withQnetd } from "../support/qdevice-lab";
import { failed, ok } from "../support/results";

describe("a cluster that is replaced with another resource, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const pair = ["foxtrot", "hotel"];
  const config = (): Record<string, unknown> => {
    const plain = bareConfig(sim);
    const nodes = Object.entries(plain["proxmox:nodes"] as Record<string, object>).map(([name, one]) => [
      name,
      { ...one, password: `secret:ROOT_${name}` },
    ]);
    return { ...plain, "proxmox:nodes": Object.fromEntries(nodes) as object, ...keyConfig(sim) };
  };
  const { nodes } = describedMatrix(...pair);
  const hosts: Described = {
    kind: "HostsEntries",
    name: "hosts",
    args: { node: "foxtrot", block: "own", entries: [{ address: "10.9.9.9", names: ["nine"] }] },
    options: { deleteBeforeReplace: true },
  };
  const cluster = (more: object, options: object): Described => ({
    kind: "Cluster",
    name: "Matrix",
    args: { nodes, twoNode: true, ...more },
    options: { ...options },
  });
  const named = { destroyOnDelete: "Matrix" };
  const cascade = { replaceWith: ["hosts"] };
  before(async () => {
    const seed = bareWorld();
    withMoreNetworks(seed);
    withQnetd(seed);
    sim = await startSimulator({ seed, clock: "immediate" });
    const env = Object.fromEntries(["foxtrot", "golf", "hotel"].map((name) => [`ROOT_${name}`, rootOf(name)]));
    lab = await DescribedStack.create(sim, [hosts, cluster({}, cascade)], config(), env);
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const replaceHosts = async () => {
    const { urn } = ((await lab.stack.export()).resources ?? []).find((one) => one.urn.endsWith("::hosts"))!;
    return lab.stack.up("--replace", urn);
  };
  const isWhole = (): void => {
    for (const name of pair)
      assert.deepEqual(Object.keys(sim.simulation.clusterOf(sim.world.nodes[name]!).corosync?.nodes ?? {}), pair, name);
  };

  // The engine deletes it then before the program has described it.
  it("may not be one that a deletion takes apart", async () => {
    lab.describe([hosts, cluster(named, cascade)]);
    assert.match(failed(await lab.stack.preview()), /Cluster "Matrix": replaceWith: cannot be beside destroyOnDelete/);
    assert.match(failed(await replaceHosts()), /replaceWith: cannot be beside destroyOnDelete/);
    isWhole();
  });

  it("is not taken apart by the up that says so for the first time, or says it of another one", async () => {
    lab.describe([hosts, cluster(named, {})]);
    assert.doesNotMatch(ok(await replaceHosts()).stdout, /is taken apart/);
    isWhole();
    assert.doesNotMatch(ok(await replaceHosts()).stdout, /is taken apart/);
    isWhole();
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { ok } from "../support/results";

/** The stack's config names a cluster, and every resource of the program has a Provider of its own. */
describe("a cluster that no resource is of, with the real engine", function () {
  let unused: Simulator;
  let sim: Simulator;
  let lab: DescribedStack;

  before(async () => {
    [unused, sim] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
    const provider: Described = {
      kind: "Provider",
      name: "lab",
      args: {
        "proxmox:endpoints": sim.nodes.map(({ url }) => url),
        "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
        "proxmox:tokenId": sim.token.id,
        "proxmox:tokenSecret": "$OTHER_TOKEN",
      },
    };
    const args = { vmid: 3001, source: { empty: true }, started: false };
    const vm: Described = { kind: "Vm", name: "there", args, options: { provider: "lab" } };
    const config = { "described:startsPlugin": true };
    lab = await DescribedStack.create(unused, [provider, vm], config, { OTHER_TOKEN: sim.token.secret });
  });
  after(async () => {
    await lab.stack.close();
    await Promise.all([unused.close(), sim.close()]);
  });

  it("is asked for nothing, also where the plugin is started before anything is described", async () => {
    for (const run of [
      () => lab.stack.preview(),
      () => lab.stack.up(),
      () => lab.stack.refresh(),
      () => lab.stack.destroy(),
    ]) {
      ok(await run());
      assert.deepEqual(
        unused.requests.map(({ method, path }) => `${method} ${path}`),
        [],
      );
    }
    assert.ok(sim.requests.length > 0);
  });
});

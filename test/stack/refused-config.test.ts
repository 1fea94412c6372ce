import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

/** The engine records providers before it makes anything: an `up` that is refused then has left their config in the state. */
describe("the config of a refused up, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, [provider(), pool("team")], {}, { OTHER_TOKEN: sim.token.secret });
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const nobody = "https://127.0.0.1:1";
  const provider = (endpoints = sim.nodes.map(({ url }) => url)): Described => ({
    kind: "Provider",
    name: "lab",
    args: {
      "proxmox:endpoints": endpoints,
      "proxmox:fingerprints": sim.nodes.map(({ fingerprint }) => fingerprint),
      "proxmox:tokenId": sim.token.id,
      "proxmox:tokenSecret": "$OTHER_TOKEN",
    },
  });
  const pool = (poolId: string): Described => ({
    ...{ kind: "Pool", name: "team", args: { poolId }, options: { provider: "lab" } },
  });
  const state = async () => JSON.stringify(await lab.stack.export());

  it("is in the state, its secrets encrypted, and what is there stays in it while nobody answers there", async () => {
    lab.describe([provider([nobody]), pool("a b")]);
    assert.match(failed(await lab.stack.up()), /poolId: write letters/);
    const refused = await state();
    assert.ok(refused.includes(nobody) && !refused.includes(sim.token.secret));
    // A refresh asks where the state says, and takes no silence for an absence.
    lab.describe([provider(), pool("team")]);
    assert.match(failed(await lab.stack.refresh()), /no answer from https:\/\/127\.0\.0\.1:1/);
    assert.match(await state(), /dynamic\/proxmox:Pool::team/);
  });

  it("gives way to the right one by a refresh that runs the program, or the next up", async () => {
    ok(await lab.stack.refresh("--run-program"));
    assert.match(await state(), /dynamic\/proxmox:Pool::team/);
    const { same = 0 } = counts(ok(await lab.stack.up()));
    assert.ok(same >= 3, String(same));
    assert.ok(!(await state()).includes(nobody));
    assert.equal(ok(await lab.stack.refresh()).changeSummary["delete"], undefined);
  });
});

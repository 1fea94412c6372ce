import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, ok } from "../support/results";
import { writesTo } from "../support/writes";

describe("the life of a stack, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const both = [debianImage, debianTemplate, vm("web-1"), vm("web-2")];

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, both);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guests = () => guestsOf(sim);
  const writes = (from: number) => writesTo(sim, from);

  it("previews an empty stack without writing anything", async () => {
    const from = sim.requests.length;
    assert.deepEqual(counts(ok(await lab.stack.preview())), { create: 6 });
    assert.deepEqual(writes(from), []);
  });

  it("goes up: image, template, two VMs with addresses", async () => {
    const up = ok(await lab.stack.up());
    assert.deepEqual(counts(up), { create: 6 });
    assert.deepEqual(Object.keys(guests()).sort(), ["2000", "2001", "2002"]);
    assert.match(up.stdout, /vmid 200[12] on pve1, 10\./);
  });

  it("changes nothing the second time, with few calls", async () => {
    const from = sim.requests.length;
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 6 });
    assert.deepEqual(writes(from), []);
    assert.ok(sim.requests.length - from <= 5, `${sim.requests.length - from} calls`);
  });

  it("refreshes to no change", async () => {
    const from = sim.requests.length;
    const refresh = ok(await lab.stack.refresh());
    assert.deepEqual(counts(refresh), { same: 6 });
    assert.deepEqual(writes(from), []);
    assert.deepEqual(counts(ok(await lab.stack.preview())), { same: 6 });
  });

  it("goes down to an empty cluster", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual(guests(), {});
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, ok } from "../support/results";

describe("two stacks at once on one cluster, with the real engine", function () {
  let sim: Simulator;
  const stacks: DescribedStack[] = [];

  before(async () => {
    sim = await startSimulator({ seed: labWorld(), clock: "auto", speed: 20 });
  });
  after(async () => {
    for (const { stack } of stacks) await stack.close();
    await sim.close();
  });

  it("never share a VMID, know their own VMs from those of the same name, and leave the other's alone", async () => {
    const template = { ...debianTemplate, args: { ...debianTemplate.args, imageVolumeId: "@debian.volumeId" } };
    const program = [debianImage, template, vm("web-1"), vm("web-2"), vm("web-3")];
    for (let count = 0; count < 2; count++) stacks.push(await DescribedStack.create(sim, program));
    const [first, second] = stacks as [DescribedStack, DescribedStack];
    const results = await Promise.all([first.stack.up(), second.stack.up()]);
    for (const result of results) ok(result);
    const guests = guestsOf(sim);
    assert.equal(Object.keys(guests).length, 8);
    const ids = await Promise.all(
      [first, second].map(async ({ stack }) =>
        ((await stack.export()).resources ?? [])
          .filter(({ urn }) => /::(?:Vm|Template)::|:(?:Vm|Template)::/.test(urn))
          .map(({ id }) => id ?? ""),
      ),
    );
    assert.equal(new Set(ids.flat()).size, 8);
    for (const { stack } of [first, second]) assert.deepEqual(counts(ok(await stack.up())), { same: 7 });
    ok(await first.stack.destroy());
    assert.deepEqual(Object.keys(guests).sort(), ids[1]?.sort());
    // The image belongs to the stack that downloaded it; the other one downloads it again, and replaces nothing.
    ok(await second.stack.refresh());
    const up = ok(await second.stack.up());
    assert.deepEqual([up.changeSummary["replace"] ?? 0, up.changeSummary["update"] ?? 0], [0, 0]);
    assert.deepEqual(Object.keys(guests).sort(), ids[1]?.sort());
  });
});

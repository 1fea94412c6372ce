import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("a new version of a template, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const version = (text: string, args: Record<string, unknown> = {}, options = {}): Described => ({
    ...debianTemplate,
    args: { ...debianTemplate.args, version: text, ...args },
    options,
  });
  const web = vm("web", { started: false });
  const guests = () => guestsOf(sim);
  const names = () => Object.values(guests()).map(({ config }) => config["name"]);
  const describe_ = (...resources: Described[]) => lab.describe([debianImage, ...resources]);

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, [debianImage, version("1"), web]);
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("is made before the old one is retired, and the VM that was cloned from that lives on unchanged", async () => {
    const before = structuredClone(guests()["2001"]?.config);
    describe_(version("2"), web);
    const preview = ok(await lab.stack.preview());
    assert.match(preview.stdout, /replace: version/);
    const up = ok(await lab.stack.up());
    assert.equal(up.changeSummary["replace"], 1);
    assert.match(
      up.stdout + up.stderr,
      /template 2000 stays as debian-12-retired-2000, because linked clones need it: web/,
    );
    assert.deepEqual(names(), ["debian-12-retired-2000", "web", "debian-12"]);
    assert.deepEqual(guests()["2001"]?.config, before);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.preview()))), ["same"]);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.up()))), ["same"]);
  });

  it("lets the old one go with the next change after its last clone", async () => {
    describe_(version("2"));
    ok(await lab.stack.up());
    assert.deepEqual(names(), ["debian-12-retired-2000", "debian-12"]);
    describe_(version("2", { description: "newest" }));
    ok(await lab.stack.up());
    assert.deepEqual(names(), ["debian-12"]);
  });

  it("is held back by Pulumi's protect", async () => {
    describe_(version("2", { description: "newest" }, { protect: true }));
    ok(await lab.stack.up());
    describe_(version("3", {}, { protect: true }));
    assert.match(failed(await lab.stack.preview()), /protect/);
    assert.deepEqual(names(), ["debian-12"]);
    describe_(version("2", { description: "newest" }));
    ok(await lab.stack.up());
  });

  it("goes with the stack", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual(guests(), {});
  });
});

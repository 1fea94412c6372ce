import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("what VMs are made from, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const nothing: Described = {
    kind: "Vm",
    name: "blank",
    args: { source: { empty: true }, node: "pve1", disks: [{ storage: "local-lvm", sizeGiB: 1 }], started: false },
  };
  const web = (args: Record<string, unknown> = {}) =>
    vm("web", { cloudInit: { user: "admin", addresses: [{ address: "10.11.0.50/24" }] }, ...args });
  const guests = () => guestsOf(sim);

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    lab = await DescribedStack.create(sim, [debianImage, debianTemplate, nothing, web({ name: "first-name" })]);
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("tells how to log in", async () => {
    const { resources = [] } = await lab.stack.export();
    assert.equal(resources.find(({ urn }) => urn.endsWith("Vm::web"))?.outputs?.["ssh"], "ssh admin@10.11.0.50");
    assert.equal(resources.find(({ urn }) => urn.endsWith("Vm::blank"))?.outputs?.["ssh"], undefined);
  });

  it("another source changes no VM that is there, and another name renames it", async () => {
    const uuids = Object.values(guests()).map(({ config }) => config["smbios1"]);
    const other = { clone: { template: "@debian-12.vmid", full: true } };
    lab.describe([debianImage, debianTemplate, nothing, web({ name: "first-name", source: other })]);
    const preview = ok(await lab.stack.preview());
    assert.deepEqual(Object.keys(counts(preview)), ["same"]);
    lab.describe([debianImage, debianTemplate, nothing, web({ name: "second-name", source: other })]);
    assert.equal(counts(ok(await lab.stack.up()))["update"], 1);
    assert.ok(Object.values(guests()).some(({ config }) => config["name"] === "second-name"));
    assert.deepEqual(
      Object.values(guests()).map(({ config }) => config["smbios1"]),
      uuids,
    );
  });

  it("two VMs with one address are refused in preview, two with one name only warned of", async () => {
    const again = vm("again", {
      name: "web",
      cloudInit: { user: "admin", addresses: [{ address: "10.11.0.50/24" }] },
    });
    lab.describe([debianImage, debianTemplate, nothing, web({ name: "web" }), again]);
    const text = failed(await lab.stack.preview());
    assert.match(text, /(?:web and again|again and web) both have the address 10\.11\.0\.50; give each its own/);
    assert.match(text, /warning: Vm [a-z]+: name: web is also the name of the VM of resource/);
  });
});

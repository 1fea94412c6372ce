import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import type { Properties } from "../../support/plugin";
import { Lab, type AnyLab } from "../../support/lab";
import { adoptableWorld, uuid } from "../../support/adoptable";

describe("adoption", function () {
  let lab: AnyLab;

  beforeEach(async () => {
    const world = adoptableWorld();
    lab = await Lab.here({ seed: world }, { "proxmox:vmids": "2000-2999" });
  });
  afterEach(() => lab.close());

  const guests = () => Object.values(lab.sim.world.clusters)[0]?.guests ?? {};
  const config = (vmid: number): Record<string, string | undefined> => guests()[vmid]?.config ?? {};
  const writes = (from: number) =>
    lab.sim.requests.slice(from).filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");

  it("takes over a VM by its VMID: marks it, changes what is described, and leaves the rest", async () => {
    const args = { adopt: true, vmid: 100, uuid, cores: 4, tags: ["shop"], networks: [{ bridge: "vmbr0" }] };
    const before = { ...config(100) };
    const { id, properties, inputs } = await lab.create("Vm", "adopted", args);
    assert.deepEqual([id, properties["vmid"], properties["node"], properties["uuid"]], ["100", 100, "golf", uuid]);
    const { description, cores, tags, ...rest } = config(100);
    assert.match(
      description ?? "",
      /^runs the shop\n<!-- pulumi-proxmox-cluster owner=[0-9a-f]{24}(?: unfinished)? uuid=[0-9a-f-]{36} -->$/,
    );
    assert.deepEqual([cores, tags], ["4", "shop"]);
    const { description: _, cores: __, ...kept } = before;
    assert.deepEqual(rest, kept);
    assert.ok(!guests()["100"]?.running, "its power state is its own");
    assert.equal((await lab.plugin.diff("Vm", id, properties, inputs)).changes, "none");
    const read = await lab.plugin.read("Vm", id, properties);
    assert.deepEqual(read.inputs, inputs);
    assert.equal((await lab.plugin.diff("Vm", id, read.properties, inputs)).changes, "none");
    const from = lab.sim.requests.length;
    await lab.plugin.update("Vm", id, properties, inputs);
    const changed = writes(from).filter(({ params }) => Object.keys(params).join() !== "description,digest");
    assert.deepEqual(changed, []);
    assert.deepEqual(Object.keys(guests()), ["100", "101", "102", "103", "104"]);
  });

  it("says in preview what it would change, and changes nothing", async () => {
    const from = lab.sim.requests.length;
    const args = { adopt: true, name: "shop", cores: 2, memoryMiB: 4096, started: true };
    // A preview does not know the stack's id.
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { ...lab.inputs("Vm", "x", args), __preview: true, __stack: unknown };
    const checked = await lab.plugin.check("Vm", {}, inputs);
    assert.deepEqual([checked.failures, checked.inputs["__problems"]], [[], undefined]);
    const said = () => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    // A message is on its way for a moment.
    await eventually("the adoption in the preview", () => said().includes("adopts"));
    assert.match(
      said(),
      /^Vm \S+: adopts shop \(100\) on golf; changes live: memoryMiB, started; destroy will delete it/m,
    );
    assert.deepEqual(writes(from), []);
  });

  it("refuses what is somebody else's, not the one, or not one", async () => {
    const refused = async (kind: string, args: Properties, why: RegExp) => {
      const [problem, ...more] = await lab.problems(kind, { adopt: true, ...args });
      assert.match(problem ?? "", why);
      assert.deepEqual(more, []);
    };
    await refused("Vm", { vmid: 101 }, /^vmid: cannot adopt theirs \(101\) on golf: it belongs to another resource/);
    await refused("Vm", { vmid: 100, uuid: uuid.replace(/^3f/, "5f") }, /its uuid is 3f2b9c1e.*, not 5f2b/);
    await refused("Vm", { name: "twin" }, /^name: cannot adopt: 2 guests are named "twin": 102 on golf, 103 on golf/);
    await refused("Vm", { name: "shopp" }, /there is no VM "shopp"; did you mean "shop"\?; known VMs: shop \(100\), /);
    await refused("Vm", { vmid: 104 }, /it is a template; adopt it as a Template/);
    await refused(
      "Template",
      { name: "shop" },
      /it is no template; adopt it as a Vm, or make a template of it with source/,
    );
    const shop = config(100);
    shop["lock"] = "backup";
    await refused("Vm", { vmid: 100 }, /it is locked \(backup\)/);
    delete shop["lock"];
    const from = lab.sim.requests.length;
    await assert.rejects(
      lab.plugin.create("Vm", lab.inputs("Vm", "x", { adopt: true, vmid: 101 })),
      /it belongs to another resource/,
    );
    assert.deepEqual(writes(from), []);
  });

  it("goes on where a killed run had only written the mark", async () => {
    const args = { adopt: true, vmid: 100, cores: 4 };
    lab.sim.simulation.faults.add({
      route: "POST /nodes/{node}/qemu/{vmid}/config",
      count: 1,
      effect: { kind: "status", status: 500, reason: "no" },
    });
    await assert.rejects(lab.create("Vm", "adopted", args));
    assert.match(config(100)["description"] ?? "", / unfinished uuid=[0-9a-f-]{36} -->$/);
    lab.sim.simulation.faults.clear();
    const next = await Lab.hereOn(lab.sim, { "proxmox:vmids": "2000-2999" }, lab.stackId);
    const made = await next.create("Vm", "adopted", args);
    await next.close();
    assert.deepEqual([made.id, config(100)["cores"]], ["100", "4"]);
  });

  it("never lets a replacement adopt what it replaces, nor delete one VM for another", async () => {
    const made = await lab.create("Vm", "adopted", { adopt: true, vmid: 100 });
    await assert.rejects(async () => {
      // The engine has recorded it: the mark is finished.
      config(100)["description"] = String(config(100)["description"]).replace(" unfinished", "");
      const late = await Lab.hereOn(lab.sim, {}, lab.stackId);
      try {
        await late.create("Vm", "adopted", { adopt: true, vmid: 100 });
      } finally {
        await late.close();
      }
    }, /a replacement cannot adopt what it replaces/);
    const { __provider: _, ...rest } = made.inputs;
    const { failures } = await lab.plugin.check("Vm", made.inputs, { ...rest, vmid: 102 });
    assert.match(failures.map(({ reason }) => reason).join(), /vmid: this resource has adopted guest 100/);
  });

  it("deletes an adopted VM only when nothing undescribed would go with it", async () => {
    const { id, properties } = await lab.create("Vm", "adopted", {
      adopt: true,
      vmid: 100,
      disks: [{ storage: "local-lvm", sizeGiB: 4 }],
    });
    await assert.rejects(
      lab.plugin.delete("Vm", id, properties),
      /VM 100 on golf has parts that this program does not know.*: volume scsi3 \(local-lvm:vm-100-disk-2\)\. Take/,
    );
    assert.ok(guests()["100"]);
  });

  it("takes over a template, which is then this program's", async () => {
    const made = await lab.create("Template", "golden", { adopt: true, tags: ["golden"] });
    assert.deepEqual([made.id, config(104)["tags"], config(104)["template"]], ["104", "golden", "1"]);
    assert.equal((await lab.plugin.diff("Template", made.id, made.properties, made.inputs)).changes, "none");
    const { __provider: _, ...rest } = made.inputs;
    const { failures } = await lab.plugin.check("Template", made.inputs, { ...rest, version: "2" });
    assert.match(
      failures.map(({ reason }) => reason).join(),
      /version: this change makes a new version, and adopt would/,
    );
  });
});

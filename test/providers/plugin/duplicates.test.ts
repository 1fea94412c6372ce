import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import type { Properties } from "../../support/plugin";
import { Lab, type AnyLab } from "../../support/lab";
import { threeNodes } from "../../support/three-nodes";

describe("what VMs of one program may not share", function () {
  let lab: AnyLab;
  const blank = (args: Properties = {}): Properties => ({
    source: { empty: true },
    node: "golf",
    started: false,
    networks: [{ bridge: "vmbr0" }],
    ...args,
  });
  const at = (address: string): Properties => ({ cloudInit: { storage: "local-lvm", addresses: [{ address }] } });

  before(async () => {
    const world = threeNodes();
    const [cluster] = Object.values(world.clusters);
    assert.ok(cluster);
    cluster.guests["100"] = {
      ...{ vmid: 100, type: "qemu", node: "golf", pending: {}, pendingDelete: {}, snapshots: {} },
      config: {
        name: "old",
        template: "1",
        ipconfig0: "ip=10.0.0.9/24",
        net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0",
      },
    };
    lab = await Lab.here({ seed: world }, { "proxmox:vmids": "2000-2001" });
  });
  after(() => lab.close());

  const check = async (name: string, args: Properties) =>
    (await lab.plugin.check("Vm", {}, lab.inputs("Vm", name, args))).failures.map(({ reason }) => reason);
  /** Waits until the engine was told so. */
  const warned = (text: RegExp) => eventually(String(text), () => told(text));
  const told = (text: RegExp) => lab.plugin.engine.messages.some(({ message }) => text.test(message));

  it("an address, in one network", async () => {
    assert.deepEqual(await check("one", blank(at("10.0.0.5/24"))), []);
    assert.deepEqual(await check("two", blank(at("10.0.0.5/24"))), [
      "cloudInit.addresses: two and one both have the address 10.0.0.5; give each its own",
    ]);
    const elsewhere = blank({ ...at("10.0.0.5/24"), networks: [{ bridge: "vmbr0", vlan: 9 }] });
    assert.deepEqual(await check("two", elsewhere), []);
    assert.deepEqual(await check("one", blank(at("10.0.0.5/24"))), [], "a resource is no duplicate of itself");
  });

  it("a name, which is only warned of", async () => {
    assert.deepEqual(await check("three", blank({ name: "one" })), []);
    await warned(/^Vm \S+: name: one is also the name of the VM of resource one/);
  });

  it("VMIDs, when the range has too few", async () => {
    await warned(/this is resource 3 that needs a VMID, and 2 are free in 2000-2001; widen proxmox:vmids/);
  });

  it("an address that a guest of somebody else was given, as far as guests were read", async () => {
    await lab.create("Vm", "reader", { adopt: false, ...blank({ vmid: 2000, name: "reader" }) });
    assert.deepEqual(await lab.problems("Template", { adopt: true, vmid: 100 }), []);
    assert.deepEqual(await check("four", blank({ ...at("10.0.0.9/24"), vmid: 2050 })), []);
    await warned(/^Vm \S+: cloudInit\.addresses: 10\.0\.0\.9 is also given to guest 100/);
  });

  it("but not its own guest that still has another name", async () => {
    const args = blank({ ...at("10.0.0.77/24"), vmid: 2001, name: "mover" });
    const { inputs } = await lab.create("Vm", "mover", args);
    // A preview does not know the id of its stack.
    const preview = { ...inputs, name: "moved", __preview: true, __stack: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    await lab.plugin.check("Vm", inputs, preview);
    await check("last", blank({ name: "reader", vmid: 2001 }));
    await warned(/^Vm \S+: name: reader is also the name of the VM of resource reader/);
    assert.ok(!told(/10\.0\.0\.77 is also given/));
  });
});

import assert from "node:assert/strict";
import { ChangingVm } from "../../support/changing-vm";
import { tagOf } from "../../support/volume-tags";

describe("a VM for whose next boot an administrator has left changes, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };
  const data = { slot: "sata1", storage: "local-lvm", sizeGiB: 1 };
  const args = { disks: [boot, data], started: true };

  beforeEach(async () => {
    vm = await ChangingVm.start(args);
  });
  afterEach(() => vm.close());

  const content = (slot: string) => tagOf(vm.lab.sim.world, vm.config()[slot]?.split(",")[0] ?? "");
  const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  /** The administrator detaches a disk: while the VM runs it waits. */
  const detach = (slot: string) => (vm.guest().pendingDelete[slot] = { force: false });

  /** An update as the engine does it; answers how often the VM was rebooted. */
  async function update(more: Record<string, unknown>): Promise<number> {
    const from = vm.lab.sim.requests.length;
    const wanted = vm.lab.inputs("Vm", "hw", { ...vm.base, ...args, ...more });
    const { inputs } = await vm.lab.plugin.check("Vm", {}, wanted);
    vm.properties = (await vm.lab.plugin.update("Vm", vm.id, vm.properties, inputs)).properties;
    return vm.lab.sim.requests.slice(from).filter(({ path }) => path.endsWith("/status/reboot")).length;
  }

  it("is not rebooted for them by a change whose preview says nothing of a reboot", async () => {
    vm.guest().pending["machine"] = "q35";
    assert.equal(await update({ description: "new" }), 0);
    assert.match(said(), /machine of VM \d+ waits for its next reboot, and not because of this change/);
    assert.equal(await update({ description: "new", cores: 2 }), 1);
    assert.equal(vm.config()["machine"], "q35");
  });

  it("is rebooted for what an earlier update has left, which failed", async () => {
    const fault = {
      task: "qmreboot",
      count: 1,
      effect: { kind: "task-fail", text: "VM quit/powerdown failed" },
    } as const;
    vm.lab.sim.simulation.faults.add(fault);
    await assert.rejects(update({ cores: 2 }), /powerdown failed/);
    assert.equal(await update({ cores: 2 }), 1);
    assert.equal(vm.config()["cores"], "2");
  });

  it("keeps a disk of the program, with its content, that shall be detached then", async () => {
    const before = content("sata1");
    detach("sata1");
    const read = await vm.lab.plugin.read("Vm", vm.id, vm.properties);
    assert.equal((read.properties["disks"] as unknown[]).length, 1);
    vm.properties = read.properties;
    assert.equal(await update({ description: "new" }), 0);
    assert.equal(content("sata1"), before);
    assert.deepEqual([vm.guest().pendingDelete, vm.guest().pending], [{}, {}]);
    assert.equal(vm.volumes().length, 2);
  });

  it("is not deleted with a disk of somebody else that shall be detached then, running or stopped", async () => {
    const theirs = `more:${vm.id}/vm-${vm.id}-theirs.raw`;
    const node = vm.lab.sim.world.nodes["pve1"];
    assert.ok(node);
    const file = { format: "raw", size: 1024 ** 3, bytes: 1024 ** 3, data: 0, ctime: 1, tag: "theirs" } as const;
    node.volumes["/srv/more"] = { [`${vm.id}/vm-${vm.id}-theirs.raw`]: file };
    vm.guest().config["sata3"] = `${theirs},size=1G`;
    detach("sata3");
    const deletion = () => vm.lab.plugin.delete("Vm", vm.id, vm.properties);
    await assert.rejects(deletion(), /parts that this program does not know.*volume sata3 \(more:.*theirs/);
    assert.ok(vm.guest().running);
    // A guest that powers itself off keeps what waits until it is started.
    delete vm.guest().running;
    await assert.rejects(deletion(), /parts that this program does not know.*volume sata3 \(more:.*theirs/);
    assert.equal(tagOf(vm.lab.sim.world, theirs), "theirs");
  });
});

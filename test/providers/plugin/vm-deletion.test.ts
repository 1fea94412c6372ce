import assert from "node:assert/strict";
import { asSoonAs } from "../../support/eventually";
import { ChangingVm } from "../../support/changing-vm";

describe("a VM that is deleted, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  beforeEach(async () => {
    vm = await ChangingVm.start({ started: true });
  });
  afterEach(() => vm.close());

  /** Deletes it, and does something as soon as a request of this kind has come. */
  async function deleting(method: string, path: RegExp, meanwhile: () => void): Promise<string> {
    const { lab } = vm;
    const from = lab.sim.requests.length;
    const done = lab.plugin.delete("Vm", vm.id, vm.properties).then(
      () => "deleted",
      (error: Error) => error.message,
    );
    await asSoonAs("the request", () =>
      lab.sim.requests.slice(from).some((one) => one.method === method && path.test(one.path)),
    );
    meanwhile();
    return done;
  }
  const recycle = () => {
    const guest = vm.guest();
    guest.config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
    guest.config["description"] = "somebody else's";
  };
  const deletions = () => vm.lab.sim.requests.filter(({ method }) => method === "DELETE").length;

  it("is not when its VMID is another guest's after the wait for a lock", async () => {
    vm.lab.sim.simulation.faults.add({
      task: "qmdestroy",
      count: 1,
      effect: { kind: "task-fail", text: `can't lock file '/var/lock/qemu-server/lock-${vm.id}.conf' - got timeout` },
    });
    assert.match(await deleting("DELETE", /qemu\/\d+$/, recycle), /not the one that this resource made.*not touched/);
    assert.equal(deletions(), 1);
    assert.equal(vm.guest().config["description"], "somebody else's");
  });

  it("is not even shut down when its VMID is another guest's after the wait for a lock", async () => {
    vm.lab.sim.simulation.faults.add({
      task: "qmshutdown",
      count: 1,
      effect: { kind: "task-fail", text: `can't lock file '/var/lock/qemu-server/lock-${vm.id}.conf' - got timeout` },
    });
    assert.match(await deleting("POST", /status\/shutdown$/, recycle), /not the one that this resource made/);
    assert.ok(vm.guest().running);
    assert.equal(deletions(), 0);
  });

  it("is not when its VMID is another guest's after it was shut down", async () => {
    assert.match(await deleting("POST", /status\/shutdown$/, recycle), /not the one that this resource made/);
    assert.equal(deletions(), 0);
  });

  it("is not when somebody attaches a disk to it while it is shut down", async () => {
    const attach = () => (vm.guest().config["scsi7"] = `more:${vm.id}/vm-${vm.id}-theirs.raw,size=1G`);
    assert.match(await deleting("POST", /status\/shutdown$/, attach), /parts that this program does not know.*theirs/);
    assert.equal(deletions(), 0);
  });

  it("is done when somebody else deletes it meanwhile", async () => {
    const { guests } = Object.values(vm.lab.sim.world.clusters)[0] as { guests: Record<string, unknown> };
    assert.equal(await deleting("POST", /status\/shutdown$/, () => delete guests[vm.id]), "deleted");
    assert.equal(deletions(), 0);
  });
});

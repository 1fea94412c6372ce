import assert from "node:assert/strict";
import { asSoonAs } from "../../support/eventually";
import { ChangingVm } from "../../support/changing-vm";
import type { Properties } from "../../support/plugin";

describe("a VM whose VMID is another guest's after the wait for a lock, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };
  const data = (slot: string) => ({ slot, storage: "local-lvm", sizeGiB: 1 });
  const before = { disks: [boot, data("scsi1")], started: true };

  beforeEach(async () => {
    vm = await ChangingVm.start(before);
  });
  afterEach(() => vm.close());

  const tried: readonly (readonly [what: string, task: string, path: RegExp, change: Properties])[] = [
    ["shut down", "qmshutdown", /status\/shutdown$/, { ...before, started: false }],
    ["rebooted", "qmreboot", /status\/reboot$/, { ...before, cores: 2 }],
    ["shut down to move a disk", "qmshutdown", /status\/shutdown$/, { ...before, disks: [boot, data("scsi2")] }],
  ];
  for (const [what, task, path, change] of tried)
    it(`is not ${what}`, async () => {
      const { sim, plugin } = vm.lab;
      const text = `can't lock file '/var/lock/qemu-server/lock-${vm.id}.conf' - got timeout`;
      sim.simulation.faults.add({ task, count: 1, effect: { kind: "task-fail", text } });
      const inputs = (args: Properties) => vm.lab.inputs("Vm", "hw", { ...vm.base, ...args });
      const wanted = await plugin.check("Vm", inputs(before), inputs(change));
      const done = assert.rejects(
        plugin.update("Vm", vm.id, vm.properties, wanted.inputs),
        /not the one that this resource made.*not touched/,
      );
      const sent = () => sim.requests.filter((one) => one.method === "POST" && path.test(one.path)).length;
      await asSoonAs("the request", () => sent() > 0);
      vm.guest().config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
      vm.guest().config["description"] = "somebody else's";
      await done;
      assert.equal(sent(), 1);
      assert.ok(vm.guest().running);
    });
});

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "../../../pve";
import { ChangingVm } from "../../support/changing-vm";

describe("a move of disks that is killed while the VM is shut down, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };
  const to = (slot: string) => ({ disks: [boot, { slot, storage: "local-lvm", sizeGiB: 1 }] });
  const shutdown = /status\/shutdown$/;

  before(async () => {
    vm = await ChangingVm.start({ ...to("scsi1"), started: true });
    await vm.become({ ...to("scsi1"), description: "its power state is its owner's" });
  });
  after(() => vm.close());

  const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const power = (from: number) =>
    vm.lab.sim.requests.slice(from).flatMap(({ path }) => /status\/(start|shutdown|stop)$/.exec(path)?.[1] ?? []);
  async function stopped(): Promise<void> {
    while (vm.guest().running) await turn();
  }

  it("is completed by the next up, which starts the VM again", async () => {
    await vm.interrupted(to("scsi2"), shutdown);
    await stopped();
    const { length } = vm.lab.sim.requests;
    await vm.become(to("scsi2"));
    assert.ok(vm.guest().running && vm.config()["scsi2"]);
    assert.deepEqual(power(length), ["start"]);
    assert.match(said(), /was shut down by an update that was interrupted: it is started again/);
    assert.doesNotMatch(vm.config()["description"] ?? "", /restart=/);
  });

  it("is completed without a start when somebody has started and stopped the VM since", async () => {
    await vm.interrupted(to("scsi3"), shutdown);
    await stopped();
    const { sim } = vm.lab;
    const { api, close } = connect({
      endpoints: sim.nodes.map(({ url }) => url),
      tls: { fingerprints: sim.nodes.map(({ fingerprint }) => fingerprint) },
      // As the provider itself: only the order of what happened tells who stopped it.
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    });
    const { status } = api.nodes.$("pve1").qemu.$(Number(vm.id));
    await status.start.$post();
    while (!vm.guest().running) await turn();
    await status.shutdown.$post();
    await stopped();
    close();
    const { length } = sim.requests;
    await vm.become(to("scsi3"));
    assert.ok(!vm.guest().running && vm.config()["scsi3"]);
    assert.deepEqual(power(length), []);
    assert.match(said(), /somebody may have stopped it since: it stays stopped/);
    assert.doesNotMatch(vm.config()["description"] ?? "", /restart=/);
  });

  it("starts no VM that was stopped when it began", async () => {
    await vm.interrupted(to("scsi4"), /\/config$/);
    await vm.become(to("scsi4"));
    assert.ok(!vm.guest().running && vm.config()["scsi4"]);
  });
});

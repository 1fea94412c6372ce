import assert from "node:assert/strict";
import { connect } from "../../../pve";
import { asSoonAs } from "../../support/eventually";
import { ChangingVm } from "../../support/changing-vm";
import { secretValue } from "../../support/secret-values";

const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };
const to = (slot: string) => ({ disks: [boot, { slot, storage: "local-lvm", sizeGiB: 1 }] });
const shutdown = /status\/shutdown$/;

describe("a move of disks that is killed while the VM is shut down, through Pulumi's plugin", function () {
  let vm: ChangingVm;

  before(async () => {
    vm = await ChangingVm.start({ ...to("scsi1"), started: true });
    await vm.become({ ...to("scsi1"), description: "its power state is its owner's" });
  });
  after(() => vm.close());

  const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const power = (from: number) =>
    vm.lab.sim.requests.slice(from).flatMap(({ path }) => /status\/(start|shutdown|stop)$/.exec(path)?.[1] ?? []);
  async function stopped(): Promise<void> {
    await asSoonAs("the VM is stopped", () => !vm.guest().running);
  }

  function asProvider() {
    const { sim } = vm.lab;
    return connect({
      endpoints: sim.nodes.map(({ url }) => url),
      tls: { fingerprints: sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    });
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
    // As the provider itself: only the order of what happened tells who stopped it.
    const { api, close } = asProvider();
    const { status } = api.nodes.$("pve1").qemu.$(Number(vm.id));
    await status.start.$post();
    await asSoonAs("the VM runs again", () => vm.guest().running !== undefined);
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

  it("is completed with a start also after a second kill, while the shutdown of the first run is still at work", async () => {
    const { api, close } = asProvider();
    await api.nodes.$("pve1").qemu.$(Number(vm.id)).status.start.$post();
    close();
    await asSoonAs("the VM runs again", () => vm.guest().running !== undefined);
    const running = structuredClone(vm.guest().running);
    await vm.interrupted(to("scsi5"), shutdown);
    await stopped();
    vm.guest().running = running as NonNullable<typeof running>;
    vm.lab.sim.simulation.faults.add({
      task: "qmshutdown",
      count: 1,
      effect: { kind: "task-fail", text: "VM quit/powerdown failed" },
    });
    await vm.interrupted(to("scsi5"), shutdown);
    delete vm.guest().running;
    await vm.become(to("scsi5"));
    assert.ok(vm.guest().running && vm.config()["scsi5"]);
  });
});

describe("a move of disks by root with its password, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  before(async () => {
    const config = {
      "proxmox:tokenId": "",
      "proxmox:tokenSecret": "",
      "proxmox:username": "root@pam",
      "proxmox:password": secretValue("the simulator's password of root"),
    };
    vm = await ChangingVm.start({ ...to("scsi1"), started: true }, config);
    await vm.become({ ...to("scsi1"), description: "its power state is its owner's" });
  });
  after(() => vm.close());
  const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");

  it("whose answer is lost starts the VM again", async () => {
    vm.lab.sim.simulation.faults.add({
      route: "POST /nodes/{node}/qemu/{vmid}/status/shutdown",
      count: 1,
      effect: { kind: "reset", handled: true },
    });
    await vm.become(to("scsi2"));
    assert.equal(vm.lab.sim.simulation.faults.struck["reset"], 1);
    assert.ok(vm.guest().running && vm.config()["scsi2"]);
  });

  it("that is killed leaves it stopped: an administrator signs in as root too", async () => {
    await vm.interrupted(to("scsi3"), shutdown);
    await asSoonAs("the VM is stopped", () => !vm.guest().running);
    await vm.become(to("scsi3"));
    assert.ok(!vm.guest().running && vm.config()["scsi3"]);
    assert.match(said(), /root@pam has shut it down since, as that update or by hand: it stays stopped; start it, or/);
  });
});

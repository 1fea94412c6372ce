import assert from "node:assert/strict";
import { connect } from "../../../pve";
import { asSoonAs } from "../../support/eventually";
import { ChangingVm } from "../../support/changing-vm";
import { tagOf } from "../../support/volume-tags";
import type { Properties } from "../../support/plugin";

describe("the disks of a VM, through Pulumi's plugin", function () {
  let vm: ChangingVm;
  const boot = { slot: "scsi0", storage: "local-lvm", sizeGiB: 3 };
  const data = { slot: "scsi1", storage: "local-lvm", sizeGiB: 1 };

  beforeEach(async () => {
    vm = await ChangingVm.start({ disks: [boot, data], started: false });
  });
  afterEach(() => vm.close());

  const volume = (slot: string) => vm.config()[slot]?.split(",")[0] ?? "";
  const content = (slot: string) => tagOf(vm.lab.sim.world, volume(slot));
  const unused = () =>
    Object.entries(vm.config())
      .filter(([key]) => key.startsWith("unused"))
      .map(([, text]) => text);
  /** The volume that an administrator makes in a slot, by hand. */
  function foreign(slot: string, name = "vm-100-foreign"): string {
    const own = name.replace("100", vm.id);
    const store = vm.lab.sim.world.nodes["pve1"]?.volumes["/srv/more"] ?? {};
    store[`${vm.id}/${own}.raw`] = { format: "raw", size: 1024 ** 3, bytes: 1024 ** 3, data: 0, ctime: 1, tag: own };
    (vm.lab.sim.world.nodes["pve1"] as { volumes: Record<string, unknown> }).volumes["/srv/more"] = store;
    vm.guest().config[slot] = `more:${vm.id}/${own}.raw,size=1G`;
    return `more:${vm.id}/${own}.raw`;
  }
  const said = () => vm.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const requests = (from: number) => vm.lab.sim.requests.slice(from).filter(({ method }) => method !== "GET");

  it("go to another slot with their volume, their options and their place in the boot order", async () => {
    await vm.become({ disks: [{ ...boot, discard: true, ioThread: true }, data], started: false });
    vm.guest().config["scsi1"] += ",backup=0";
    const before = [content("scsi0"), content("scsi1")];
    await vm.become({
      disks: [
        { ...boot, slot: "virtio0", discard: true, ioThread: true },
        { ...data, slot: "sata1" },
      ],
      started: false,
    });
    assert.deepEqual([content("virtio0"), content("sata1")], before);
    assert.match(vm.config()["virtio0"] ?? "", /discard=on,iothread=1/);
    assert.match(vm.config()["sata1"] ?? "", /backup=0/);
    assert.deepEqual([vm.config()["scsi0"], vm.config()["scsi1"], unused()], [undefined, undefined, []]);
    assert.equal(vm.config()["boot"], "order=virtio0");
    assert.equal(vm.volumes().length, 2);
    await vm.lab.plugin.delete("Vm", vm.id, vm.properties);
    assert.deepEqual(vm.volumes(), []);
  });

  it("stay where they are when only the slot that they have is written down", async () => {
    const { slot: _, ...bare } = boot;
    await vm.become({ disks: [bare, { ...data, slot: undefined }], started: false });
    const before = requests(0).length;
    const [first, second] = [content("scsi0"), content("scsi1")];
    await vm.become({ disks: [boot, data], started: false });
    assert.deepEqual([content("scsi0"), content("scsi1")], [first, second]);
    assert.equal(requests(0).length, before);
  });

  it("exchange their slots", async () => {
    const before = [content("scsi0"), content("scsi1")];
    await vm.become({
      disks: [
        { ...boot, slot: "scsi1" },
        { ...data, slot: "scsi0" },
      ],
      started: false,
    });
    assert.deepEqual([content("scsi1"), content("scsi0")], before);
    assert.equal(vm.config()["boot"], "order=scsi1");
    assert.deepEqual(unused(), []);
  });

  it("are not moved when only the list is in another order", async () => {
    await vm.become({ disks: [boot, data], started: false, description: "in order" });
    const before = [content("scsi0"), content("scsi1")];
    const from = vm.lab.sim.requests.length;
    await vm.become({ disks: [data, boot], started: false, description: "in order" });
    assert.deepEqual([content("scsi0"), content("scsi1")], before);
    assert.deepEqual(requests(from), []);
  });

  it("of a running VM are moved while it is shut down, which the preview says and allowReboot forbids", async () => {
    await vm.become({ disks: [boot, data], started: true });
    const moved = [boot, { ...data, slot: "scsi5" }];
    assert.match(
      (await vm.problems({ disks: moved, started: true, allowReboot: false })).join(),
      /disks\[1\]\.slot: this change needs a reboot, and allowReboot is false/,
    );
    const before = content("scsi1");
    const from = vm.lab.sim.requests.length;
    await vm.become({ disks: moved, started: true });
    assert.match(said(), /reboot: disks\[1\]\.slot \(scsi1 → scsi5, with its volume\)/);
    assert.equal(content("scsi5"), before);
    assert.ok(vm.guest().running);
    const power = requests(from)
      .map(({ path }) => /status\/\w+$/.exec(path)?.[0])
      .filter(Boolean);
    assert.deepEqual(power, ["status/shutdown", "status/start"]);
  });

  it("that an interrupted run has detached are attached again, and boot", async () => {
    const before = content("scsi0");
    const first = volume("scsi0");
    delete vm.guest().config["scsi0"];
    Object.assign(vm.guest().config, { unused0: first, boot: "order=net0" });
    await vm.become({ disks: [{ ...boot, slot: "virtio0" }, data], started: false });
    assert.equal(content("virtio0"), before);
    assert.deepEqual(unused(), []);
    assert.equal(vm.config()["boot"], "order=virtio0;net0");
  });

  it("that somebody has detached are attached again, not made anew", async () => {
    const before = content("scsi1");
    vm.guest().config["unused0"] = volume("scsi1");
    delete vm.guest().config["scsi1"];
    const read = await vm.lab.plugin.read("Vm", vm.id, vm.properties);
    assert.equal((read.properties["disks"] as Properties[]).length, 1);
    vm.properties = read.properties;
    await vm.become({ disks: [boot, data], started: false, description: "x" });
    assert.equal(content("scsi1"), before);
    assert.equal(vm.volumes().length, 2);
  });

  it("stay with what somebody has put into their slot: which one is meant cannot be told", async () => {
    const [ours, name] = [content("scsi1"), volume("scsi1")];
    vm.guest().config["unused0"] = volume("scsi1");
    const theirs = foreign("scsi1");
    await vm.become({ disks: [boot], started: false });
    assert.equal(tagOf(vm.lab.sim.world, theirs), "vm-" + vm.id + "-foreign");
    assert.deepEqual(unused().sort(), [name, theirs].sort());
    assert.equal(tagOf(vm.lab.sim.world, name), ours);
    assert.match(
      said(),
      /detaches more:.* from scsi1, which this program has not made for it: it stays as an unused disk; local-lvm:vm-\d+-disk-1, which is detached, stays as it is/,
    );
    assert.match(
      said(),
      /scsi1 held more:.*, which this program has not made for it: it is detached, .*so does local-lvm/,
    );
  });

  it("stay so in the next attempt too, when the slot is empty and something unknown is unused", async () => {
    const name = volume("scsi1");
    const ours = content("scsi1");
    const theirs = foreign("scsi1");
    Object.assign(vm.guest().config, { unused0: name, unused1: theirs });
    delete vm.guest().config["scsi1"];
    await vm.become({ disks: [boot], started: false });
    assert.equal(tagOf(vm.lab.sim.world, name), ours);
    assert.match(said(), /scsi1: local-lvm:vm-\d+-disk-1, which is detached, stays as an unused disk/);
  });

  it("are not removed when the VMID is another guest's by the time that they are detached", async () => {
    const [from, theirs] = [vm.lab.sim.requests.length, volume("scsi1")];
    const done = vm.become({ disks: [boot], started: false });
    const detaching = ({ method, params }: (typeof vm.lab.sim.requests)[number]) =>
      method === "POST" && (params as Properties)["delete"] === "scsi1";
    await asSoonAs("the disk is detached", () => vm.lab.sim.requests.slice(from).some(detaching));
    vm.guest().config["smbios1"] = "uuid=11111111-2222-4333-8444-555555555555";
    vm.guest().config["description"] = "somebody else's";
    await assert.rejects(done, /not the one that this resource made.*not touched/);
    assert.deepEqual(unused(), [theirs]);
    assert.notEqual(tagOf(vm.lab.sim.world, theirs), undefined);
  });

  it("that somebody else has attached stay, also after a refresh, and when their slot is removed", async () => {
    const theirs = foreign("scsi1");
    vm.properties = (await vm.lab.plugin.read("Vm", vm.id, vm.properties)).properties;
    await vm.become({ disks: [boot], started: false, description: "y" });
    assert.deepEqual(unused(), [theirs]);
    await assert.rejects(
      vm.lab.plugin.delete("Vm", vm.id, vm.properties),
      /parts that this program does not know.*vm-\d+-foreign/,
    );
    assert.ok(vm.guest());
  });

  it("of somebody else are copied to another storage, and their source stays", async () => {
    const theirs = foreign("scsi1");
    await vm.become({ disks: [boot, data], started: false, description: "moved" });
    assert.match(volume("scsi1"), /^local-lvm:/);
    assert.deepEqual(unused(), [theirs]);
  });

  it("beside a CD drive in whose slot somebody has put the cloud-init drive leave that alone", async () => {
    await vm.become({ disks: [boot, data], started: false, cdroms: [{ slot: "ide0", iso: "local:iso/a.iso" }] });
    vm.guest().config["ide0"] = `local-lvm:vm-${vm.id}-cloudinit,media=cdrom`;
    await vm.become({ disks: [boot, data], started: false, description: "without the CD drive" });
    assert.match(vm.config()["ide0"] ?? "", /cloudinit/);
  });

  it("that a failed update has made are the program's, though its state does not name them", async () => {
    const more = { slot: "scsi4", storage: "more", sizeGiB: 1 };
    const start = { task: "qmstart", count: 1, effect: { kind: "task-fail", text: "no memory" } } as const;
    vm.lab.sim.simulation.faults.add(start);
    await assert.rejects(vm.become({ disks: [boot, data, more], started: true }), /no memory/);
    assert.match(volume("scsi4"), /^more:/);
    await vm.become({ disks: [boot, data, more], started: false, description: "again" });
    await vm.become({ disks: [boot, data], started: false, description: "again" });
    assert.deepEqual([vm.config()["scsi4"], unused(), vm.volumes().length], [undefined, [], 2]);
  });

  it("that somebody has moved to another storage are the program's, and go with the VM", async () => {
    const { sim } = vm.lab;
    const { api, close } = connect({
      endpoints: sim.nodes.map(({ url }) => url),
      tls: { fingerprints: sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    });
    const machine = api.nodes.$("pve1").qemu.$(Number(vm.id));
    await machine.move_disk.$post({ disk: "scsi1", storage: "more", delete: true });
    await asSoonAs("the disk has moved", () => volume("scsi1").startsWith("more:") && vm.volumes().length <= 2);
    close();
    const read = await vm.lab.plugin.read("Vm", vm.id, vm.properties);
    await vm.lab.plugin.delete("Vm", vm.id, vm.properties);
    assert.equal(vm.volumes().length, 0);
    assert.equal((read.properties["disks"] as Properties[])[1]?.["storage"], "more");
  });

  it("are not moved, nor is the VM shut down, when one would have to shrink that somebody has grown", async () => {
    await vm.become({ disks: [boot, data], started: true });
    for (const store of Object.values(vm.lab.sim.world.nodes["pve1"]?.volumes ?? {}))
      for (const [name, one] of Object.entries(store)) if (name.endsWith("disk-1")) one.size = 5 * 1024 ** 3;
    vm.guest().config["scsi1"] = vm.config()["scsi1"]?.replace("size=1G", "size=5G") as string;
    const from = vm.lab.sim.requests.length;
    const moved = { disks: [boot, { ...data, slot: "scsi5" }], started: true };
    await assert.rejects(vm.become(moved), /disks\[1\]\.sizeGiB:.* has 5 GiB and cannot shrink/);
    assert.deepEqual(requests(from), []);
  });

  it("take the old kind of boot order along", async () => {
    Object.assign(vm.config(), { boot: "cdn", bootdisk: "scsi0" });
    await vm.become({ disks: [{ ...boot, slot: "virtio0" }, data], started: false });
    assert.equal(vm.config()["bootdisk"], "virtio0");
  });

  it("that are gone are made anew, which is told", async () => {
    delete vm.guest().config["scsi1"];
    await vm.become({ disks: [boot, data], started: false, description: "x" });
    assert.match(said(), /disks\[1\]: the volume of scsi1 is gone; an empty one is made in its place/);
  });

  it("and the TPM that somebody has detached is attached again; a preview says when it is destroyed", async () => {
    const tpm = { storage: "local-lvm" };
    await vm.become({ disks: [boot, data], started: false, tpm });
    const before = content("tpmstate0");
    vm.guest().config["unused0"] = volume("tpmstate0");
    delete vm.guest().config["tpmstate0"];
    vm.properties = (await vm.lab.plugin.read("Vm", vm.id, vm.properties)).properties;
    await vm.become({ disks: [boot, data], started: false, tpm, description: "x" });
    assert.deepEqual([content("tpmstate0"), unused()], [before, []]);
    await vm.become({ disks: [boot, data], started: false, description: "x" });
    assert.match(said(), /tpm \(removes local-lvm:vm-\d+-disk-2 with its data\)/);
    assert.equal(vm.volumes().length, 2);
  });

  it("take no slot that something else has", async () => {
    foreign("virtio3");
    const from = vm.lab.sim.requests.length;
    const inputs = await vm.lab.plugin.check(
      "Vm",
      {},
      vm.lab.inputs("Vm", "hw", { ...vm.base, disks: [boot, { ...data, slot: "virtio3" }] }),
    );
    await vm.lab.plugin.diff("Vm", vm.id, vm.properties, inputs.inputs);
    assert.match(said(), /scsi1 → virtio3, with its volume; refused as long as virtio3 holds more:/);
    await assert.rejects(
      vm.lab.plugin.update("Vm", vm.id, vm.properties, inputs.inputs),
      /virtio3 holds more:.*write another slot/,
    );
    assert.deepEqual(requests(from), []);
  });
});

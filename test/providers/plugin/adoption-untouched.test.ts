import assert from "node:assert/strict";
import { connect } from "../../../pve";
import type { Properties } from "../../support/plugin";
import { adoptableWorld } from "../../support/adoptable";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";

const added = "virtio=BC:24:11:00:00:02,bridge=vmbr1";

describe("what an adoption does not name", function () {
  let lab: AnyLab;

  beforeEach(async () => {
    const world = adoptableWorld();
    const guest = Object.values(world.clusters)[0]?.guests["100"];
    assert.ok(guest);
    Object.assign(guest.config, { net1: added, usb0: "spice", usb1: "spice" });
    lab = await Lab.here({ seed: world }, { "proxmox:vmids": "2000-2999" });
  });
  afterEach(() => lab.close());

  const shop = () => {
    const guest = Object.values(lab.sim.world.clusters)[0]?.guests["100"];
    assert.ok(guest);
    return guest;
  };
  const reboots = () => lab.sim.requests.filter(({ path }) => path.endsWith("/status/reboot")).length;

  /** What the row says of the preview, and what is wrong. */
  async function preview(args: Properties): Promise<{ said: string; problems: unknown }> {
    const inputs = lab.inputs("Vm", "adopted", { adopt: true, vmid: 100, ...args });
    const from = lab.plugin.engine.messages.length;
    // A preview does not know the stack's id.
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const checked = await lab.plugin.check("Vm", {}, { ...inputs, __preview: true, __stack: unknown });
    const problems = checked.inputs["__problems"];
    const said = () => lab.plugin.engine.messages.slice(from).map(({ message }) => message);
    if (problems === undefined) await eventually("the adoption", () => said().some((text) => /: adopts/.test(text)));
    return { said: said().find((text) => /: adopts/.test(text)) ?? "", problems };
  }

  async function update(made: Awaited<ReturnType<AnyLab["create"]>>, args: Properties) {
    const given = lab.inputs("Vm", "adopted", { adopt: true, vmid: 100, ...args });
    const { inputs, failures } = await lab.plugin.check("Vm", made.inputs, given);
    assert.deepEqual(failures, []);
    return { ...made, inputs, ...(await lab.plugin.update("Vm", made.id, made.properties, inputs)) };
  }

  it("stays: network devices and others beyond those that are described", async () => {
    const args = { tags: ["shop"], networks: [{ bridge: "vmbr0" }], usb: [{ host: "spice" }] };
    const { said } = await preview(args);
    assert.match(
      said,
      /^Vm \S+: adopts shop \(100\) on golf; changes live: tags; leaves net1, usb1 as they are; destroy will/,
    );
    const made = await lab.create("Vm", "adopted", { adopt: true, vmid: 100, ...args });
    assert.deepEqual([shop().config["net1"], shop().config["usb1"]], [added, "spice"]);
    const read = await lab.plugin.read("Vm", made.id, made.properties);
    assert.deepEqual(read.inputs, made.inputs, "what nobody described is no drift");
    const next = await update(made, { ...args, networks: [] });
    assert.equal(shop().config["net0"], undefined, "the program had named it");
    assert.equal(shop().config["net1"], added);
    await update(next, { tags: ["shop"] });
    assert.deepEqual([shop().config["net1"], shop().config["usb1"]], [added, "spice"]);
    assert.equal(shop().config["usb0"], undefined);
  });

  it("stays: a device that somebody put into the place of one that was described", async () => {
    const both = [{ bridge: "vmbr0" }, { bridge: "vmbr1" }];
    const made = await lab.create("Vm", "adopted", { adopt: true, vmid: 100, networks: both });
    shop().config["net1"] = "virtio=BC:24:11:00:00:09,bridge=vmbr1";
    const next = await update(made, { networks: [{ bridge: "vmbr0" }] });
    assert.equal(shop().config["net1"], "virtio=BC:24:11:00:00:09,bridge=vmbr1");
    assert.deepEqual(next.properties["macs"], ["BC:24:11:00:00:01", "BC:24:11:00:00:09"]);
  });

  it("removes a network of a state that does not tell slots yet, by its address", async () => {
    const both = [{ bridge: "vmbr0" }, { bridge: "vmbr1" }];
    const made = await lab.create("Vm", "adopted", { adopt: true, vmid: 100, networks: both });
    shop().config["net2"] = "virtio=BC:24:11:00:00:03,bridge=vmbr2";
    const { __nics: _, ...old } = made.properties;
    const read = await lab.plugin.read("Vm", made.id, old);
    assert.equal("__nics" in read.properties, false, "a refresh of such a state shows nothing new");
    await update({ ...made, properties: old }, { networks: [{ bridge: "vmbr0" }] });
    assert.equal(shop().config["net1"], undefined);
    assert.equal(shop().config["net2"], "virtio=BC:24:11:00:00:03,bridge=vmbr2");
  });

  it("shows in preview all that is described and differs", async () => {
    const { said, problems } = await preview({
      memoryMiB: 2048,
      networks: [{ bridge: "vmbr0" }, { bridge: "vmbr9", vlan: 5 }, { bridge: "vmbr0" }],
      disks: [
        { storage: "files", sizeGiB: 4 },
        { slot: "scsi1", storage: "local-lvm", sizeGiB: 1 },
        { slot: "scsi3", storage: "local-lvm", sizeGiB: 8 },
      ],
      efiDisk: { storage: "files" },
      tpm: { storage: "local-lvm" },
      started: true,
    });
    assert.equal(problems, undefined);
    assert.match(
      said,
      new RegExp(
        "^Vm adopted: adopts shop \\(100\\) on golf; changes live: disks\\[0\\].storage, disks\\[1\\], disks\\[2\\].sizeGiB, " +
          "efiDisk.storage, memoryMiB, networks\\[1\\].bridge, networks\\[1\\].vlan, networks\\[2\\], started, tpm; destroy",
      ),
    );
    delete shop().config["ide2"];
    const drive = await preview({ cloudInit: { user: "admin" } });
    assert.match(drive.said, /changes live: cloudInit.user, cloudInit \(a drive is added\)/);
  });

  it("tells at preview what cannot be done to the guest", async () => {
    const { problems } = await preview({
      disks: [{ storage: "local-lvm", sizeGiB: 1 }, { storage: "local-lvm" }],
      efiDisk: { storage: "local-lvm", type: "2m" },
      cdroms: [
        { slot: "scsi3", iso: "none" },
        { slot: "ide2", iso: "none" },
      ],
    });
    assert.deepEqual(problems, [
      "disks[0].sizeGiB: disk scsi0 has 4 GiB and cannot shrink; write at least 4",
      "disks[1].sizeGiB: is required: the guest has no disk scsi1, so a new one is made; write its size in GiB",
      "cdroms[0].slot: scsi3 holds local-lvm:vm-100-disk-2,size=4G already; write another slot",
      "cdroms[1].slot: ide2 holds local-lvm:vm-100-cloudinit,media=cdrom already; write another slot",
      "efiDisk.type: is fixed when it is made, and it was made with 4m; write 4m. Only a new one can have another: remove efiDisk, run pulumi up, and add it again (EFI variables, such as boot entries, are lost)",
    ]);
  });

  it("tells the reboot of a running VM, and never reboots for what others have left waiting", async () => {
    await start();
    shop().pending["sockets"] = "2";
    assert.match((await preview({ cores: 4 })).said, /changes reboot: cores;/);
    assert.match((await preview({ tags: ["shop"] })).said, /changes live: tags;/);
    await lab.create("Vm", "adopted", { adopt: true, vmid: 100, tags: ["shop"], agentTimeout: "0s" });
    assert.equal(reboots(), 0);
    assert.equal(shop().pending["sockets"], "2");
  });

  it("reboots a running VM for a described value that already waits, and says so", async () => {
    await start();
    shop().pending["cores"] = "4";
    assert.match((await preview({ cores: 4 })).said, /changes reboot: cores \(waits for it\);/);
    await lab.create("Vm", "adopted", { adopt: true, vmid: 100, cores: 4, agentTimeout: "0s" });
    assert.equal(reboots(), 1);
    assert.equal(shop().config["cores"], "4");
  });

  it("says that the VM is this resource's from then on, and of a stopped one no reboot", async () => {
    const { said } = await preview({ cores: 4 });
    assert.match(said, /changes live: cores; destroy will delete it, unless retainOnDelete is set$/);
  });

  /** Starts the VM as its administrator would. */
  async function start(): Promise<void> {
    const { api, tasks, close } = connect({
      endpoints: lab.sim.nodes.map(({ url }) => url),
      tls: { fingerprints: lab.sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: lab.sim.token.id, secret: lab.sim.token.secret },
    });
    try {
      const upid = await api.nodes.$("golf").qemu.$(100).status.start.$post();
      await tasks.wait(upid, { what: "starting", timeoutMs: 30_000 });
    } finally {
      close();
    }
  }
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { threeNodes } from "../support/three-nodes";
import { counts, failed, ok } from "../support/results";

const uuid = "3f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80";

describe("adoption of what exists, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const shop = (args: Record<string, unknown>): Described => ({
    kind: "Vm",
    name: "shop",
    args: { adopt: true, vmid: 100, uuid, networks: [{ bridge: "vmbr0" }], ...args },
  });

  before(async () => {
    const world = threeNodes();
    const [cluster] = Object.values(world.clusters);
    const golf = world.nodes["golf"];
    assert.ok(cluster && golf);
    const size = 2 ** 32;
    const disk = () => ({ format: "raw", size, bytes: size, data: 0, ctime: 0 });
    golf.volumes["lvmthin:pve/data"] = Object.fromEntries(
      ["disk-0", "disk-1", "disk-2", "cloudinit"].map((name) => [`vm-100-${name}`, disk()]),
    );
    cluster.guests["100"] = {
      ...{ vmid: 100, type: "qemu", node: "golf", pending: {}, pendingDelete: {}, snapshots: {} },
      config: {
        ...{ name: "the-shop", smbios1: `uuid=${uuid}`, bios: "ovmf", cores: "2", memory: "1024", boot: "order=scsi0" },
        net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1",
        efidisk0: "local-lvm:vm-100-disk-0,efitype=4m,size=4M",
        scsi0: "local-lvm:vm-100-disk-1,size=4G",
        scsi3: "local-lvm:vm-100-disk-2,size=4G",
        ide2: "local-lvm:vm-100-cloudinit,media=cdrom",
        description: "sells things",
      },
    };
    sim = await startSimulator({ seed: world });
    lab = await DescribedStack.create(sim, [shop({ cores: 4, cloudInit: { user: "admin" } })]);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const config = () => Object.values(sim.world.clusters)[0]?.guests["100"]?.config ?? {};

  it("previews what it would change, and no replacement", async () => {
    const preview = ok(await lab.stack.preview());
    assert.match(preview.stdout, /adopts the-shop \(100\) on golf; changes .*cores/);
    assert.deepEqual(Object.keys(counts(preview)), ["create"]);
    assert.equal(config()["cores"], "2");
  });

  it("takes the VM over once; then there is nothing to change", async () => {
    const before = { ...config() };
    ok(await lab.stack.up());
    const { cores, ciuser, description, ...rest } = config();
    const { cores: _, description: __, ...kept } = before;
    assert.deepEqual([cores, ciuser], ["4", "admin"]);
    assert.match(
      description ?? "",
      /^sells things\n<!-- pulumi-proxmox-cluster owner=[0-9a-f]{24} uuid=[0-9a-f-]{36} -->$/,
    );
    assert.deepEqual(rest, kept);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.preview()))), ["same"]);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.refresh()))), ["same"]);
    assert.deepEqual(Object.keys(counts(ok(await lab.stack.preview("--diff")))), ["same"]);
  });

  it("leaves it to nobody else: a second stack is refused", async () => {
    const other = await DescribedStack.create(sim, [shop({ cores: 1 })]);
    try {
      assert.match(
        ok(await other.stack.preview()).stdout,
        /adopts the-shop \(100\) on golf; only if it is this resource of this stack that let go of it/,
      );
      assert.match(failed(await other.stack.up()), /it belongs to another resource/);
      other.describe([shop({ cores: 1, uuid: undefined })]);
      assert.match(
        failed(await other.stack.preview()),
        /vmid: cannot adopt the-shop \(100\) on golf: it belongs to another/,
      );
    } finally {
      await other.stack.close();
    }
    assert.equal(config()["cores"], "4");
  });

  it("never removes what was not described", async () => {
    assert.match(failed(await lab.stack.destroy()), /has parts that this program does not know.*scsi3/);
    assert.equal(config()["scsi3"], "local-lvm:vm-100-disk-2,size=4G");
  });
});

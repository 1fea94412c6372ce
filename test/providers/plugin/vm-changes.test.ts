import assert from "node:assert/strict";
import { connect } from "../../../pve";
import type { Properties } from "../../support/plugin";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import { imageOn } from "../../support/three-nodes";

interface Made {
  readonly id: string;
  properties: Properties;
  inputs: Properties;
}

describe("a VM from a cloud image", function () {
  let lab: AnyLab;
  let vm: Made;

  before(async () => {
    const world = labWorld("matrix");
    for (const cluster of Object.values(world.clusters)) {
      cluster.pools["web"] = { comment: "", vms: [], storage: [] };
      cluster.storages["more"] = { type: "dir", path: "/srv/more", content: "images" };
    }
    lab = await Lab.here({ seed: world });
    const file = await lab.create("CloudImage", "debian", imageOn("golf"));
    vm = await lab.create("Vm", "app", {
      node: "golf",
      source: { imageVolumeId: file.properties["volumeId"] },
      cores: 2,
      memoryMiB: 1024,
      agent: true,
      disks: [
        { slot: "scsi0", storage: "local-lvm", sizeGiB: 5, discard: true },
        { slot: "scsi1", storage: "local-lvm", sizeGiB: 1 },
      ],
      networks: [{ bridge: "vmbr0" }, { bridge: "vmbr1", vlan: 30 }],
      cloudInit: {
        user: "admin",
        addresses: [{ address: "192.168.3.50/24", gateway: "192.168.3.1" }, { address: "dhcp" }],
      },
      started: true,
    });
  });
  after(() => lab.close());

  const guest = () => Object.values(lab.sim.world.clusters)[0]?.guests[vm.id];
  const config = (): Record<string, string | undefined> => guest()?.config ?? {};
  async function change(args: Properties): Promise<void> {
    const { __provider: _, ...rest } = vm.inputs;
    const checked = await lab.plugin.check("Vm", vm.inputs, { ...rest, ...args });
    assert.deepEqual(checked.failures, []);
    const diff = await lab.plugin.diff("Vm", vm.id, vm.properties, checked.inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const { properties } = await lab.plugin.update("Vm", vm.id, vm.properties, checked.inputs);
    vm = { id: vm.id, properties, inputs: checked.inputs };
    assert.equal((await lab.plugin.diff("Vm", vm.id, properties, checked.inputs)).changes, "none");
    const read = await lab.plugin.read("Vm", vm.id, properties);
    assert.deepEqual(read.properties, properties);
  }

  it("is made whole: disks of the wanted size, devices, addresses, running", () => {
    assert.match(config()["scsi0"] ?? "", /^local-lvm:vm-\d+-disk-0,discard=on,size=5G$/);
    assert.match(config()["scsi1"] ?? "", /size=1G/);
    assert.match(config()["net1"] ?? "", /bridge=vmbr1,tag=30/);
    assert.equal(config()["boot"], "order=scsi0");
    assert.equal(config()["ipconfig1"], "ip=dhcp");
    assert.ok((vm.properties["ips"] as string[]).includes("192.168.3.50"));
    assert.ok(guest()?.running);
  });

  it("changes devices in place and keeps their MAC addresses", async () => {
    const before = vm.properties["macs"];
    await change({
      networks: [
        { bridge: "vmbr0", firewall: true },
        { bridge: "vmbr1", vlan: 31 },
      ],
    });
    assert.deepEqual(vm.properties["macs"], before);
    assert.match(config()["net1"] ?? "", /tag=31/);
    await change({
      networks: [{ bridge: "vmbr0", firewall: true }],
      cloudInit: { user: "admin", addresses: [{ address: "192.168.3.50/24", gateway: "192.168.3.1" }] },
    });
    assert.equal(config()["net1"], undefined);
    assert.equal(config()["ipconfig1"], undefined);
  });

  it("moves a disk to another storage while it runs", async () => {
    await change({
      disks: [
        { slot: "scsi0", storage: "local-lvm", sizeGiB: 5, discard: true },
        { slot: "scsi1", storage: "more", sizeGiB: 2 },
      ],
    });
    assert.match(config()["scsi1"] ?? "", /^more:.*size=2G/);
    assert.ok(!Object.keys(config()).some((key) => key.startsWith("unused")));
  });

  it("changes cloud-init without being replaced, and renews the drive of a running VM", async () => {
    const from = lab.sim.requests.length;
    await change({
      cloudInit: {
        user: "operator",
        addresses: [{ address: "192.168.3.51/24", gateway: "192.168.3.1" }],
        nameservers: ["192.168.3.1"],
      },
    });
    assert.deepEqual([config()["ciuser"], config()["nameserver"]], ["operator", "192.168.3.1"]);
    assert.ok(lab.sim.requests.slice(from).some(({ method, path }) => method === "PUT" && path.endsWith("/cloudinit")));
  });

  it("joins a pool and leaves it", async () => {
    await change({ pool: "web" });
    assert.match(JSON.stringify(Object.values(lab.sim.world.clusters)[0]?.pools["web"]), new RegExp(vm.id));
    await change({ pool: undefined });
    assert.ok(!JSON.stringify(Object.values(lab.sim.world.clusters)[0]?.pools["web"]).includes(vm.id));
  });

  it("is stopped and started as told", async () => {
    await change({ started: false });
    assert.ok(!guest()?.running);
    await change({ started: false, cores: 4 });
    assert.ok(!guest()?.running);
    await change({ started: true });
    assert.ok(guest()?.running);
  });

  it("migrates to another node instead of being made anew", async () => {
    const before = vm.properties["uuid"];
    await change({ node: "hotel", started: true });
    assert.deepEqual([vm.properties["node"], vm.properties["uuid"]], ["hotel", before]);
  });

  it("is found again where somebody else has moved it to", async () => {
    const moved = { ...vm.properties, node: "golf" };
    assert.equal((await lab.plugin.read("Vm", vm.id, moved)).properties["node"], "hotel");
  });

  it("goes with all its volumes", async () => {
    await lab.plugin.delete("Vm", vm.id, vm.properties);
    assert.equal(guest(), undefined);
    const { api, close } = connect({
      endpoints: lab.sim.nodes.map(({ url }) => url),
      tls: { fingerprints: lab.sim.nodes.map(({ fingerprint }) => fingerprint) },
      credentials: { tokenId: lab.sim.token.id, secret: lab.sim.token.secret },
    });
    for (const node of ["golf", "hotel"])
      for (const storage of ["local-lvm", "more"])
        assert.deepEqual(
          await api.nodes
            .$(node)
            .storage.$(storage)
            .content.$get({ vmid: Number(vm.id) }),
          [],
        );
    close();
  });
});

import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

interface Preconditions {
  running: number;
  allowed_nodes: string[];
  local_disks: { volid: string }[];
  local_resources: string[];
}

describe("migrating a VM", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab("immediate", "matrix");
    await lab.create(100, { scsi0: "local-lvm:1", memory: 512 });
  });
  const preconditions = () => lab.get<Preconditions>("GET", "/100/migrate");

  it("tells what stands in the way before", async () => {
    const before = await preconditions();
    assert.equal(before.running, 0);
    assert.deepEqual(before.allowed_nodes.sort(), ["golf", "hotel"]);
    assert.deepEqual(
      before.local_disks.map(({ volid }) => volid),
      ["local-lvm:vm-100-disk-0"],
    );
    const storage = lab.cluster.storages["local-lvm"];
    assert.ok(storage);
    storage.nodes = "foxtrot,golf";
    assert.deepEqual((await preconditions()).allowed_nodes, ["golf"]);
  });

  it("takes local disks along when it does not run", async () => {
    assert.equal(await lab.run("POST", "/100/migrate", { target: "golf" }), "OK");
    assert.equal(lab.guest(100)?.node, "golf");
    assert.equal(lab.guest(100)?.config.lock, undefined);
    const { body } = await lab.ask("GET", "/nodes/golf/storage/local-lvm/content", { vmid: 100 });
    assert.deepEqual(
      (body?.["data"] as { volid: string }[]).map(({ volid }) => volid),
      ["local-lvm:vm-100-disk-0"],
    );
    assert.match(await lab.refusal("GET", "/100/config"), /does not exist/);
  });

  it("needs to be told so when it runs", async () => {
    await lab.run("POST", "/100/status/start");
    const migrate = { target: "golf" };
    assert.equal(await lab.refusal("POST", "/100/migrate", migrate), "500 can't migrate running VM without --online");
    assert.equal(await lab.run("POST", "/100/migrate", { ...migrate, online: 1 }), "migration aborted");
    assert.equal(lab.guest(100)?.node, "foxtrot");
    assert.equal(lab.guest(100)?.config.lock, undefined);
    assert.equal(await lab.run("POST", "/100/migrate", { ...migrate, online: 1, "with-local-disks": 1 }), "OK");
    assert.equal(lab.guest(100)?.node, "golf");
    assert.ok(lab.guest(100)?.running);
  });

  it("leaves everything as it was when it is stopped", async () => {
    lab = new VmLab("manual", "matrix");
    await lab.create(100, { scsi0: "local-lvm:1", scsi1: "local-lvm:1" });
    const upid = await lab.get<string>("POST", "/100/migrate", { target: "golf" });
    while (!lab.task(upid).log.some((line) => line.includes("is 'local-lvm:vm-100-disk-0' on the target"))) {
      assert.ok(lab.simulation.clock.runNext());
    }
    assert.equal(await lab.refusal("PUT", "/100/config", { cores: 2 }), "500 VM is locked (migrate)");
    lab.simulation.tasks.stop(upid);
    assert.equal(lab.task(upid).status, "migration aborted");
    assert.equal(lab.guest(100)?.node, "foxtrot");
    assert.equal((await lab.config(100)).lock, undefined);
    const { body } = await lab.ask("GET", "/nodes/golf/storage/local-lvm/content");
    assert.deepEqual(body?.["data"], []);
    assert.equal(await lab.run("POST", "/100/status/start"), "OK");
  });

  it("leaves snapshots behind that its storage cannot send", async () => {
    await lab.run("POST", "/100/snapshot", { snapname: "s1" });
    const upid = await lab.get<string>("POST", "/100/migrate", { target: "golf" });
    assert.equal(lab.finish(upid), "migration aborted");
    assert.match(
      lab.task(upid).log.join("\n"),
      /can't migrate local disk 'local-lvm:vm-100-disk-0': non-migratable snapshot exists/,
    );
    const uses = (await preconditions()).local_disks as { referenced_in_snapshot?: unknown }[];
    assert.deepEqual(uses[0]?.referenced_in_snapshot, { s1: 1 });
  });

  it("goes to another node of the cluster only", async () => {
    assert.match(await lab.refusal("POST", "/100/migrate", { target: "foxtrot" }), /target is local node\./);
    assert.match(await lab.refusal("POST", "/100/migrate", { target: "india" }), /no such cluster node 'india'/);
  });

  it("sends volumes to another storage where that understands them", async () => {
    for (const node of ["foxtrot", "golf"]) {
      const hardware = lab.simulation.world.nodes[node]?.hardware;
      assert.ok(hardware);
      hardware.storage = { ...hardware.storage, zfsPools: { tank: 2 ** 40 } };
    }
    lab.cluster.storages["tank"] = { type: "zfspool", pool: "tank", content: "images" };
    lab.cluster.storages["files"] = { type: "dir", path: "/srv/files", content: "images" };
    const to = (targetstorage: string) => ({ target: "golf", targetstorage });
    const refused = async (vmid: number, storage: string) => {
      const upid = await lab.get<string>("POST", `/${vmid}/migrate`, to(storage));
      assert.equal(lab.finish(upid), "migration aborted");
      return lab.task(upid).log.join("\n");
    };
    assert.match(
      await refused(100, "tank"),
      /storage migration for 'local-lvm:vm-100-disk-0' to storage 'tank' failed - cannot migrate from storage type 'lvmthin' to 'zfspool'/,
    );
    await lab.create(101, { scsi0: "files:1,format=qcow2" });
    assert.match(await refused(101, "local-lvm"), /unsupported format 'qcow2' for storage type lvmthin/);
    assert.equal(await lab.run("POST", "/100/migrate", to("local-lvm:files")), "OK");
    assert.match(lab.guest(100)?.config["scsi0"] ?? "", /^files:100\/vm-100-disk-0\.raw/);
  });
});

import assert from "node:assert/strict";
import { lostObjects, writeObjects } from "../../../simulator/ceph/objects.js";
import { CephLab } from "./ceph-lab.js";

describe("Ceph on simulated nodes", function () {
  let lab: CephLab;
  beforeEach(async () => (lab = await CephLab.start()));
  afterEach(() => lab.close());

  it("is not there before it is installed, and not before it is initialised", async () => {
    await lab.refused("GET", "/nodes/foxtrot/ceph/status", {}, "binary not installed: /usr/bin/ceph-mon");
    await lab.refused(
      "POST",
      "/nodes/foxtrot/ceph/init",
      { network: "192.168.5.0/24" },
      "Ceph Nautilus required - please run 'pveceph install'",
    );
    assert.equal(lab.ssh("foxtrot", "ceph -s").code, 127);
    lab.install();
    const missing = "pveceph configuration not initialized - missing '/etc/pve/ceph.conf', missing '/etc/pve/ceph'";
    await lab.refused("GET", "/nodes/foxtrot/ceph/status", {}, missing);
    assert.match(
      lab.ssh("foxtrot", "ceph --version").stdout!,
      /^ceph version 20\.2\.\d+ \(\w+\) tentacle \(stable\)\n$/,
    );
    await lab.call("POST", "/nodes/foxtrot/ceph/init", { network: "192.168.5.0/24" });
    await lab.refused("GET", "/nodes/foxtrot/ceph/status", {}, "rados_connect failed - No such file or directory");
  });

  it("has monitors that join in some seconds, and a manager that comes with the first one", async () => {
    await lab.monitors();
    const mons = await lab.get<{ name: string; addr: string; quorum: number; state: string }[]>("/nodes/golf/ceph/mon");
    assert.deepEqual(
      mons.map(({ name, addr, quorum, state }) => [name, addr, quorum, state]),
      [
        ["foxtrot", "192.168.5.5:6789/0", 1, "running"],
        ["golf", "192.168.5.6:6789/0", 1, "running"],
        ["hotel", "192.168.5.7:6789/0", 1, "running"],
      ],
    );
    const mgrs = await lab.get<{ name: string; state: string }[]>("/nodes/foxtrot/ceph/mgr");
    assert.deepEqual(mgrs.map(({ state }) => state).sort(), ["active", "standby", "standby"]);
    await lab.refused("POST", "/nodes/foxtrot/ceph/mon/foxtrot", {}, "monitor address '192.168.5.5' already in use");
    await lab.refused(
      "DELETE",
      "/nodes/foxtrot/ceph/mon/golf",
      {},
      "monitor filesystem '/var/lib/ceph/mon/ceph-golf' does not exist on this node",
    );
    const conf = await lab.get<string>("/nodes/foxtrot/ceph/cfg/raw");
    assert.match(conf, /^\tmon_host = {2}192\.168\.5\.5 192\.168\.5\.6 192\.168\.5\.7$/m);
    assert.match(conf, /^\tcluster_network = 192\.168\.7\.0\/24$/m);
  });

  it("gets twelve OSDs on six disks, pools with the autoscaler's warning, and HEALTH_OK", async () => {
    await lab.osds();
    const tree = lab.mon("osd tree").json as {
      nodes: { name: string; type: string; device_class?: string; crush_weight?: number }[];
    };
    assert.deepEqual(
      tree.nodes.filter(({ type }) => type === "host").map(({ name }) => name),
      ["foxtrot", "golf", "hotel"],
    );
    const rows = tree.nodes.filter(({ type }) => type === "osd");
    assert.deepEqual([rows.length, ...new Set(rows.map(({ device_class: name }) => name))], [12, "nvme"]);
    const disks =
      await lab.get<{ devpath: string; used?: string; "osdid-list": string[] | null }[]>("/nodes/golf/disks/list");
    assert.deepEqual(
      disks.map(({ devpath, used, "osdid-list": ids }) => [devpath, used, ids]),
      [
        ["/dev/nvme0n1", "BIOS boot", null],
        ["/dev/nvme1n1", "LVM", ["4", "5"]],
        ["/dev/nvme2n1", "LVM", ["6", "7"]],
      ],
    );
    await lab.refused(
      "POST",
      "/nodes/golf/ceph/osd",
      { dev: "/dev/nvme1n1" },
      "device '/dev/nvme1n1' is already in use",
    );
    await lab.done("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd", add_storages: "1" });
    await lab.done("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_containers", pg_num: "64" });
    lab.wait(70);
    assert.equal(lab.health.checks["POOL_TOO_MANY_PGS"]?.summary.message, "2 pools have too many placement groups");
    await lab.done("PUT", "/nodes/foxtrot/ceph/pool/vm_ssd", { pg_num_min: "128" });
    await lab.done("PUT", "/nodes/foxtrot/ceph/pool/vm_containers", { pg_num_min: "64" });
    lab.wait(70);
    assert.equal(lab.health.status, "HEALTH_OK");
    assert.deepEqual(lab.states, { "active+clean": 193 });
    const list = JSON.parse(lab.ssh("hotel", "ceph-volume lvm list --format json").stdout!) as Record<
      string,
      { devices: string[] }[]
    >;
    assert.deepEqual(
      Object.entries(list).map(([id, [volume]]) => `${id} ${volume!.devices[0]}`),
      ["8 /dev/nvme1n1", "9 /dev/nvme1n1", "10 /dev/nvme2n1", "11 /dev/nvme2n1"],
    );
  });

  it("removes OSDs as Proxmox does: out, drained, stopped, destroyed; the disk is free with the last of them", async () => {
    await lab.osds();
    await lab.done("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd" });
    lab.until("clean", () => lab.isClean());
    assert.equal(writeObjects(lab.cluster, "vm_ssd", 2_000_000, 4096), 2_000_000);
    await lab.refused("DELETE", "/nodes/foxtrot/ceph/osd/0", {}, "osd is in use (in == 1)");
    for (const id of ["0", "1"]) await lab.call("POST", `/nodes/foxtrot/ceph/osd/${id}/out`);
    const safe = () =>
      lab.get<{ safe: boolean; status: string }>("/nodes/foxtrot/ceph/cmd-safety", {
        service: "osd",
        id: "0",
        action: "destroy",
      });
    assert.match((await safe()).status, /^OSD\(s\) 0 have \d+ pgs currently mapped to them\. $/);
    assert.deepEqual(lab.states, { "active+clean": 129 }, "what the manager says lags behind");
    lab.wait(5);
    assert.ok(
      Object.keys(lab.states).some((state) => state.includes("backfill")),
      JSON.stringify(lab.states),
    );
    assert.equal(lab.health.status, "HEALTH_OK", "misplaced objects are no warning (FACT 2)");
    lab.until("drained", () => lab.isClean(), 3600);
    assert.equal((await safe()).safe, true);
    await lab.refused("DELETE", "/nodes/foxtrot/ceph/osd/0", {}, "osd is still running (up == 1)");
    for (const id of ["0", "1"]) await lab.done("POST", "/nodes/foxtrot/ceph/stop", { service: `osd.${id}` });
    lab.wait(2);
    const used = async () => (await lab.get<{ used?: string }[]>("/nodes/foxtrot/disks/list"))[1]!.used;
    await lab.done("DELETE", "/nodes/foxtrot/ceph/osd/0", { cleanup: "1" });
    assert.equal(await used(), "LVM");
    const log = await lab.done("DELETE", "/nodes/foxtrot/ceph/osd/1", { cleanup: "1" });
    assert.equal(await used(), undefined);
    assert.match(log.join("\n"), /Only 1 LV left in VG, will proceed to destroy volume group ceph-/);
    assert.equal(lostObjects(lab.cluster), 0);
    assert.deepEqual(
      lab.disk("foxtrot", "INVENTED52").erased?.map(({ by }) => by),
      ["cephcreateosd"],
    );
    // the lowest free ids are taken again
    await lab.done("POST", "/nodes/foxtrot/ceph/osd", {
      dev: "/dev/nvme1n1",
      "osds-per-device": "2",
      "crush-device-class": "nvme",
    });
    lab.until(
      "up again",
      () => lab.cluster.osdmap.osds["0"]?.up === true && lab.cluster.osdmap.osds["1"]?.up === true,
      60,
    );
  });

  it("with the immediate clock has nothing to wait for", async () => {
    await lab.close();
    lab = await CephLab.start("immediate");
    await lab.osds();
    await lab.done("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd" });
    writeObjects(lab.cluster, "vm_ssd", 2_000_000, 4096);
    await lab.call("POST", "/nodes/foxtrot/ceph/osd/3/out");
    assert.deepEqual(Object.keys(lab.states), ["active+clean"]);
  });
});

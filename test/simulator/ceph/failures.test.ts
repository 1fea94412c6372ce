import assert from "node:assert/strict";
import { lostObjects, lostPgs, writeObjects } from "../../../simulator/ceph/objects.js";
import { CephLab } from "./ceph-lab.js";

describe("what goes wrong with simulated Ceph", function () {
  let lab: CephLab;
  beforeEach(async () => {
    lab = await CephLab.start();
    await lab.osds();
    await lab.done("POST", "/nodes/foxtrot/ceph/pool", { name: "vm_ssd", pg_num_min: "128" });
    lab.until("clean", () => lab.isClean());
    writeObjects(lab.cluster, "vm_ssd", 20_000, 65_536);
  });
  afterEach(() => lab.close());
  const safety = (id: string, action: string) =>
    lab.get<{ safe: boolean; status?: string }>("/nodes/foxtrot/ceph/cmd-safety", { service: "osd", id, action });
  const stop = (node: string, id: number) => lab.ssh(node, `systemctl stop ceph-osd@${id}`);

  it("a monitor that stops leaves after seconds; without a majority nothing answers, and the old answer is stale first", async () => {
    lab.ssh("hotel", "systemctl stop ceph-mon@hotel");
    lab.wait(5);
    assert.equal(lab.message("MON_DOWN"), undefined);
    lab.wait(12);
    assert.equal(lab.message("MON_DOWN"), "1/3 mons down, quorum foxtrot,golf");
    await lab.call("GET", "/nodes/foxtrot/ceph/mon");
    lab.ssh("golf", "systemctl stop ceph-mon@golf");
    lab.wait(5);
    assert.equal(lab.message("MON_DOWN"), "1/3 mons down, quorum foxtrot,golf");
    lab.wait(20);
    await lab.refused("GET", "/nodes/foxtrot/ceph/status", {}, "got timeout");
    const mons = await lab.get<{ state: string }[]>("/nodes/foxtrot/ceph/mon");
    assert.deepEqual(
      mons.map(({ state }) => state),
      ["unknown", "unknown", "unknown"],
    );
    await lab.refused(
      "POST",
      "/nodes/golf/ceph/mon/again",
      {},
      "Could not connect to ceph cluster despite configured monitors",
    );
    assert.deepEqual(lab.ssh("foxtrot", "ceph --connect-timeout 5 -s"), { code: 1, stderr: "timed out\n", seconds: 5 });
    assert.deepEqual(lab.ssh("foxtrot", "timeout -k 5 60 ceph -s"), { code: 124, seconds: 60 });
    lab.ssh("golf", "systemctl start ceph-mon@golf");
    lab.wait(3);
    assert.equal((await lab.call("GET", "/nodes/foxtrot/ceph/status")).status, 200);
  });

  it("without a manager its questions hang, and the rest goes on", async () => {
    for (const name of lab.names) lab.ssh(name, `systemctl stop ceph-mgr@${name}`);
    lab.wait(40);
    assert.equal(lab.message("MGR_DOWN"), "no active mgr");
    await lab.refused("GET", "/nodes/foxtrot/ceph/osd", {}, "error with 'osd df': got timeout");
    assert.equal((await lab.call("POST", "/nodes/foxtrot/ceph/osd/3/out")).status, 200);
  });

  it("an OSD that stops is degraded, then marked out, and comes back in by itself; one set out by hand stays out", async () => {
    stop("golf", 5);
    lab.wait(5);
    assert.equal(lab.message("OSD_DOWN"), "1 osds down");
    assert.match(
      lab.message("PG_DEGRADED") ?? "",
      /^Degraded data redundancy: \d+\/60003 objects degraded \(\d+\.\d{3}%\), \d+ pgs degraded$/,
    );
    assert.match((await safety("5", "destroy")).status!, /have no reported stats, and not all PGs are active\+clean/);
    lab.until("marked out", () => lab.cluster.osdmap.osds["5"]!.weight === 0, 620);
    lab.until("whole again", () => lab.isClean(), 3600);
    lab.ssh("golf", "systemctl start ceph-osd@5");
    lab.until("in again", () => lab.cluster.osdmap.osds["5"]!.weight === 1, 20);
    lab.until("clean", () => lab.isClean(), 3600);
    await lab.call("POST", "/nodes/golf/ceph/osd/6/out");
    lab.ssh("golf", "systemctl restart ceph-osd@6");
    lab.wait(30);
    assert.deepEqual([lab.cluster.osdmap.osds["6"]!.up, lab.cluster.osdmap.osds["6"]!.weight], [true, 0]);
    assert.equal(lostObjects(lab.cluster), 0);
  });

  it("the last host cannot be drained: clean and misplaced for ever, HEALTH_OK (FACT 4)", async () => {
    for (const id of [8, 9, 10, 11]) lab.mon("osd out", { ids: [`osd.${id}`] });
    lab.wait(600);
    assert.deepEqual(Object.keys(lab.states), ["active+clean+remapped"]);
    assert.equal(lab.health.status, "HEALTH_OK");
    const { pgmap } = lab.mon("status").json as { pgmap: { misplaced_ratio: number } };
    assert.ok(Math.abs(pgmap.misplaced_ratio - 1 / 3) < 0.01);
    assert.equal((await safety("8", "destroy")).safe, false);
    assert.equal((await safety("8", "stop")).safe, true);
  });

  it("what does not exist is safe (FACT 3), JSON exits 0 when it is not (FACT 1), two hosts are one too many (FACT 5)", async () => {
    assert.deepEqual(await safety("99", "stop"), { safe: true });
    assert.equal((await safety("99", "destroy")).safe, true);
    const unsafe = lab.ssh("foxtrot", "ceph osd safe-to-destroy 0 --format json");
    assert.equal(unsafe.code, 0);
    assert.deepEqual(JSON.parse(unsafe.stdout!), {
      safe_to_destroy: [],
      active: [0],
      missing_stats: [],
      stored_pgs: [],
    });
    assert.equal(lab.ssh("foxtrot", "ceph osd safe-to-destroy 0").code, 16);
    assert.equal(lab.ssh("foxtrot", "ceph osd ok-to-stop 0 1 2 3").code, 0);
    const two = lab.ssh("foxtrot", "ceph osd ok-to-stop 0 4");
    assert.match(
      two.stderr!,
      /^Error EBUSY: unsafe to stop osd\(s\) at this time \(\d+ PGs are or would become offline\)\n$/,
    );
  });

  it("loses objects only when every copy of them is gone, and says which", async () => {
    for (const [node, ids] of [
      ["foxtrot", [0, 1, 2, 3]],
      ["golf", [4, 5, 6, 7]],
    ] as const)
      for (const id of ids) stop(node, id);
    lab.wait(30);
    assert.ok(
      Object.keys(lab.states).every((state) => state.includes("undersized") && state.includes("peered")),
      JSON.stringify(lab.states),
    );
    assert.equal(writeObjects(lab.cluster, "vm_ssd", 100, 1), 0, "below min_size nothing is written");
    for (const disk of [...lab.node("foxtrot").hardware.disks, ...lab.node("golf").hardware.disks]) disk.dead = true;
    lab.wait(1);
    assert.equal(lostObjects((lab.ceph, lab.cluster)), 0);
    lab.disk("hotel", "INVENTED71").dead = true;
    lab.wait(30);
    void lab.ceph;
    const lost = lostPgs(lab.cluster);
    assert.ok(lost.length > 0 && lost.length < 129, String(lost.length));
  });

  it("a dead disk takes its OSDs down; the rest is copied, and Proxmox's removal only tells of what it could not clean", async () => {
    lab.disk("golf", "INVENTED61").dead = true;
    lab.wait(5);
    assert.deepEqual(
      [4, 5, 6].map((id) => lab.cluster.osdmap.osds[id]!.up),
      [false, false, true],
    );
    for (const id of ["4", "5"]) await lab.call("POST", `/nodes/golf/ceph/osd/${id}/out`);
    lab.until("whole again", () => lab.isClean(), 3600);
    const log = await lab.done("DELETE", "/nodes/golf/ceph/osd/4", { cleanup: "1" });
    // LVM does not know its volumes any more
    assert.match(log.join("\n"), /umount \/var\/lib\/ceph\/osd\/ceph-4' failed: exit code 32/);
    assert.equal(lostObjects(lab.cluster), 0);
  });

  it("a disk that fails and is still listed: what cannot be cleaned up is only told", async () => {
    lab.sim.simulation.faults.add({ effect: { kind: "disk-dead", node: "golf", serial: "INVENTED61" } });
    lab.wait(5);
    for (const id of ["4", "5"]) await lab.call("POST", `/nodes/golf/ceph/osd/${id}/out`);
    lab.until("whole again", () => lab.isClean(), 3600);
    const log = await lab.done("DELETE", "/nodes/golf/ceph/osd/4", { cleanup: "1" });
    assert.match(log.join("\n"), /zap --osd-id 4 --destroy' failed: exit code 1/);
    assert.equal(lostObjects(lab.cluster), 0);
  });

  it("faults: a flapping OSD, stuck backfill, full OSDs, a skewed clock, a slow disk, a monitor that is gone", async () => {
    const { faults } = lab.sim.simulation;
    faults.add({ effect: { kind: "osd-flapping", osd: 7 } });
    let changes = 0;
    for (let last = true, second = 0; second < 60; second++) {
      lab.wait(1);
      const { up } = lab.ceph.cluster.osdmap.osds["7"]!;
      if (up !== last) changes++;
      last = up;
    }
    assert.ok(changes >= 4, String(changes));
    faults.clear();
    lab.until("clean", () => lab.isClean());
    faults.add({ effect: { kind: "backfill-stuck" } });
    lab.mon("osd out", { ids: ["3"] });
    lab.wait(600);
    assert.equal(lab.isClean(), false);
    faults.clear();
    lab.until("clean", () => lab.isClean(), 3600);
    faults.add({ effect: { kind: "osd-fullness", ratio: 0.96 } });
    assert.match(lab.message("OSD_FULL") ?? "", /^12 full osd\(s\)$|^11 full osd\(s\)$/);
    assert.equal(lab.health.status, "HEALTH_ERR");
    faults.clear();
    faults.add({ effect: { kind: "clock-skew", monitor: "golf", seconds: 2 } });
    faults.add({ effect: { kind: "disk-slow", node: "golf", serial: "INVENTED61" } });
    faults.add({ effect: { kind: "monitor-gone", monitor: "hotel" } });
    lab.wait(20);
    assert.deepEqual(Object.keys(lab.health.checks), ["MON_CLOCK_SKEW", "MON_DOWN", "SLOW_OPS"]);
  });

  it("an OSD creation that fails half-way leaves the first of two, and the disk in use", async () => {
    for (const id of [0, 1]) lab.mon("osd out", { ids: [id] });
    lab.until("clean", () => lab.isClean(), 3600);
    for (const id of [0, 1]) stop("foxtrot", id);
    lab.wait(3);
    for (const id of ["0", "1"]) await lab.done("DELETE", `/nodes/foxtrot/ceph/osd/${id}`, { cleanup: "1" });
    // The first one is whole by then, and the second one not begun.
    lab.sim.simulation.faults.add({
      task: "cephcreateosd",
      count: 1,
      effect: { kind: "task-fail", text: "interrupted by signal", steps: 14 },
    });
    const params = { dev: "/dev/nvme1n1", "osds-per-device": "2", "crush-device-class": "nvme" };
    assert.match((await lab.task("POST", "/nodes/foxtrot/ceph/osd", params)).status, /interrupted by signal/);
    assert.deepEqual([lab.cluster.osdmap.osds["0"] !== undefined, lab.cluster.osdmap.osds["1"]], [true, undefined]);
    await lab.refused("POST", "/nodes/foxtrot/ceph/osd", params, "device '/dev/nvme1n1' is already in use");
    const batch = () =>
      lab.ssh("foxtrot", "ceph-volume lvm batch --osds-per-device 2 --yes --no-auto -- /dev/nvme1n1").code;
    assert.equal(batch(), 0, "what the group has room for is made beside");
    const both = Object.keys(lab.cluster.osdmap.osds);
    assert.ok(both.includes("1"));
    assert.equal(batch(), 0, "exit 0 without work where it is full (FACT 25)");
    assert.deepEqual(Object.keys(lab.cluster.osdmap.osds), both);
  });

  it("a machine that goes off takes its daemons along, and they come back with it", async () => {
    lab.node("hotel").state = "off";
    lab.wait(2);
    assert.equal(lab.message("OSD_HOST_DOWN"), undefined, "a dead host is noticed late");
    lab.wait(25);
    assert.equal(lab.message("OSD_HOST_DOWN"), "1 host (4 osds) down");
    lab.node("hotel").state = "online";
    lab.until("all up", () => Object.values(lab.ceph.cluster.osdmap.osds).every(({ up }) => up), 30);
    lab.until("clean", () => lab.isClean(), 600);
    assert.equal(lostObjects(lab.cluster), 0);
  });
});

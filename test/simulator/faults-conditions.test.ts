import assert from "node:assert/strict";
import type { Fault, SimulatorOptions } from "../../simulator/index.js";
import { Faulty, image } from "./faulty.js";

describe("faulty conditions", () => {
  let faulty: Faulty;
  const start = async (faults: Fault[], options: SimulatorOptions = {}): Promise<void> => {
    faulty = await Faulty.start(faults, options);
  };
  afterEach(() => faulty.close());

  it("a VM's lock file is held: the task waits for it and gives up", async () => {
    const file = "/var/lock/qemu-server/lock-100.conf";
    await start([{ task: "qmstart", count: 1, effect: { kind: "lock", file } }]);
    await faulty.createVm(100);
    const failed = await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/start");
    assert.equal(failed.status, `can't lock file '${file}' - got timeout`);
    assert.ok(failed.log.includes("trying to acquire lock..."));
    assert.equal((await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/start")).status, "OK");
    assert.deepEqual(faulty.struck, { lock: 1 });
  });

  it("a VM's lock file is held for a synchronous change too", async () => {
    await start([{ route: "PUT *", effect: { kind: "lock", file: "/var/lock/qemu-server/*" } }]);
    await faulty.createVm(100);
    const { status, reason } = await faulty.ask("PUT", "/nodes/foxtrot/qemu/100/config", { memory: "1024" });
    assert.deepEqual([status, reason], [500, "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout"]);
  });

  it("a lock ends with its window of time, and who waits for it goes on", async () => {
    const file = "/var/lock/qemu-server/lock-100.conf";
    await start([{ from: 0, to: 5, task: "qmstart", effect: { kind: "lock", file } }]);
    await faulty.createVm(100);
    const started = await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/start");
    assert.equal(started.status, "OK");
    assert.ok(started.log.includes("trying to acquire lock..."));
  });

  it("no worker can be started: nothing is begun, but that a creation has claimed its VMID", async () => {
    await start([{ route: "POST *", count: 2, effect: { kind: "no-worker" } }]);
    const guests = () => Object.values(faulty.simulator.world.clusters)[0]?.guests ?? {};
    const refused = async (path: string, params: Record<string, string> = {}): Promise<void> => {
      const { status, reason, json } = await faulty.ask("POST", path, params);
      assert.deepEqual([status, reason, json?.data], [500, "got no worker upid - start worker failed.", null]);
    };
    await refused("/nodes/foxtrot/startall");
    await refused("/nodes/foxtrot/qemu", { vmid: "101" });
    assert.deepEqual(guests()["101"]?.config, { lock: "create" });
    assert.deepEqual(faulty.simulator.world.nodes["foxtrot"]?.tasks, []);
    assert.equal((await faulty.task("POST", "/nodes/foxtrot/startall")).status, "OK");
    assert.deepEqual(faulty.struck, { "no-worker": 2 });
  });

  it("a lock of the cluster file system is held", async () => {
    await start([{ count: 1, effect: { kind: "lock", file: "user.cfg" } }]);
    const before = faulty.simulator.clock.now();
    const { status, reason } = await faulty.ask("POST", "/access/groups", { groupid: "people" });
    assert.equal(status, 500);
    assert.match(reason, /cfs-lock 'file-user_cfg' error: got lock request timeout$/);
    assert.equal(faulty.simulator.clock.now() - before, 10_000);
    assert.equal((await faulty.ask("POST", "/access/groups", { groupid: "people" })).status, 200);
    assert.deepEqual(faulty.struck, { lock: 1 });
  });

  it("quorum is lost: changes fail, reading goes on, the status says so", async () => {
    await start([{ from: 0, to: 60, effect: { kind: "no-quorum" } }]);
    const { status, reason } = await faulty.ask("POST", "/nodes/foxtrot/qemu", { vmid: "100" });
    assert.deepEqual([status, reason], [500, "cluster not ready - no quorum?"]);
    const rows = (await faulty.ask("GET", "/cluster/status")).json?.data as { type: string; quorate?: number }[];
    assert.equal(rows.find(({ type }) => type === "cluster")?.quorate, 0);
    faulty.simulator.clock.advance(60_000);
    assert.equal((await faulty.createVm(100)).status, "OK");
    assert.deepEqual(faulty.struck, { "no-quorum": 2 });
  });

  it("a node is down: it answers nobody, others cannot reach it, its guests are unknown", async () => {
    await start([{ from: 10, to: 60, effect: { kind: "node-down", node: "foxtrot" } }]);
    await faulty.createVm(100);
    faulty.simulator.clock.advance(30_000);
    await assert.rejects(faulty.ask("GET", "/version"), /socket hang up|ECONNRESET/);
    const there = await faulty.ask("GET", "/nodes/foxtrot/qemu", {}, 1);
    assert.deepEqual([there.status, there.reason], [595, "No route to host"]);
    const rows = (await faulty.ask("GET", "/cluster/resources", {}, 1)).json?.data as Record<string, unknown>[];
    assert.equal(rows.find(({ id }) => id === "node/foxtrot")?.["status"], "offline");
    assert.equal(rows.find(({ id }) => id === "qemu/100")?.["status"], "unknown");
    faulty.simulator.clock.advance(60_000);
    assert.equal((await faulty.ask("GET", "/version")).status, 200);
    assert.deepEqual(faulty.struck, { "node-down": 3 });
  });

  it("a storage is full: nothing can be made on it, its status says so", async () => {
    await start([{ effect: { kind: "storage-full", storage: "local-lvm", node: "foxtrot" } }]);
    const failed = await faulty.createVm(100, { scsi0: "local-lvm:8" });
    assert.match(failed.status ?? "", /free space in thin pool pve\/data reached threshold/);
    assert.deepEqual(Object.keys(faulty.simulator.world.clusters["foxtrot"]?.guests ?? {}), []);
    const status = await faulty.ask("GET", "/nodes/foxtrot/storage/local-lvm/status");
    const space = status.json?.data as { avail: number; used: number; total: number };
    assert.deepEqual([space.avail, space.used], [0, space.total]);
    const other = await faulty.ask("GET", "/nodes/golf/storage/local-lvm/status");
    assert.notEqual((other.json?.data as { avail: number }).avail, 0);
    assert.deepEqual(faulty.struck, { "storage-full": 2 });
  });

  it("a full storage takes no file either", async () => {
    await start([{ effect: { kind: "storage-full", storage: "local" } }]);
    const params = { content: "import", filename: "debian.qcow2", url: image };
    const failed = await faulty.task("POST", "/nodes/foxtrot/storage/local/download-url", params);
    assert.equal(failed.status, "download failed: exit code 3");
    const { json } = await faulty.ask("GET", "/nodes/foxtrot/storage/local/content");
    assert.deepEqual(json?.data, []);
  });

  it("an image vanishes while a directory's images are listed, and no other listing minds", async () => {
    await start([{ route: "GET *", effect: { kind: "vanishing-image", storage: "local" } }]);
    const storage = { type: "dir", path: "/var/lib/vz", content: "images,iso" };
    for (const { storages } of Object.values(faulty.simulator.world.clusters)) storages["local"] = storage;
    const list = (params: Record<string, string>, id = "local") =>
      faulty.ask("GET", `/nodes/foxtrot/storage/${id}/content`, params);
    assert.equal((await list({})).status, 200);
    await faulty.createVm(100, { scsi0: "local:1,format=qcow2", scsi1: "local-lvm:1" });
    const path = "/var/lib/vz/images/100/vm-100-disk-1.qcow2";
    const text = `qemu-img: Could not open '${path}': Could not open '${path}': No such file or directory`;
    for (const params of [{}, { content: "images" }, { content: "images", vmid: "100" }]) {
      const { status, reason } = await list(params);
      assert.deepEqual([status, reason], [500, text]);
    }
    for (const params of [{ content: "iso" }, { content: "images", vmid: "101" }])
      assert.equal((await list(params)).status, 200);
    assert.equal((await list({ content: "images" }, "local-lvm")).status, 200);
    assert.deepEqual(faulty.struck, { "vanishing-image": 3 });
  });

  it("a guest agent is silent, on one VM only", async () => {
    await start([{ effect: { kind: "silent-agent", vmid: 100 } }]);
    const params = { content: "import", filename: "debian.qcow2", url: image };
    await faulty.task("POST", "/nodes/foxtrot/storage/local/download-url", params);
    const replies: unknown[] = [];
    for (const vmid of [100, 101]) {
      const disk = { scsi0: "local-lvm:0,import-from=local:import/debian.qcow2", boot: "order=scsi0", agent: "1" };
      await faulty.createVm(vmid, disk);
      await faulty.task("POST", `/nodes/foxtrot/qemu/${vmid}/status/start`);
      const { status, reason } = await faulty.ask("POST", `/nodes/foxtrot/qemu/${vmid}/agent/ping`);
      replies.push([status, reason]);
    }
    assert.deepEqual(replies, [
      [500, "QEMU guest agent is not running"],
      [200, "OK"],
    ]);
  });

  it("a list lags: new guests have neither name nor status, and old ones their old status", async () => {
    await start([{ effect: { kind: "lag", seconds: 10 } }], { clock: "manual" });
    const guest = async (): Promise<unknown> => {
      const rows = (await faulty.ask("GET", "/cluster/resources", { type: "vm" })).json?.data as object[];
      const { name, status } = (rows[0] ?? {}) as { name?: string; status?: string };
      return [rows.length, name, status];
    };
    await faulty.createVm(100);
    assert.deepEqual(await guest(), [1, undefined, "unknown"]);
    faulty.simulator.clock.advance(10_000);
    assert.deepEqual(await guest(), [1, "vm100", "stopped"]);
    await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/start");
    assert.deepEqual(await guest(), [1, "vm100", "stopped"]);
    faulty.simulator.clock.advance(10_000);
    assert.deepEqual(await guest(), [1, "vm100", "running"]);
    await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/stop");
    await faulty.task("DELETE", "/nodes/foxtrot/qemu/100");
    assert.deepEqual(await guest(), [0, undefined, undefined]);
  });
});

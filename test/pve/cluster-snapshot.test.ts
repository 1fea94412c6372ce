import assert from "node:assert/strict";
import { connect, isProxmoxError, type Connection, type Guest } from "../../pve";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { VirtualClock } from "./virtual-clock";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

const row = (vmid: number, more: object = {}) => ({
  id: `qemu/${vmid}`,
  type: "qemu",
  vmid,
  node: "pve1",
  name: `vm${vmid}`,
  status: "stopped",
  ...more,
});
const guest = (vmid: number, more: Partial<Guest> = {}): Guest => ({
  vmid,
  type: "qemu",
  node: "pve1",
  name: `vm${vmid}`,
  status: "stopped",
  template: false,
  tags: [],
  pool: undefined,
  lock: undefined,
  ...more,
});

describe("snapshot", () => {
  let fake: FakeApi;
  let clock: VirtualClock;
  let connection: Connection;
  let rows: object[];
  const reads = () => fake.requests.filter(({ path }) => path === "/cluster/resources").length;

  beforeEach(async () => {
    fake = await startFakeApi();
    clock = new VirtualClock();
    rows = [row(100), row(101, { template: 1, tags: "a;b", pool: "prod", status: "running" })];
    fake.on("GET", "/cluster/resources", () => ({ data: rows }));
    connection = connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls: { fingerprints: [certificate.fingerprint] },
      clock,
    });
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("is read once for everybody", async () => {
    const { snapshot } = connection;
    const [first, second, all] = await Promise.all([snapshot.guest(100), snapshot.guest(101), snapshot.guests()]);
    assert.deepEqual(first, guest(100));
    assert.deepEqual(second, guest(101, { template: true, tags: ["a", "b"], pool: "prod", status: "running" }));
    assert.equal(all.length, 2);
    await Promise.all(Array.from({ length: 50 }, () => snapshot.guest(100)));
    assert.equal(reads(), 1);
  });

  it("is read again on a miss (once for many of them) and when it is old", async () => {
    const { snapshot } = connection;
    await snapshot.guests();
    rows.push(row(102));
    clock.skip(5_000);
    const found = await Promise.all([snapshot.guest(102), snapshot.guest(103), snapshot.guest(104)]);
    assert.deepEqual(found, [guest(102), undefined, undefined]);
    assert.equal(reads(), 2);
    clock.skip(61_000);
    await snapshot.guest(100);
    assert.equal(reads(), 3);
  });

  it("shows our own writes at once, and against a list that lags behind", async () => {
    const { snapshot } = connection;
    await snapshot.guests();
    snapshot.put(guest(200, { name: "new" }));
    snapshot.patch(100, { name: "renamed" });
    snapshot.remove(101);
    snapshot.patch(999, { name: "unknown" });
    // The list shows the last guest that had the id, and the deleted one still.
    rows.push(row(200, { name: "previous-owner" }));
    clock.skip(5_000);
    await snapshot.refresh();
    assert.deepEqual(await snapshot.guest(200), guest(200, { name: "new" }));
    assert.equal((await snapshot.guest(100))?.name, "renamed");
    assert.equal(await snapshot.guest(101), undefined);
    assert.deepEqual([...(await snapshot.usedVmids())].sort(), [100, 200]);
    // After a while the list knows best.
    clock.skip(20_000);
    await snapshot.refresh();
    assert.equal((await snapshot.guest(200))?.name, "previous-owner");
    assert.equal((await snapshot.guest(101))?.template, true);
  });

  it("lets the list tell of a guest that somebody else may have moved, however young it and our own word are", async () => {
    const { snapshot } = connection;
    await snapshot.guests();
    snapshot.patch(100, { node: "pve3" });
    await snapshot.refresh();
    assert.equal((await snapshot.guest(100))?.node, "pve3");
    snapshot.doubt(100);
    assert.equal((await snapshot.guest(100))?.node, guest(100).node);
    assert.equal(reads(), 3);
  });

  it("asks the guest itself where the list knows nothing yet", async () => {
    rows = [{ id: "qemu/100", type: "qemu", vmid: 100, node: "pve1", status: "unknown" }];
    fake.on("GET", "/nodes/pve1/qemu/100/config", { data: { name: "fresh", tags: "x", template: 1, lock: "clone" } });
    fake.on("GET", "/nodes/pve1/qemu/100/status/current", { data: { status: "stopped" } });
    assert.deepEqual(
      await connection.snapshot.guest(100),
      guest(100, { name: "fresh", tags: ["x"], template: true, lock: "clone" }),
    );
    const asked = fake.requests.length;
    await connection.snapshot.guest(100);
    assert.equal(fake.requests.length, asked);
  });

  it("keeps a guest whose node is away, drops one that is gone, and lets other errors through", async () => {
    rows = [{ id: "qemu/100", type: "qemu", vmid: 100, node: "pve1", status: "unknown", name: "x" }];
    fake.on("GET", /\/status\/current$/, { data: { status: "stopped" } });
    fake.on("GET", "/nodes/pve1/qemu/100/config", { status: 595, reason: "No route to host", body: "" });
    assert.equal((await connection.snapshot.guest(100))?.status, "unknown");
    const gone = "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist";
    fake.on("GET", "/nodes/pve1/qemu/100/config", { status: 500, reason: gone });
    assert.equal(await connection.snapshot.guest(100), undefined);
    fake.on("GET", "/nodes/pve1/qemu/100/config", {
      status: 403,
      reason: "Permission check failed (/vms/100, VM.Audit)",
    });
    await assert.rejects(connection.snapshot.guest(100), (error) => isProxmoxError(error, "denied"));
  });

  it("tells nodes and storages", async () => {
    rows.push(
      { id: "node/pve1", type: "node", node: "pve1", status: "online", maxcpu: 8, maxmem: 1024, mem: 512 },
      { id: "node/pve2", type: "node", node: "pve2", status: "strange" },
      {
        id: "storage/pve1/ceph",
        type: "storage",
        storage: "ceph",
        node: "pve1",
        plugintype: "rbd",
        content: "images,rootdir",
        shared: 1,
        status: "available",
      },
    );
    assert.deepEqual(await connection.snapshot.nodes(), [
      { node: "pve1", status: "online", maxcpu: 8, maxmem: 1024, mem: 512 },
      { node: "pve2", status: "unknown", maxcpu: 0, maxmem: 0, mem: 0 },
    ]);
    assert.deepEqual(await connection.snapshot.storages(), [
      { storage: "ceph", node: "pve1", type: "rbd", content: ["images", "rootdir"], shared: true, available: true },
    ]);
  });

  describe("VMIDs", () => {
    const taken = (vmid: number) => ({
      status: 500,
      reason: `unable to create VM ${vmid} - VM ${vmid} already exists on node 'pve2'`,
    });
    const create = async (vmid: number) => connection.api.nodes.$("pve1").qemu.$post({ vmid });

    it("are claimed by creating: the next one when someone was faster", async () => {
      fake.on("POST", "/nodes/pve1/qemu", ({ form }) =>
        form.get("vmid") === "2001" ? taken(2001) : { data: `created ${form.get("vmid")}` },
      );
      rows.push(row(2000));
      const claims = await Promise.all(
        [1, 2, 3].map(() => connection.vmids.claim(create, { range: "2000-2003, 3000" })),
      );
      assert.deepEqual(claims.map(({ vmid }) => vmid).sort(), [2002, 2003, 3000]);
      assert.deepEqual(
        claims.map(({ vmid, value }) => value === `created ${vmid}`),
        [true, true, true],
      );
      await assert.rejects(connection.vmids.claim(create, { range: "2000-2003, 3000" }), (error) => {
        assert.ok(isProxmoxError(error, "conflict"));
        assert.match(error.message, /No free VMID in 2000-2003, 3000\. Widen/);
        return true;
      });
    });

    it("come from the datacenter's range without one of our own", async () => {
      fake.on("GET", "/cluster/options", { data: { "next-id": { lower: "500", upper: "502" } } });
      fake.on("POST", "/nodes/pve1/qemu", { data: "ok" });
      rows.push(row(500));
      assert.equal((await connection.vmids.claim(create)).vmid, 501);
      await assert.rejects(
        connection.vmids.claim(create),
        /No free VMID in 500-501 \(the datacenter's next-id range\)/,
      );
      connection.vmids.release(501);
      assert.equal((await connection.vmids.claim(create)).vmid, 501);
    });

    it("begin at 100 by default", async () => {
      fake.on("GET", "/cluster/options", { data: { keyboard: "de" } });
      fake.on("POST", "/nodes/pve1/qemu", { data: "ok" });
      assert.equal((await connection.vmids.claim(create)).vmid, 102);
    });

    it("are given back after any other error", async () => {
      let answer: { status?: number; reason?: string; data?: string } = {
        status: 500,
        reason: "disk image '/x/vm-2000-disk-0.raw' already exists",
      };
      fake.on("POST", "/nodes/pve1/qemu", () => answer);
      await assert.rejects(
        connection.vmids.claim(create, { range: "2000" }),
        (error) => isProxmoxError(error, "conflict") && /disk image/.test(error.message),
      );
      answer = { data: "ok" };
      assert.equal((await connection.vmids.claim(create, { range: "2000" })).vmid, 2000);
    });

    it("refuse ranges that are none", async () => {
      for (const range of ["", "abc", "5-10", "300-200", "100-1000000000"])
        await assert.rejects(connection.vmids.claim(create, { range }), (error) => isProxmoxError(error, "invalid"));
    });
  });
});

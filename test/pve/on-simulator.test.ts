import assert from "node:assert/strict";
import os from "node:os";
import {
  connect,
  isProxmoxError,
  retryLocked,
  systemClock,
  type Clock,
  type Connection,
  type ConnectOptions,
} from "../../pve";
import { startSimulator, type Fault, type Simulator, type SimulatorOptions } from "../../simulator";
import { testWorld } from "../support/lab";
import { VirtualClock } from "./virtual-clock";

describe("the client on the simulator", () => {
  let simulator: Simulator;
  let connection: Connection;

  const start = async (options: SimulatorOptions = {}, over: Partial<ConnectOptions> = {}): Promise<void> => {
    simulator = await startSimulator({ seed: testWorld("conformance"), ...options });
    connection = connect({
      endpoints: simulator.nodes.map(({ url, fingerprint }) => ({ url, fingerprint })),
      credentials: { username: simulator.username, password: simulator.password },
      clock: new VirtualClock(),
      ...over,
    });
  };
  const fault = (one: Fault) => simulator.simulation.faults.add(one);
  const pve = () => connection.api.nodes.$("pve");
  const sent = (method: string, path: string) =>
    simulator.requests.filter((request) => request.method === method && request.path.endsWith(path)).length;

  afterEach(async () => {
    connection.close();
    await simulator.close();
  });

  it("logs in with a password and works with the ticket, writes included", async () => {
    await start();
    assert.equal((await connection.version()).release, "9.2");
    await connection.api.pools.$post({ poolid: "p1" });
    assert.deepEqual(
      (await connection.api.pools.$get()).map(({ poolid }) => poolid),
      ["p1"],
    );
    assert.equal(sent("POST", "/access/ticket"), 1);
  });

  it("works with an API token; what tokens may not do is 'denied'", async () => {
    await start({}, {});
    const { id: tokenId, secret } = simulator.token;
    connection.close();
    connection = connect({
      endpoints: [simulator.nodes[0]!.url],
      tls: { ca: simulator.ca },
      credentials: { tokenId, secret },
    });
    assert.equal((await connection.api.nodes.$get()).length, 1);
    await assert.rejects(
      connection.api.access.password.$put({ userid: "root@pam", password: "other-password" }),
      (error) => {
        assert.ok(isProxmoxError(error, "denied"));
        assert.match(error.message, /Log in with a password instead of an API token/);
        return true;
      },
    );
    await assert.rejects(
      connection.api.cluster.config.$post({ clustername: "lab" }),
      /Only root@pam with its password/,
    );
    assert.equal(sent("POST", "/access/ticket"), 0);
  });

  it("tells wrong credentials from everything else", async () => {
    await start({}, { credentials: { username: "root@pam", password: "wrong" } });
    await assert.rejects(
      connection.version(),
      (error) => isProxmoxError(error, "unauthenticated") && error.said === "authentication failure",
    );
    connection.close();
    connection = connect({
      endpoints: [simulator.nodes[0]!.url],
      tls: { fingerprints: [simulator.nodes[0]!.fingerprint] },
      credentials: { tokenId: simulator.token.id, secret: "00000000-0000-0000-0000-000000000000" },
    });
    await assert.rejects(connection.version(), (error) => isProxmoxError(error, "unauthenticated"));
  });

  it("gets a new ticket when the old one is refused", async () => {
    await start();
    await connection.version();
    fault({ route: "POST /pools", effect: { kind: "ticket" }, count: 1 });
    await connection.api.pools.$post({ poolid: "p1" });
    assert.equal(sent("POST", "/access/ticket"), 2);
  });

  it("creates, finds and deletes a VM, with kinds for what goes wrong", async () => {
    // One request is wrong on purpose: not for the record of requests that Proxmox must accept.
    await start({}, { log: { record: os.devNull } });
    const { tasks, snapshot, vmids } = connection;
    const config = { name: "web", memory: 512, scsi0: "local:1", net0: "virtio,bridge=vmbr0" };
    const { vmid, value } = await vmids.claim(
      (id) => tasks.run(() => pve().qemu.$post({ vmid: id, ...config }), { what: `create VM ${id}` }),
      { range: "2000-2010" },
    );
    assert.equal(vmid, 2000);
    assert.equal(value.exitStatus, "OK");
    assert.equal((await snapshot.guest(2000))?.name, "web");
    await assert.rejects(pve().qemu.$post({ vmid: 2000 }), (error) => isProxmoxError(error, "conflict"));
    await assert.rejects(pve().qemu.$post({ vmid: 2001, onboot: "maybe" }), (error) => {
      assert.ok(isProxmoxError(error, "invalid"));
      assert.deepEqual(Object.keys(error.errors), ["onboot"]);
      assert.match(error.message, /onboot: type check/);
      return true;
    });
    await tasks.run(() => pve().qemu.$(2000).$delete({ purge: true }));
    await assert.rejects(pve().qemu.$(2000).config.$get(), (error) => isProxmoxError(error, "not-found"));
    snapshot.remove(2000);
    assert.equal(await snapshot.guest(2000), undefined);
  });

  it("takes the next VMID when another guest has the first ones", async () => {
    await start();
    await connection.snapshot.guests();
    // Created behind the back of the shared list.
    await connection.tasks.run(() => pve().qemu.$post({ vmid: 3000 }));
    const claim = await connection.vmids.claim((id) => connection.tasks.run(() => pve().qemu.$post({ vmid: id })), {
      range: "3000-3001",
    });
    assert.equal(claim.vmid, 3001);
  });

  it("reports a failed task with its log", async () => {
    await start();
    fault({
      task: "qmcreate",
      effect: { kind: "task-fail", text: "unable to create VM 100 - no space left on device" },
    });
    await assert.rejects(
      connection.tasks.run(() => pve().qemu.$post({ vmid: 100, scsi0: "local:1" })),
      (error) => {
        assert.ok(isProxmoxError(error, "task-failed"));
        assert.match(error.message, /no space left on device.*The storage is full/);
        return true;
      },
    );
  });

  it("repeats after a lock time-out, once it has looked", async () => {
    await start();
    await connection.tasks.run(() => pve().qemu.$post({ vmid: 100 }));
    const text = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
    fault({ task: "qmstart", count: 2, effect: { kind: "task-fail", text } });
    const find = async () => {
      const { status } = await pve().qemu.$(100).status.current.$get();
      return status === "running" ? "already" : undefined;
    };
    const launch = async () => {
      await connection.tasks.run(() => pve().qemu.$(100).status.start.$post());
      return "started";
    };
    assert.equal(await retryLocked(launch, { find, clock: connection.clock }), "started");
    assert.equal(sent("POST", "/qemu/100/status/start"), 3);
    assert.equal(await find(), "already");
  });

  it("reads through 595, 596, 599 and resets; a write is sent once", async () => {
    await start();
    await connection.version();
    for (const status of [595, 596, 599])
      fault({ route: "GET /nodes", count: 1, effect: { kind: "status", status, reason: "Connection timed out" } });
    assert.equal((await connection.api.nodes.$get()).length, 1);
    fault({ route: "GET /nodes", count: 2, effect: { kind: "reset" } });
    assert.equal((await connection.api.nodes.$get()).length, 1);
    fault({ route: "POST /pools", count: 1, effect: { kind: "reset", handled: true } });
    await assert.rejects(connection.api.pools.$post({ poolid: "p1" }), (error) => isProxmoxError(error, "unavailable"));
    assert.equal((await connection.api.pools.$get()).length, 1);
    assert.equal(sent("POST", "/pools"), 1);
  });

  it("waits for a task through an outage of the API", async () => {
    await start();
    const status = "GET /nodes/{node}/tasks/{upid}/status";
    fault({ route: status, count: 3, effect: { kind: "reset" } });
    fault({ route: status, after: 3, count: 2, effect: { kind: "status", status: 595, reason: "Connection refused" } });
    const result = await connection.tasks.run(() => pve().qemu.$post({ vmid: 100 }));
    assert.equal(result.exitStatus, "OK");
  });

  it("uploads with a checksum that the node verifies", async () => {
    await start();
    const file = { filename: "hello world.iso", source: { content: "hello" } };
    const good = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const upload = (checksum: string) =>
      connection.tasks.run(() =>
        connection.transport.upload("pve", "local", file, { content: "iso", checksum, "checksum-algorithm": "sha256" }),
      );
    await upload(good);
    const content = await pve().storage.$("local").content.$get({ content: "iso" });
    assert.ok(content.some(({ volid }) => volid === "local:iso/hello_world.iso"));
    await assert.rejects(upload("0".repeat(64)), /checksum mismatch.*check address and checksum/s);
  });

  it("stages network changes and reads them with their difference", async () => {
    await start();
    await pve().network.$post({ iface: "vmbr7", type: "bridge", autostart: true });
    const { data, changes } = await connection.transport.request("GET", "/nodes/pve/network");
    assert.ok(Array.isArray(data));
    assert.match(changes ?? "", /\+iface vmbr7 inet manual/);
    await connection.tasks.run(() => pve().network.$put());
    await assert.rejects(pve().network.$("vmbr8").$get(), (error) => isProxmoxError(error, "not-found"));
  });
});

/** A second takes 20 ms. */
const fast: Clock = {
  now: () => Date.now() * 50,
  sleep: (ms, signal) => systemClock.sleep(ms / 50, signal),
};

describe("the client in bad weather", () => {
  let simulator: Simulator;
  let connection: Connection;
  afterEach(async () => {
    connection.close();
    await simulator.close();
  });

  it("brings forty VMs up through resets, outages and lost tickets, each created once", async () => {
    const weather = (effect: Fault["effect"], chance: number): Fault => ({ route: "GET *", chance, effect });
    const lostTicket = (after: number): Fault => ({
      route: "POST /nodes*",
      after,
      count: 1,
      effect: { kind: "ticket" },
    });
    simulator = await startSimulator({
      seed: "conformance",
      clock: "auto",
      speed: 200,
      faultSeed: 7,
      faults: [
        weather({ kind: "reset" }, 0.04),
        weather({ kind: "status", status: 595, reason: "Connection refused" }, 0.04),
        weather({ kind: "status", status: 596, reason: "Connection timed out" }, 0.04),
        ...[10, 30, 50].map(lostTicket),
      ],
    });
    connection = connect({
      endpoints: [simulator.nodes[0]!.url],
      tls: { fingerprints: [simulator.nodes[0]!.fingerprint] },
      credentials: { username: simulator.username, password: simulator.password },
      clock: fast,
    });
    const { tasks, vmids, limits } = connection;
    const node = connection.api.nodes.$("pve");
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        limits.run(["node:pve", "global"], async () => {
          const create = (vmid: number) => tasks.run(() => node.qemu.$post({ vmid, name: `vm${n}` }));
          const { vmid } = await vmids.claim(create, { range: "2000-2039" });
          await tasks.run(() => node.qemu.$(vmid).status.start.$post());
          return vmid;
        }),
      ),
    );
    const { faults } = simulator.simulation;
    faults.clear();
    assert.equal(new Set(claims).size, 40);
    const guests = await node.qemu.$get();
    assert.equal(guests.filter(({ status }) => status === "running").length, 40);
    for (const kind of ["reset", "status", "ticket"]) assert.ok((faults.struck[kind] ?? 0) > 0, `no ${kind} struck`);
    const creations = simulator.requests.filter(
      ({ method, path, status }) => method === "POST" && path.endsWith("/nodes/pve/qemu") && status === 200,
    );
    assert.equal(creations.length, 40);
  });
});

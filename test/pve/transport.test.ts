import assert from "node:assert/strict";
import { connect, isProxmoxError, type Connection, type ConnectOptions } from "../../pve";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { VirtualClock } from "./virtual-clock";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

describe("transport", () => {
  let fake: FakeApi;
  let connection: Connection;
  let clock: VirtualClock;
  const open = (options: Partial<ConnectOptions> = {}): Connection => {
    connection?.close();
    connection = connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls: { fingerprints: [certificate.fingerprint] },
      clock,
      ...options,
    });
    return connection;
  };

  beforeEach(async () => {
    fake = await startFakeApi();
    clock = new VirtualClock();
    open();
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("logs in once for many calls, with cookie and CSRF token", async () => {
    fake.on("GET", "/nodes", { data: [{ node: "pve" }] });
    fake.on("POST", "/pools", { data: null });
    const [nodes] = await Promise.all([connection.api.nodes.$get(), connection.api.pools.$post({ poolid: "p" })]);
    assert.deepEqual(nodes, [{ node: "pve" }]);
    assert.equal(fake.logins.length, 1);
    assert.equal(fake.logins[0]?.form.get("password"), rootPassword);
    const post = fake.requests.find(({ method }) => method === "POST");
    assert.equal(post?.headers.cookie, "PVEAuthCookie=PVE%3Aroot%40pam%3A1%3A%3Ac2ln%2Bx%2F%3D");
    assert.equal(post?.headers["csrfpreventiontoken"], "csrf1:token");
    const get = fake.requests.find(({ method }) => method === "GET");
    assert.equal(get?.headers["csrfpreventiontoken"], undefined);
  });

  it("uses an API token without a log-in or a cookie", async () => {
    open({ credentials: { tokenId: "ci@pve!deploy", secret: "0123-4567" } });
    fake.on("GET", "/nodes", { data: [] });
    await connection.api.nodes.$get();
    assert.equal(fake.logins.length, 0);
    assert.equal(fake.requests[0]?.headers.authorization, "PVEAPIToken=ci@pve!deploy=0123-4567");
    assert.equal(fake.requests[0]?.headers.cookie, undefined);
  });

  it("sends a form with 1 and 0, repeated keys and everything escaped", async () => {
    fake.on("POST", "/nodes/pve/qemu", { data: "x" });
    await connection.api.nodes.$("pve").qemu.$post({
      vmid: 100,
      onboot: true,
      acpi: false,
      net0: "virtio,bridge=vmbr0",
      tags: "a;b+c d",
      unset: undefined,
    });
    assert.equal(fake.requests[0]?.body, "vmid=100&onboot=1&acpi=0&net0=virtio%2Cbridge%3Dvmbr0&tags=a%3Bb%2Bc%20d");
    fake.on("POST", "/nodes/pve/qemu/100/agent/exec", { data: { pid: 1 } });
    await connection.transport.request("POST", "/nodes/pve/qemu/100/agent/exec", { command: ["ls", "-l"] });
    assert.equal(fake.requests[1]?.body, "command=ls&command=-l");
  });

  it("puts parameters of GET and DELETE into the query and sends no body", async () => {
    fake.on("DELETE", "/nodes/pve/qemu/100", { data: "upid" });
    await connection.api.nodes.$("pve").qemu.$(100).$delete({ purge: true });
    assert.equal(fake.requests[0]?.query.get("purge"), "1");
    assert.equal(fake.requests[0]?.body, "");
    assert.equal(fake.requests[0]?.headers["transfer-encoding"], undefined);
  });

  it("percent-encodes ids, a slash within one included", async () => {
    fake.on("GET", /storage/, { data: {} });
    await connection.api.nodes.$("pve").storage.$("local").content.$("local:iso/a b#.iso").$get();
    assert.equal(fake.requests[0]?.path, "/nodes/pve/storage/local/content/local%3Aiso%2Fa%20b%23.iso");
  });

  it("refuses an empty id, which would address the whole collection", async () => {
    await assert.rejects(connection.api.pools.$("").$delete(), (error) => isProxmoxError(error, "invalid"));
    assert.equal(fake.requests.length, 0);
  });

  it("offers the whole answer", async () => {
    fake.on("GET", "/nodes/pve/network", { data: [], extra: { changes: "--- a\n+++ b\n", total: "7" } });
    const reply = await connection.transport.request("GET", "/nodes/pve/network");
    assert.deepEqual(reply, { data: [], changes: "--- a\n+++ b\n", total: 7 });
  });

  it("reads again after an outage, a write never once it was sent", async () => {
    let failures = 2;
    fake.on("GET", "/nodes", () => (failures-- > 0 ? "reset" : { data: [] }));
    await connection.api.nodes.$get();
    assert.equal(fake.requests.length, 3);
    fake.on("POST", "/pools", "reset");
    await assert.rejects(connection.api.pools.$post({ poolid: "p" }), (error) => {
      assert.ok(isProxmoxError(error, "unavailable"));
      assert.match(error.message, /may have been carried out/);
      return true;
    });
    assert.equal(fake.requests.filter(({ method }) => method === "POST").length, 1);
  });

  it("reads again after 595, and reports it in the end", async () => {
    fake.on("GET", "/nodes/pve2/status", { status: 595, reason: "No route to host", body: "" });
    await assert.rejects(connection.api.nodes.$("pve2").status.$get(), (error) => {
      assert.ok(isProxmoxError(error, "unavailable"));
      assert.equal(error.said, "No route to host");
      return true;
    });
    const asked = (method: string) =>
      fake.requests.filter((one) => one.method === method && one.path === "/nodes/pve2/status").length;
    assert.equal(asked("GET"), 4);
    fake.on("POST", "/nodes/pve2/status", { status: 595, reason: "No route to host", body: "" });
    await assert.rejects(connection.api.nodes.$("pve2").status.$post({ command: "reboot" }));
    assert.equal(asked("POST"), 1);
  });

  it("says at once that a node is offline, asking the cluster once for many calls", async () => {
    fake.on("GET", "/cluster/resources", { data: [{ type: "node", node: "pve2", status: "offline" }] });
    fake.on("GET", /^\/nodes\/pve2\//, { status: 595, reason: "No route to host", body: "" });
    fake.on("POST", /^\/nodes\/pve2\//, { status: 595, reason: "No route to host", body: "" });
    const node = connection.api.nodes.$("pve2");
    for (const call of [node.status.$get(), node.qemu.$get(), node.status.$post({ command: "reboot" })])
      await assert.rejects(call, (error) => {
        assert.ok(isProxmoxError(error, "unavailable"));
        assert.equal(error.offline, "pve2");
        assert.match(error.message, /was answered with 595 No route to host\. Node pve2 is offline: bring it back/);
        return true;
      });
    assert.equal(fake.requests.filter(({ path }) => path.startsWith("/nodes/pve2/")).length, 3);
    assert.equal(fake.requests.filter(({ path }) => path === "/cluster/resources").length, 1);
  });

  it("says of a write alone that it may have been carried out, and only where that can be", async () => {
    const may = /may have been carried out/;
    for (const [status, expected] of [
      [595, false],
      [596, true],
      [599, true],
      [502, true],
    ] as const) {
      const reply = { status, reason: "Broken pipe", body: "" };
      fake.on("GET", "/nodes/pve2/status", reply);
      fake.on("POST", "/nodes/pve2/status", reply);
      const at = connection.api.nodes.$("pve2").status;
      await assert.rejects(at.$get(), (error: Error) => !/carried out/.test(error.message), `GET ${status}`);
      await assert.rejects(
        at.$post({ command: "reboot" }),
        (error: Error) => may.test(error.message) === expected,
        `POST ${status}`,
      );
    }
  });

  it("sends again what no worker could be started for: nothing was begun", async () => {
    let failures = 2;
    const reason = "got no worker upid - start worker failed.";
    fake.on("POST", "/nodes/pve2/startall", () => (failures-- > 0 ? { status: 500, reason } : { data: "UPID:x" }));
    assert.equal(await connection.api.nodes.$("pve2").startall.$post(), "UPID:x");
    assert.equal(fake.requests.length, 3);
    fake.on("POST", "/nodes/pve2/startall", { status: 500, reason });
    await assert.rejects(connection.api.nodes.$("pve2").startall.$post(), (error) => {
      assert.ok(isProxmoxError(error, "unavailable"));
      assert.match(
        error.message,
        /start worker failed\. The node is under such a load that it could not start a process/,
      );
      return true;
    });
    assert.equal(fake.requests.length, 7);
    // The VMID is claimed before the worker is started: whoever creates must look first.
    fake.on("POST", "/nodes/pve2/qemu", { status: 500, reason });
    await assert.rejects(connection.api.nodes.$("pve2").qemu.$post({ vmid: 100 }), /start worker failed/);
    assert.equal(fake.requests.length, 8);
  });

  it("logs in again after a 401 and repeats even a write, once", async () => {
    let refused = 0;
    fake.on("POST", "/pools", ({ headers }) =>
      headers["csrfpreventiontoken"] === "csrf1:token"
        ? (refused++, { status: 401, reason: "Permission denied - invalid csrf token", body: "" })
        : { data: null },
    );
    await connection.api.pools.$post({ poolid: "p" });
    assert.equal(refused, 1);
    assert.equal(fake.logins.length, 2);
    fake.on("POST", "/pools", { status: 401, reason: "Authentication failed!", body: "" });
    await assert.rejects(connection.api.pools.$post({ poolid: "p" }), (error) =>
      isProxmoxError(error, "unauthenticated"),
    );
  });

  it("shares one new log-in among calls that are refused at once", async () => {
    fake.on("GET", "/nodes", ({ headers }) =>
      headers.cookie?.includes("%3A1%3A") ? { status: 401, reason: "Authentication failed!", body: "" } : { data: [] },
    );
    await Promise.all(Array.from({ length: 10 }, () => connection.api.nodes.$get()));
    assert.equal(fake.logins.length, 2);
  });

  it("renews the ticket with itself before it expires", async () => {
    fake.on("GET", "/nodes", { data: [] });
    await connection.api.nodes.$get();
    clock.skip(91 * 60_000);
    await connection.api.nodes.$get();
    assert.equal(fake.logins.length, 2);
    assert.equal(fake.logins[1]?.form.get("password"), "PVE:root@pam:1::c2ln+x/=");
    clock.skip(3 * 3_600_000);
    await connection.api.nodes.$get();
    assert.equal(fake.logins[2]?.form.get("password"), rootPassword);
  });

  it("asks a wrong password's answer once, not once per call", async () => {
    fake.on("POST", "/access/ticket", { status: 401, reason: "authentication failure" });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => connection.api.nodes.$get()));
    assert.ok(results.every((r) => r.status === "rejected" && isProxmoxError(r.reason, "unauthenticated")));
    await assert.rejects(connection.api.nodes.$get(), /Could not log in as root@pam/);
    assert.equal(fake.logins.length, 1);
  });

  it("says what to do about a second factor", async () => {
    fake.on("POST", "/access/ticket", { data: { NeedTFA: 1, ticket: "PVE:!tfa!x", CSRFPreventionToken: "x:y" } });
    await assert.rejects(connection.api.nodes.$get(), /second factor \(TFA\).*Use an API token/);
  });

  it("refuses a Proxmox VE before 8.2", async () => {
    fake.on("GET", "/version", { data: { version: "8.1.10", release: "8.1" } });
    await assert.rejects(connection.api.nodes.$get(), (error) => {
      assert.ok(isProxmoxError(error, "unsupported"));
      assert.match(error.message, /Proxmox VE 8\.1\.10; 8\.2 is the oldest/);
      return true;
    });
    assert.equal(fake.requests.length, 0);
  });

  it("lets one caller go while the others wait for the log-in", async () => {
    fake.on("GET", "/nodes", { data: [] });
    const controller = new AbortController();
    const first = connection.with({ signal: controller.signal }).api.nodes.$get();
    const second = connection.api.nodes.$get();
    controller.abort();
    await assert.rejects(first, (error) => isProxmoxError(error, "aborted"));
    assert.deepEqual(await second, []);
    assert.equal(fake.logins.length, 1);
  });

  it("reads no answer that is larger than the API's can be, whether its length is told or not", async () => {
    fake.on("GET", "/nodes", { pieces: 1000, data: [] });
    fake.on("GET", "/pools", { body: `{"data":"${"x".repeat(33 * 2 ** 20)}"}` });
    const before = process.memoryUsage().arrayBuffers;
    for (const call of [() => connection.api.nodes.$get(), () => connection.api.pools.$get()])
      await assert.rejects(call, (error) => {
        assert.ok(isProxmoxError(error, "protocol"));
        assert.match(error.message, /^The answer of https:\S+ to GET \S+ is larger than 32 MiB, and was not read/);
        return true;
      });
    assert.equal(fake.requests.length, 2, "asked once each");
    assert.ok(process.memoryUsage().arrayBuffers - before < 200 * 2 ** 20);
    fake.on("GET", "/nodes", { pieces: 20, body: " {}" });
    await assert.rejects(connection.api.nodes.$get(), (error) => isProxmoxError(error, "protocol"));
  });

  it("reports an answer that is not Proxmox's", async () => {
    fake.on("GET", "/nodes", { body: "<html>" });
    await assert.rejects(connection.api.nodes.$get(), (error) => isProxmoxError(error, "protocol"));
  });

  it("ends a call at the operation's time limit, and when its signal is aborted", async () => {
    fake.on("GET", "/nodes", "hang");
    // Logged in with all the time it needs: only what hangs is given little.
    await connection.version();
    const view = connection.with({ attempt: "look around" });
    await assert.rejects(view.api.pools.$post({ poolid: "p" }), /Could not look around/);
    await assert.rejects(view.with({ timeoutMs: 0 }).api.nodes.$get(), (error) => isProxmoxError(error, "timeout"));
    await assert.rejects(
      connection.transport.with({ requestTimeoutMs: 1000 }).request("GET", "/nodes"),
      /no answer within/,
    );
    assert.equal(fake.requests.filter(({ method }) => method === "GET").length, 1);
    const controller = new AbortController();
    const call = connection.with({ signal: controller.signal }).api.nodes.$get();
    controller.abort();
    await assert.rejects(call, (error) => isProxmoxError(error, "aborted"));
  });
});

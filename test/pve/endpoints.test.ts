import assert from "node:assert/strict";
import { connect, isProxmoxError, type Connection } from "../../pve";
import { parseOrigin } from "../../pve/endpoints";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { VirtualClock } from "./virtual-clock";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

describe("endpoints", () => {
  let first: FakeApi;
  let second: FakeApi;
  let connection: Connection;
  let clock: VirtualClock;

  beforeEach(async () => {
    [first, second] = [await startFakeApi(), await startFakeApi()];
    clock = new VirtualClock();
    for (const fake of [first, second]) {
      fake.on("GET", "/nodes", { data: [] });
      fake.on("POST", "/pools", { data: null });
    }
    connection = connect({
      endpoints: [first.endpoint, second.endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls: { fingerprints: [certificate.fingerprint] },
      clock,
    });
  });
  afterEach(async () => {
    connection.close();
    // A test may have closed one of them already.
    await Promise.allSettled([first.close(), second.close()]);
  });

  it("reads hosts, ports and addresses", () => {
    assert.equal(parseOrigin("pve1.example.com").origin, "https://pve1.example.com:8006");
    assert.equal(parseOrigin("10.0.0.1:18006").origin, "https://10.0.0.1:18006");
    assert.equal(parseOrigin("https://pve1/").origin, "https://pve1:8006");
    assert.equal(parseOrigin("https://pve1:443").port, 443);
    assert.deepEqual(parseOrigin("[fd00::1]:443"), { origin: "https://[fd00::1]:443", host: "fd00::1", port: 443 });
    assert.equal(parseOrigin("[fd00::1]").port, 8006);
    for (const bad of ["http://pve1", "", "https://pve1/api2", "https://root@pve1"])
      assert.throws(() => parseOrigin(bad), /is no API endpoint/);
  });

  it("asks the next one when one is gone, also for writes, without a pause", async () => {
    const before = clock.now();
    await first.close();
    await connection.api.pools.$post({ poolid: "p" });
    await connection.api.nodes.$get();
    assert.deepEqual(
      second.requests.map(({ method }) => method),
      ["POST", "GET"],
    );
    assert.equal(second.logins.length, 1);
    assert.equal(clock.now(), before);
    first = second;
  });

  it("reads through the other one when one cuts the connection, and stays there", async () => {
    first.on("GET", "/nodes", "reset");
    await connection.api.nodes.$get();
    await connection.api.nodes.$get();
    assert.equal(first.requests.length, 1);
    assert.equal(second.requests.length, 2);
  });

  it("names all of them when none answers", async () => {
    await Promise.all([first.close(), second.close()]);
    await assert.rejects(connection.api.nodes.$get(), (error) => {
      assert.ok(isProxmoxError(error, "unavailable"));
      assert.ok(error.message.includes(first.endpoint) && error.message.includes(second.endpoint), error.message);
      assert.match(error.message, /Nothing was sent/);
      return true;
    });
    [first, second] = [await startFakeApi(), await startFakeApi()];
  });
});

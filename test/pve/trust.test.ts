import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { connect, isProxmoxError, parseFingerprint, type Connection, type TrustOptions } from "../../pve";
import { authority, otherFingerprint, server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { VirtualClock } from "./virtual-clock";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

describe("trust", () => {
  let fake: FakeApi;
  let connection: Connection | undefined;
  const warnings: string[] = [];
  const open = (
    tls?: TrustOptions,
    endpoint: string | { url: string; fingerprint: string } = fake.endpoint,
  ): Connection => {
    connection = connect({
      endpoints: [endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls,
      clock: new VirtualClock(),
      warn: (message) => warnings.push(message),
    });
    return connection;
  };
  const refused = (tls?: TrustOptions) =>
    assert.rejects(open(tls).version(), (error) => {
      assert.ok(isProxmoxError(error, "untrusted"), String(error));
      assert.match(error.message, /Nothing was sent/);
      return true;
    });

  beforeEach(async () => {
    fake = await startFakeApi();
    warnings.length = 0;
  });
  afterEach(async () => {
    connection?.close();
    await fake.close();
  });

  it("refuses an unknown authority by default, and sends nothing", async () => {
    await refused();
    assert.equal(fake.secured(), 0);
    assert.equal(fake.logins.length, 0);
  });

  it("reads the authorities that Node.js brings only where they decide", () => {
    // The native half of a context is in no declarations; how many authorities it holds cannot be asked.
    const native = Object.getPrototypeOf(tls.createSecureContext({ ca: [] }).context) as { addRootCerts(): void };
    const real = native.addRootCerts;
    let read = 0;
    native.addRootCerts = function () {
      read++;
      real.call(this);
    };
    try {
      const reads = (options?: TrustOptions): number => {
        read = 0;
        open(options).close();
        return read;
      };
      assert.equal(reads(), 1);
      assert.equal(reads({ ca: authority }), 0);
      assert.equal(reads({ fingerprints: [otherFingerprint] }), 0);
      assert.equal(reads({ insecure: true }), 0);
    } finally {
      native.addRootCerts = real;
    }
  });

  it("accepts a given authority, as text or file", async () => {
    assert.equal((await open({ ca: authority }).version()).major, 9);
    connection?.close();
    const folder = mkdtempSync(path.join(os.tmpdir(), "pve-ca-"));
    const file = path.join(folder, "ca.pem");
    writeFileSync(file, authority);
    assert.equal((await open({ ca: file }).version()).major, 9);
    rmSync(folder, { recursive: true });
    assert.throws(() => open({ ca: file }), /Cannot read the certificate authority/);
  });

  it("accepts the pinned fingerprint in any notation, also per endpoint", async () => {
    await open({ fingerprints: [certificate.fingerprint.toLowerCase().replace(/:/g, "")] }).version();
    assert.ok(fake.secured() > 0, "the server would have seen bytes");
    connection?.close();
    await open(undefined, { url: fake.endpoint, fingerprint: certificate.fingerprint }).version();
    assert.throws(() => parseFingerprint("AB:CD"), /32 pairs/);
  });

  it("sends not a single byte to a server with another fingerprint, on any connection", async () => {
    await refused({ fingerprints: [otherFingerprint] });
    await assert.rejects(connection!.api.nodes.$get());
    assert.ok(fake.connections() >= 2);
    assert.equal(fake.secured(), 0);
    assert.equal(fake.logins.length, 0);
  });

  it("does not go on to another endpoint when one is not trusted", async () => {
    const second = await startFakeApi();
    connection = connect({
      endpoints: [
        { url: fake.endpoint, fingerprint: otherFingerprint },
        { url: second.endpoint, fingerprint: certificate.fingerprint },
      ],
      credentials: { username: "root@pam", password: rootPassword },
    });
    await assert.rejects(connection.version(), (error) => isProxmoxError(error, "untrusted"));
    assert.equal(second.connections(), 0);
    await second.close();
  });

  it("a pin is stricter than an authority that would vouch for the server", async () => {
    await refused({ ca: authority, fingerprints: [otherFingerprint] });
    assert.equal(fake.secured(), 0);
  });

  it("insecure works only when asked for, and warns", async () => {
    await open({ insecure: true }).version();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /not verified \(insecure\)/);
  });

  it("opens no connection anew for what is asked at once, time and again", async () => {
    fake.on("GET", "/nodes", { data: [] });
    const { api } = open({ fingerprints: [certificate.fingerprint] });
    await api.nodes.$get();
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 24 }, () => api.nodes.$get()));
    assert.ok(fake.connections() <= 24, `${fake.connections()} connections`);
  });
});

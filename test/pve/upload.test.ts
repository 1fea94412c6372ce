import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { connect, type Connection } from "../../pve";
import { parseOrigin } from "../../pve/endpoints";
import { exchange, NoAnswer } from "../../pve/http";
import { requestTimeout } from "../../pve/sender";
import { TlsSessions } from "../../pve/tls-sessions";
import { TrustedAgent } from "../../pve/trust";
import { VirtualClock } from "./virtual-clock";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

const TASK = "UPID:pve:00001000:00ABCDEF:6955B900:imgcopy::root@pam:";

describe("upload", () => {
  let fake: FakeApi;
  let connection: Connection;

  beforeEach(async () => {
    fake = await startFakeApi();
    fake.on("POST", "/nodes/pve/storage/local/upload", { data: TASK });
    connection = connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls: { fingerprints: [certificate.fingerprint] },
    });
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("sends the parts in the order that pveproxy demands, with the length beforehand", async () => {
    const file = { filename: 'a"b.iso', source: { content: "hello" } };
    const fields = { checksum: "ab", content: "iso", "checksum-algorithm": "sha256" };
    assert.equal(await connection.transport.upload("pve", "local", file, fields), TASK);
    const { body, headers } = fake.requests[0]!;
    const names = [...body.matchAll(/; name="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(names, ["content", "checksum-algorithm", "checksum", "filename"]);
    assert.match(body, /filename="a_b\.iso"\r\nContent-Type: application\/octet-stream\r\n\r\nhello\r\n--/);
    assert.equal(Number(headers["content-length"]), Buffer.byteLength(body));
    assert.equal(headers["transfer-encoding"], undefined);
  });

  it("has more time the larger it is", () => {
    const upload = { contentType: "", length: 1024 ** 3, open: () => Readable.from([]) };
    assert.equal(requestTimeout({}, 60_000), 60_000);
    assert.ok(requestTimeout({ upload }, 60_000) > 3_600_000);
  });

  it("lets go of the file when it fails", async () => {
    const body = new Readable({ read: () => undefined });
    const agent = new TrustedAgent({ kind: "insecure" }, 60_000, new TlsSessions(new VirtualClock()));
    const endpoint = { ...parseOrigin(fake.endpoint), agent };
    const request = { method: "POST", path: "/", headers: { "content-length": 5 }, body, timeoutMs: 2_000 };
    await assert.rejects(
      exchange(endpoint, request),
      (error) => error instanceof NoAnswer && error.timedOut && error.sent,
    );
    assert.ok(body.destroyed);
    agent.destroy();
  });

  it("streams a file", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "pve-upload-"));
    const file = path.join(folder, "big.iso");
    writeFileSync(file, Buffer.alloc(1_000_000, "x"));
    await connection.transport.upload(
      "pve",
      "local",
      { filename: "big.iso", source: { path: file } },
      { content: "iso" },
    );
    assert.equal(fake.requests[0]?.body.match(/x{1000000}/)?.length, 1);
    rmSync(folder, { recursive: true });
    const gone = { filename: "big.iso", source: { path: file } };
    await assert.rejects(connection.transport.upload("pve", "local", gone, { content: "iso" }), /ENOENT/);
  });
});

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { connect, MASK, Redactor, type Connection } from "../../pve";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { secretValue } from "../support/secret-values";

const cloudSecret = secretValue("a cloud-init password");
const hidden = secretValue("a value that is kept out of messages");

describe("redaction", () => {
  let fake: FakeApi;
  let connection: Connection;
  let folder: string;
  const password = "p&ss wörd/1";
  const file = (name: string) => readFileSync(path.join(folder, name), "utf8");

  beforeEach(async () => {
    fake = await startFakeApi();
    folder = mkdtempSync(path.join(os.tmpdir(), "pve-log-"));
    connection = connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password },
      tls: { fingerprints: [certificate.fingerprint] },
      log: { debug: path.join(folder, "debug"), record: path.join(folder, "record") },
      secrets: [hidden],
    });
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps every secret out of errors and logs, in every notation", async () => {
    fake.on("POST", "/nodes/pve/qemu", {
      status: 400,
      reason: "Parameter verification failed.",
      extra: {
        errors: { cipassword: `got '${cloudSecret}'\n`, name: `got '${hidden}' ${encodeURIComponent(password)}` },
      },
    });
    const call = connection.api.nodes
      .$("pve")
      .qemu.$post({ vmid: 100, cipassword: cloudSecret, name: hidden, sshkeys: "ssh-rsa%20AAA" });
    const error = await call.then(
      () => assert.fail("should have failed"),
      (caught: unknown) => caught,
    );
    const everything = [
      inspect(error, { depth: 9 }),
      String(error),
      JSON.stringify(error),
      file("debug"),
      file("record"),
    ].join("\n");
    for (const secret of [cloudSecret, hidden, password, encodeURIComponent(password), "c2ln+x/=", "csrf1:token"])
      assert.ok(!everything.includes(secret), `${secret} in ${everything}`);
    assert.ok(everything.includes("ssh-rsa%20AAA"), "public keys are no secrets");
  });

  it("records requests one JSON object a line, secrets masked", async () => {
    fake.on("POST", "/nodes/pve/qemu", { data: "UPID" });
    fake.on("DELETE", "/nodes/pve/qemu/100", { status: 500, reason: "VM 100 is running - destroy failed" });
    await connection.api.nodes.$("pve").qemu.$post({ vmid: 100, onboot: true, cipassword: cloudSecret });
    await assert.rejects(connection.api.nodes.$("pve").qemu.$(100).$delete({ purge: true }));
    const lines = file("record")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(lines, [
      { method: "POST", path: "/access/ticket", params: { username: "root@pam", password: MASK }, status: 200 },
      { method: "GET", path: "/version", params: {}, status: 200 },
      { method: "POST", path: "/nodes/pve/qemu", params: { vmid: "100", onboot: "1", cipassword: MASK }, status: 200 },
      { method: "DELETE", path: "/nodes/pve/qemu/100", params: { purge: "1" }, status: 500 },
    ]);
    assert.match(
      file("debug"),
      /DELETE https:\/\/127\.0\.0\.1:\d+\/nodes\/pve\/qemu\/100 \{"purge":"1"\} -> 500 VM 100 is running/,
    );
  });

  it("lets nobody else read the logs, whatever the umask and whoever made the files", async () => {
    const earlier = path.join(folder, "earlier");
    writeFileSync(earlier, "of an earlier run\n");
    chmodSync(earlier, 0o644);
    fake.on("GET", "/nodes", { data: [] });
    const umask = process.umask(0);
    try {
      await connection.api.nodes.$get();
      connection.close();
      connection = connect({
        endpoints: [fake.endpoint],
        tls: { fingerprints: [certificate.fingerprint] },
        credentials: { username: "root@pam", password },
        log: { debug: earlier },
      });
      await connection.api.nodes.$get();
    } finally {
      process.umask(umask);
    }
    for (const name of ["debug", "record", "earlier"])
      assert.equal((statSync(path.join(folder, name)).mode & 0o777).toString(8), "600", name);
    assert.match(file("earlier"), /^of an earlier run\n/);
  });

  it("records nothing of a file for a guest, whose encoding would hide a secret in it", async () => {
    fake.on("POST", "/nodes/pve/qemu/100/agent/file-write", { data: null });
    const content = Buffer.from(`export A=hidden-value`).toString("base64");
    await connection.api.nodes
      .$("pve")
      .qemu.$(100)
      .agent["file-write"].$post({ file: "/run/a", content, encode: false });
    assert.ok(!file("record").includes(content));
    assert.ok(!file("debug").includes(content));
  });

  it("learns a new API token's secret from the answer", async () => {
    fake.on("POST", "/access/users/ci%40pve/token/x", { data: { value: "11111111-2222", "full-tokenid": "ci@pve!x" } });
    const answer = await connection.api.access.users.$("ci@pve").token.$("x").$post();
    assert.equal(answer["value"], "11111111-2222");
    assert.equal(connection.redact("the secret is 11111111-2222"), `the secret is ${MASK}`);
  });

  it("masks the longest of overlapping secrets, and leaves tiny ones to their names", () => {
    const redactor = new Redactor(["secret", "secret-and-more", "a"]);
    assert.equal(redactor.text("a secret-and-more"), `a ${MASK}`);
    assert.deepEqual(redactor.params({ password: "a", tokenid: "t", node: "pve" }), {
      password: MASK,
      tokenid: "t",
      node: "pve",
    });
  });

  it("masks whole files, longer than a regular expression can be", () => {
    const file = "line of a key\n".repeat(5000);
    const redactor = new Redactor([file, "short-one"]);
    assert.equal(redactor.text(`got ${file} and short-one`), `got ${MASK} and ${MASK}`);
  });
});

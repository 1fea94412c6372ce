import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { networkGuard } from "./environment";

/** Runs a script under the guard, with a record of its own. */
function guarded(script: string): { stdout: string; stderr: string; record: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "network-guard-"));
  const record = path.join(folder, "record.txt");
  const env = { PATH: process.env["PATH"], NETWORK_GUARD_FILE: record, NODE_OPTIONS: `--require "${networkGuard}"` };
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8", timeout: 10_000 });
  const written = fs.existsSync(record) ? fs.readFileSync(record, "utf8") : "";
  fs.rmSync(folder, { recursive: true });
  return { stdout, stderr, record: written };
}

// Documentation addresses (RFC 5737, RFC 2606): were the guard to fail, nobody would be there.
const ways = {
  "a TCP connection": `require("net").connect(443, "192.0.2.1")`,
  "a TLS connection": `require("tls").connect({ host: "192.0.2.1", port: 443 })`,
  "an IPv6 connection": `require("net").connect({ host: "2001:db8::1", port: 443 })`,
  fetch: `fetch("https://example.invalid/").catch(() => 0)`,
  "an HTTPS request": `require("https").get("https://192.0.2.1/").on("error", () => {})`,
  "a look-up": `require("dns").lookup("example.invalid", () => {})`,
  "a promised look-up": `require("dns/promises").resolve4("example.invalid").catch(() => 0)`,
  "a datagram": `require("dgram").createSocket("udp4").send("x", 53, "192.0.2.1")`,
};

describe("the network guard", () => {
  for (const [name, script] of Object.entries(ways))
    it(`records ${name}`, () => assert.match(guarded(script).record, /^(connection|look-up|datagram) (to|of) \S+/));

  it("lets the loopback through and prints nothing", () => {
    const talk = `
      const net = require("net");
      const server = net.createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1", async () => {
        const { port } = server.address();
        const text = await (await fetch("http://localhost:" + port).catch(() => ({ text: () => "refused" }))).text();
        net.connect(port, "127.0.0.1").on("data", (data) => { process.stdout.write(String(data)); server.close(); });
      });`;
    assert.deepEqual(guarded(talk), { stdout: "hello", stderr: "", record: "" });
  });
});

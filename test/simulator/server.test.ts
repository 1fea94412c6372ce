import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import net from "node:net";
import { startSimulator, type Simulator } from "../../simulator/index.js";
import { ask } from "./api-client.js";

describe("the simulator's server", () => {
  let simulator: Simulator;
  const first = () => simulator.nodes[0] ?? assert.fail("no node");
  const byToken = () => ({ headers: { Authorization: `PVEAPIToken=${simulator.token.id}=${simulator.token.secret}` } });

  beforeEach(async () => {
    simulator = await startSimulator({ seed: "conformance" });
  });
  afterEach(() => simulator.close());

  it("serves a certificate that its authority signed, with the fingerprint that it tells", async () => {
    const { reason } = await ask(first(), "GET", "/version", { ...byToken(), ca: simulator.ca });
    assert.equal(reason, "OK");
    assert.equal(new X509Certificate(first().certificate).fingerprint256, first().fingerprint);
  });

  it("listens on loopback only", async () => {
    const outside = new net.Socket();
    const refused = await new Promise<boolean>((resolve) => {
      outside.once("error", () => resolve(true));
      outside.connect(first().port, "127.0.0.2", () => resolve(false));
    });
    outside.destroy();
    assert.ok(refused);
  });

  it("keeps a world's certificates when it is saved and loaded", async () => {
    const { fingerprint } = first();
    const again = await startSimulator({ seed: simulator.simulation.save() });
    assert.equal(again.nodes[0]?.fingerprint, fingerprint);
    assert.equal(again.token.secret, simulator.token.secret);
    await again.close();
  });

  it("answers 401 with an empty body, and lets simulated time pass for it", async () => {
    const before = simulator.clock.now();
    const answer = await ask(first(), "GET", "/version");
    assert.deepEqual([answer.status, answer.reason, answer.text], [401, "No ticket", ""]);
    assert.equal(simulator.clock.now() - before, 3000);
  });

  it("logs in, and takes ticket and CSRF token", async () => {
    const params = { username: simulator.username, password: simulator.password };
    const { json } = await ask(first(), "POST", "/access/ticket", { params });
    const { ticket, CSRFPreventionToken } = json?.data as { ticket: string; CSRFPreventionToken: string };
    const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
    const group = { params: { groupid: "g1" } };
    assert.equal(
      (await ask(first(), "POST", "/access/groups", { ...group, headers: cookie })).reason,
      "Permission denied - invalid csrf token",
    );
    const headers = { ...cookie, CSRFPreventionToken };
    assert.equal((await ask(first(), "POST", "/access/groups", { ...group, headers })).status, 200);
    simulator.clock.advance(2 * 3600 * 1000 + 1000);
    assert.equal((await ask(first(), "GET", "/version", { headers })).reason, "Authentication failed!");
  });

  it("lets a token in with its own secret only", async () => {
    const [node] = simulator.nodes;
    assert.ok(node);
    const { id, secret } = simulator.token;
    const status = async (token: string): Promise<number> =>
      (await ask(node, "GET", "/nodes", { headers: { Authorization: `PVEAPIToken=${token}` } })).status;
    assert.equal(await status(`${id}=${secret}`), 200);
    const other = secret.replace(/^./, (first) => (first === "0" ? "1" : "0"));
    for (const wrong of [`${id}=${other}`, `${id}=`, id, `${id}=${secret}0`, `root@pam!none=${secret}`])
      assert.equal(await status(wrong), 401, wrong);
  });

  it("prefers a stale cookie to a good token, as Proxmox does", async () => {
    const headers = { ...byToken().headers, Cookie: "PVEAuthCookie=stale" };
    assert.equal((await ask(first(), "GET", "/version", { headers })).status, 401);
  });

  it("refuses what Proxmox's HTTP server refuses", async () => {
    const cases: [string, string, { body?: string; contentType?: string }, number, string][] = [
      ["PATCH", "/version", {}, 501, "method 'PATCH' not available"],
      ["GET", "/api2/xml/version", {}, 501, "no formatter for uri /version, xml"],
      ["GET", "/api2", {}, 501, "no such uri"],
      ["DELETE", "/pools/x", { body: "a=1" }, 501, "Unexpected content for method 'DELETE'"],
      [
        "POST",
        "/pools",
        { body: "a", contentType: "text/plain" },
        506,
        "upload 'Content-Type 'text/plain' not implemented",
      ],
      ["POST", "/pools", { body: "x".repeat(600_000) }, 501, "for data too large"],
      ["GET", "/nope", {}, 501, "Method 'GET /nope' not implemented"],
    ];
    for (const [method, path, extra, status, reason] of cases) {
      const answer = await ask(first(), method, path, { ...byToken(), ...extra });
      assert.deepEqual([answer.status, answer.reason], [status, reason]);
    }
  });

  it("cuts form values at their second equals sign and splits pairs at semicolons", async () => {
    const body = "poolid=p1&comment=a=b";
    await ask(first(), "POST", "/pools", { ...byToken(), body });
    const { json } = await ask(first(), "GET", "/pools/p1", byToken());
    assert.equal((json?.data as { comment: string }).comment, "a");
    const split = await ask(first(), "POST", "/pools", { ...byToken(), body: "poolid=p2;comment=c" });
    assert.equal(split.status, 200);
  });

  it("answers in the web interface's format with status 200", async () => {
    const answer = await ask(first(), "GET", "/api2/extjs/pools/none", byToken());
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { data: null, message: "pool 'none' does not exist\n", success: 0, status: 500 });
  });

  it("answers 501 to writes of areas that are not built, and counts them", async () => {
    const answer = await ask(first(), "POST", "/cluster/metrics/server/m1", {
      ...byToken(),
      params: { type: "graphite", server: "10.0.0.9", port: "2003" },
    });
    assert.equal(answer.status, 501);
    assert.deepEqual(
      simulator.requests.filter(({ unbuilt }) => unbuilt).map(({ route }) => route),
      ["POST /cluster/metrics/server/{id}"],
    );
  });

  it("masks secrets in the record of requests", async () => {
    await ask(first(), "POST", "/access/ticket", { params: { username: "root@pam", password: "never shown" } });
    assert.ok(!JSON.stringify(simulator.requests).includes("never shown"));
  });
});

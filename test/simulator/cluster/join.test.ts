import assert from "node:assert/strict";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import { startSimulator, type SimulatedNode, type Simulator } from "../../../simulator/index.js";
import { ask, type Answer } from "../api-client.js";

/** The fingerprint of the certificate that a new connection sees. */
function seen(node: SimulatedNode): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(node.url, { rejectUnauthorized: false, agent: false }, (response) => {
      resolve((response.socket as TLSSocket).getPeerCertificate().fingerprint256);
      response.destroy();
    });
    request.on("error", reject);
  });
}

describe("joining a cluster over HTTPS", () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startSimulator({ seed: "conformance:3" });
  });

  afterEach(() => simulator.close());

  const node = (name: string): SimulatedNode => {
    const found = simulator.nodes.find((one) => one.name === name);
    assert.ok(found);
    return found;
  };

  const logIn = async (name: string): Promise<Record<string, string>> => {
    const params = { username: "root@pam", password: simulator.password };
    const { json } = await ask(node(name), "POST", "/access/ticket", { params });
    const { ticket, CSRFPreventionToken } = json?.data as Record<string, string>;
    return {
      Cookie: `PVEAuthCookie=${encodeURIComponent(ticket ?? "")}`,
      CSRFPreventionToken: CSRFPreventionToken ?? "",
    };
  };

  const call = async (name: string, method: string, path: string, params = {}): Promise<Answer> =>
    ask(node(name), method, path, { params, headers: await logIn(name) });

  it("gives the node another certificate and voids its tickets", async () => {
    assert.equal((await call("pve1", "POST", "/cluster/config", { clustername: "lab" })).status, 200);
    const before = await seen(node("pve2"));
    const headers = await logIn("pve2");
    const joining = { hostname: "10.11.0.11", password: simulator.password, fingerprint: node("pve1").fingerprint };
    assert.equal((await ask(node("pve2"), "POST", "/cluster/config/join", { params: joining, headers })).status, 200);
    assert.equal((await ask(node("pve2"), "GET", "/cluster/status", { headers })).status, 401);
    assert.notEqual(await seen(node("pve2")), before);
    assert.equal(await seen(node("pve2")), node("pve2").fingerprint);
    const members = (await call("pve2", "GET", "/cluster/config/nodes")).json?.data as { node: string }[];
    assert.deepEqual(members.map((member) => member.node).sort(), ["pve1", "pve2"]);
    const information = (await call("pve1", "GET", "/cluster/config/join")).json?.data as {
      nodelist: { name: string; pve_fp: string }[];
    };
    const told = information.nodelist.find(({ name }) => name === "pve2");
    assert.equal(told?.pve_fp, node("pve2").fingerprint);
  });

  it("is for root with a password only", async () => {
    const headers = { Authorization: `PVEAPIToken=${simulator.token.id}=${simulator.token.secret}` };
    const { status } = await ask(node("pve1"), "POST", "/cluster/config", { params: { clustername: "lab" }, headers });
    assert.equal(status, 403);
  });
});

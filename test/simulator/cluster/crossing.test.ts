import assert from "node:assert/strict";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import type { Fault } from "../../../simulator/faults.js";
import { startSimulator, type SimulatedNode, type Simulator } from "../../../simulator/index.js";
import { ask, type Answer } from "../api-client.js";

/** The fingerprint of the certificate that a new connection sees; undefined when there is none to be had. */
function seen(node: SimulatedNode): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = https.get(node.url, { rejectUnauthorized: false, agent: false }, (response) => {
      resolve((response.socket as TLSSocket).getPeerCertificate().fingerprint256);
      response.destroy();
    });
    request.on("error", () => resolve(undefined));
  });
}

describe("what a join does to the node that joins", () => {
  let simulator: Simulator;

  const start = async (faults: readonly Fault[] = []): Promise<void> => {
    simulator = await startSimulator({ seed: "conformance:3", clock: "manual", faults });
    await call("pve1", "POST", "/cluster/config", { clustername: "lab" });
    simulator.clock.advance(10_000);
  };

  afterEach(() => {
    delete password["pve2"];
    return simulator.close();
  });

  const node = (name: string): SimulatedNode =>
    simulator.nodes.find((one) => one.name === name) ?? assert.fail(`no ${name}`);

  /** Where it is not the recorded one. */
  const password: Record<string, string> = {};

  const logIn = (name: string, own = "correct-password"): Promise<Answer> =>
    ask(node(name), "POST", "/access/ticket", { params: { username: "root@pam", password: own } });

  const call = async (name: string, method: string, path: string, params = {}): Promise<Answer> => {
    const { ticket, CSRFPreventionToken } = ((await logIn(name, password[name])).json?.data ?? {}) as Record<
      string,
      string
    >;
    const headers = {
      Cookie: `PVEAuthCookie=${encodeURIComponent(ticket ?? "")}`,
      CSRFPreventionToken: CSRFPreventionToken ?? "",
    };
    return ask(node(name), method, path, { params, headers });
  };

  const told = async (name: string): Promise<string | undefined> => {
    const { json } = await call("pve1", "GET", "/cluster/config/join");
    const { nodelist } = json?.data as { nodelist: { name: string; pve_fp: string }[] };
    return nodelist.find((one) => one.name === name)?.pve_fp;
  };

  const join = async (name: string, params: Record<string, string> = {}): Promise<string> => {
    const all = { hostname: "10.11.0.11", password: "correct-password", fingerprint: node("pve1").fingerprint };
    const { json } = await call(name, "POST", "/cluster/config/join", { ...all, ...params });
    return String(json?.data);
  };

  const state = (name: string) => simulator.world.nodes[name] ?? assert.fail(`no ${name}`);
  const lastTask = (name: string) => state(name).tasks[0];
  /** Lets time pass until the log of a node's newest task has a line. */
  const until = (name: string, line: string): void => {
    for (let left = 100; left > 0 && !lastTask(name)?.log.some((one) => one.startsWith(line)); left--)
      simulator.clock.advance(100);
    assert.ok(
      lastTask(name)?.log.some((one) => one.startsWith(line)),
      lastTask(name)?.log.join("\n"),
    );
  };

  it("lets nobody in while its cluster file system is away", async () => {
    await start();
    const headers = { Authorization: `PVEAPIToken=${simulator.token.id}=${simulator.token.secret}` };
    assert.equal((await ask(node("pve2"), "GET", "/version", { headers })).status, 200);
    await join("pve2");
    until("pve2", "backup old database");
    const { status, json } = await logIn("pve2");
    assert.deepEqual([status, json?.message], [401, "authentication failure\n"]);
    const byToken = await ask(node("pve2"), "GET", "/version", { headers });
    assert.deepEqual([byToken.status, byToken.reason], [401, "Authentication failed!"]);
  });

  it("has pveproxy serve the old certificate until it is restarted, while the cluster tells the new one", async () => {
    await start([{ effect: { kind: "old-certificate" } }]);
    const before = await seen(node("pve2"));
    await join("pve2");
    simulator.clock.advance(600_000);
    assert.equal(lastTask("pve2")?.status, "OK");
    assert.equal(await seen(node("pve2")), before);
    const own = await told("pve2");
    assert.notEqual(own, before);
    // the certificate is the cluster's, but not served: nobody joins through this node, and nobody is passed on to it
    for (const fingerprint of [own, before]) {
      await join("pve3", { hostname: "10.11.0.12", fingerprint: fingerprint ?? "" });
      simulator.clock.advance(60_000);
      if (fingerprint === own) assert.equal(lastTask("pve3")?.status, `fingerprint '${before}' not verified, abort!`);
    }
    const passed = await call("pve1", "GET", "/nodes/pve2/version");
    assert.deepEqual(
      [passed.status, passed.reason, passed.text],
      [596, "error:0A000086:SSL routines::certificate verify failed", ""],
    );
    assert.equal((await call("pve2", "POST", "/nodes/pve2/services/pveproxy/restart")).status, 200);
    simulator.clock.advance(10_000);
    assert.equal(await seen(node("pve2")), own);
    assert.equal((await call("pve1", "GET", "/nodes/pve2/version")).status, 200);
  });

  it("restarts pveproxy some seconds after the task has ended, and answers nobody meanwhile", async () => {
    await start();
    const before = await seen(node("pve2"));
    await join("pve2");
    until("pve2", "successfully added node");
    assert.equal(await seen(node("pve2")), before);
    simulator.clock.advance(5_000);
    assert.equal(await seen(node("pve2")), undefined);
    simulator.clock.advance(5_000);
    assert.equal(await seen(node("pve2")), await told("pve2"));
    assert.equal((await call("pve1", "GET", "/nodes/pve2/version")).status, 200);
  });

  it("replaces users, tokens, storages and options by the cluster's", async () => {
    await start();
    await call("pve1", "POST", "/storage", { storage: "ours", type: "dir", path: "/srv/ours" });
    await call("pve2", "POST", "/storage", { storage: "theirs", type: "dir", path: "/srv/theirs" });
    await call("pve2", "POST", "/access/users", { userid: "local@pve" });
    await call("pve2", "PUT", "/cluster/options", { keyboard: "de" });
    await call("pve2", "PUT", "/access/password", { userid: "root@pam", password: "its-own-password" });
    password["pve2"] = "its-own-password";
    assert.notEqual(node("pve2").ca, node("pve1").ca);
    await join("pve2");
    simulator.clock.advance(60_000);
    const storages = (await call("pve2", "GET", "/storage")).json?.data as { storage: string }[];
    assert.deepEqual(storages.map(({ storage }) => storage).sort(), ["local", "ours", "second"]);
    const users = (await call("pve2", "GET", "/access/users")).json?.data as { userid: string }[];
    assert.deepEqual(
      users.map(({ userid }) => userid),
      ["root@pam"],
    );
    assert.deepEqual(
      (await call("pve2", "GET", "/cluster/options")).json?.data,
      (await call("pve1", "GET", "/cluster/options")).json?.data,
    );
    // its own file system and its own root are another matter
    assert.ok(state("pve2").volumes["/srv/second"]);
    assert.equal((await logIn("pve2", "its-own-password")).status, 200);
    assert.equal((await logIn("pve2")).status, 401);
    assert.equal(node("pve2").ca, node("pve1").ca);
  });

  it("with a node id that is taken never ends, lets nobody in, and the cluster goes on without", async () => {
    await start();
    await join("pve2", { nodeid: "1" });
    simulator.clock.advance(600_000);
    assert.equal(lastTask("pve2")?.status, undefined);
    assert.equal((await logIn("pve2")).status, 401);
    const { json } = await call("pve1", "GET", "/cluster/status");
    const rows = json?.data as { type: string; name: string; nodes?: number; quorate?: number; version?: number }[];
    assert.deepEqual(
      rows.map(({ name, nodes, quorate, version }) => [name, nodes, quorate, version]),
      [
        ["lab", 1, 1, 1],
        ["pve1", undefined, undefined, undefined],
      ],
    );
    // removing it ends the corosync that has the id: the cluster's own
    const removed = await call("pve1", "DELETE", "/cluster/config/nodes/pve2");
    assert.match(
      removed.reason,
      /^unable to open file '\/etc\/pve\/corosync\.conf\.new\.tmp\.\d+' - Permission denied$/,
    );
    const refused = await call("pve1", "POST", "/nodes/pve1/qemu", { vmid: "100" });
    assert.equal(refused.reason, "cluster not ready - no quorum?");
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connect, type Api, type Connection } from "../../pve";
import { overlay } from "../../scripts/overlay";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { secretValue } from "../support/secret-values";

const rootPassword = secretValue("root's password");

describe("the typed API", () => {
  let fake: FakeApi;
  let connection: Connection;
  let api: Api;

  beforeEach(async () => {
    fake = await startFakeApi();
    fake.on("GET", /^\/(?!version)/, { data: [] });
    for (const method of ["POST", "PUT"]) fake.on(method, /^\/(?!access\/ticket)/, { data: null });
    connection = connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password: rootPassword },
      tls: { fingerprints: [certificate.fingerprint] },
      // What is refused by the types is sent all the same: not for the record of requests that Proxmox must accept.
      log: { record: os.devNull },
    });
    api = connection.api;
  });
  afterEach(async () => {
    connection.close();
    await fake.close();
  });

  it("was generated from the contract as it is now", () => {
    const file = path.join(__dirname, "../../../pve/overlay.generated.ts");
    assert.equal(readFileSync(file, "utf8"), overlay(), "run: node dist/scripts/overlay.js");
  });

  it("has the endpoints that are newer than proxmox-api's declarations", async () => {
    const rules: readonly unknown[] = await api.cluster.ha.rules.$get({ type: "node-affinity" });
    assert.deepEqual(rules, []);
    await api.cluster.ha.rules.$("keep").$put({ type: "node-affinity", strict: true });
    // @ts-expect-error: `type` is required, and `strictness` unknown.
    await api.cluster.ha.rules.$("keep").$put({ strictness: 1 });
    const token: string = await api.cluster.sdn.lock.$post();
    assert.equal(token, null);
    assert.deepEqual(
      fake.requests.map(({ method, path: sent, body }) => `${method} ${sent} ${body}`),
      [
        "GET /cluster/ha/rules ",
        "PUT /cluster/ha/rules/keep type=node-affinity&strict=1",
        "PUT /cluster/ha/rules/keep strictness=1",
        "POST /cluster/sdn/lock ",
      ],
    );
  });

  it("adds newer parameters and indexed keys to declared endpoints, whose replies stay", async () => {
    await api.nodes
      .$("pve")
      .lxc.$post({ vmid: 100, ostemplate: "local:vztmpl/x", net12: "name=eth12", mp200: "local:1,mp=/x" });
    // @ts-expect-error: no such key.
    await api.nodes.$("pve").lxc.$post({ vmid: 100, ostemplate: "local:vztmpl/x", nett: "x" });
    const snapshots = await api.nodes.$("pve").lxc.$(100).snapshot.$get();
    const names: (string | undefined)[] = snapshots.map(({ name }) => name);
    assert.deepEqual(names, []);
    assert.equal(fake.requests[0]?.form.get("net12"), "name=eth12");
  });

  it("declares nothing as any", async () => {
    const status = await api.cluster.ceph.status.$get();
    // @ts-expect-error: it is unknown, so it has to be read with wire.ts.
    assert.equal(status.health, undefined);
  });
});

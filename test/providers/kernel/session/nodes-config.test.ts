import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readConfig } from "../../../../providers/kernel/session/cluster-config";
import { tellsSecret } from "../../../../providers/kernel/program/resource";
import { SecretNotFound } from "../../../../secrets";
import { fingerprintOf, newKey } from "../../../support/sshd";

const pin = (pair: string): string => Array.from({ length: 32 }, () => pair).join(":");
const hostKey = fingerprintOf(newKey().public);
const foxtrot = { endpoint: "https://192.168.3.5:8006", fingerprint: pin("AA"), password: "a password" };
const golf = { endpoint: "https://192.168.3.6:8006", fingerprint: pin("BB"), password: "secret:GOLF_ROOT" };

const base: Readonly<Record<string, unknown>> = {
  endpoints: "https://192.168.3.4:8006",
  tokenId: "automation@pve!x",
  tokenSecret: "secret",
};
const read = (nodes: unknown, more: Record<string, unknown> = {}) => {
  const all = { ...base, ...more, nodes };
  const rawConfig = Object.fromEntries(Object.entries(all).map(([key, value]) => [`proxmox:${key}`, value]));
  return readConfig({ get: (key: string) => (rawConfig as Record<string, unknown>)[key] }, {});
};
const problems = (nodes: unknown, more?: Record<string, unknown>): string[] =>
  read(nodes, more).problems.map(({ path, message }) => `${path}: ${message}`);
const reveal = async ({ secretRef }: { secretRef: string }): Promise<string> => `value of ${secretRef}`;
const optionsOf = async (name: string, nodes: unknown, more?: Record<string, unknown>) =>
  (await read(nodes, more).options!(reveal)).node(name);

describe("the config of nodes", () => {
  it("is taken as JSON from a stack and as an object from a provider", async () => {
    for (const nodes of [{ foxtrot, golf }, JSON.stringify({ foxtrot, golf })]) {
      assert.deepEqual(problems(nodes), []);
      assert.deepEqual(read(nodes).nodes, ["foxtrot", "golf"]);
      const { api, ssh } = await optionsOf("golf", nodes);
      assert.deepEqual(api.endpoints, [golf.endpoint]);
      assert.deepEqual(api.credentials, { username: "root@pam", password: "value of GOLF_ROOT" });
      assert.deepEqual(api.tls, { fingerprints: [golf.fingerprint] });
      assert.equal(ssh, undefined);
    }
    const reference = { ...golf, password: { secretRef: "GOLF_ROOT", path: "/pve" } };
    assert.deepEqual((await optionsOf("golf", { golf: reference })).api.credentials, {
      username: "root@pam",
      password: "value of GOLF_ROOT",
    });
    assert.deepEqual(read(undefined).nodes, []);
  });

  it("names the key that is wrong, of every node at once", () => {
    assert.deepEqual(
      problems({
        foxtrot: { ...foxtrot, endpoint: "192.168.3.5", fingerprint: "AA:BB", ssh: "root@x", sshFingerprint: "x" },
        golf: { endpoint: golf.endpoint },
        hotel: { ...golf, fingerprnt: pin("CC") },
        "in dia": foxtrot,
        juliett: "https://192.168.3.9:8006",
      }).map((problem) => problem.replace(/(: [^:]{0,25}).*$/, "$1")),
      [
        "config proxmox:nodes.foxtrot.endpoint: write an address such as ",
        "config proxmox:nodes.foxtrot.fingerprint: write the SHA-256 fingerp",
        "config proxmox:nodes.foxtrot.ssh: write host or host",
        "config proxmox:nodes.foxtrot.sshFingerprint: write a fingerprint as `s",
        "config proxmox:nodes.golf.password: write the password, or se",
        "config proxmox:nodes.hotel.fingerprnt: there is no such property",
        "config proxmox:nodes.in dia: write the node's own name",
        "config proxmox:nodes.juliett: write an object such as {",
      ],
    );
    assert.match(problems("{foxtrot").join(), /^config proxmox:nodes: write JSON such as \{"pve2": /);
    assert.match(problems({ hotel: { ...golf, fingerprnt: "" } }).join(), /did you mean "fingerprint"\?$/);
  });

  it("never shows a value", () => {
    const secret = randomUUID();
    const shown = [
      problems({ foxtrot: { ...foxtrot, endpoint: `https://root:${secret}@192.168.3.5` } }),
      problems({ foxtrot: { ...foxtrot, fingerprint: secret, ssh: `${secret}:x:y`, sshFingerprint: secret } }),
      problems({ foxtrot: secret }),
      problems(`{"foxtrot": "${secret}`),
      problems({ foxtrot: { ...foxtrot, password: 7 } }),
    ].flat();
    assert.equal(shown.length, 7);
    assert.ok(!shown.join("\n").includes(secret), shown.join("\n"));
  });

  it("refuses what says two things at once", () => {
    assert.deepEqual(problems({ foxtrot, golf: { ...golf, endpoint: "https://192.168.3.5:8006/" } }), [
      "config proxmox:nodes.golf.endpoint: is that of foxtrot too: two nodes have two addresses",
    ]);
    assert.deepEqual(problems({ foxtrot, golf: { ...golf, fingerprint: pin("aa") } }), [
      "config proxmox:nodes.golf.fingerprint: is that of foxtrot too: two nodes have two certificates",
    ]);
    assert.deepEqual(problems({ foxtrot }, { insecure: "true" }), [
      "config proxmox:nodes.foxtrot.fingerprint: contradicts insecure, which would trust any certificate; remove insecure",
    ]);
    const ssh = { sshPassword: "x", sshFingerprints: hostKey };
    assert.deepEqual(
      problems({ foxtrot: { ...foxtrot, ssh: "10.0.0.5" } }, { ...ssh, sshAddresses: { foxtrot: "10.0.0.6" } }),
      [
        "config proxmox:nodes.foxtrot.ssh: contradicts sshAddresses, which has another address for foxtrot; keep one of them",
      ],
    );
    assert.deepEqual(
      problems({ foxtrot: { ...foxtrot, sshFingerprint: hostKey } }, { sshPassword: "x", sshInsecure: "true" }),
      [
        "config proxmox:nodes.foxtrot.sshFingerprint: contradicts sshInsecure, which would trust any host key; remove sshInsecure",
      ],
    );
    assert.match(
      problems({ foxtrot: { ...foxtrot, ssh: "10.0.0.5" } }).join(),
      /^config proxmox:nodes\.foxtrot\.sshFingerprint: nothing says which host key to trust/,
    );
  });

  it("reaches a node by SSH with its own host key, and with root's password where nothing else is set", async () => {
    const own = { ...golf, ssh: "10.0.0.6:2222", sshFingerprint: hostKey };
    const { ssh } = await optionsOf("golf", { golf: own });
    assert.equal(ssh?.password, "value of GOLF_ROOT");
    assert.deepEqual(ssh?.addresses, { golf: "10.0.0.6:2222" });
    assert.deepEqual(ssh?.hostKeys, { fingerprints: [hostKey] });
    const other = fingerprintOf(newKey().public);
    const all = { sshUser: "admin", sshPrivateKey: newKey().private, sshFingerprints: other };
    const shared = await optionsOf("golf", { golf }, all);
    assert.equal(shared.ssh?.password, undefined);
    assert.deepEqual(shared.ssh?.addresses, { golf: "192.168.3.6" });
    assert.deepEqual(shared.ssh?.hostKeys.fingerprints, [other]);
  });

  it("says which node's secret is missing", async () => {
    const missing = async () => Promise.reject(new SecretNotFound("there is no secret GOLF_ROOT"));
    const { node } = await read({ golf }).options!(async (reference) =>
      reference.secretRef === "GOLF_ROOT" ? missing() : "",
    );
    await assert.rejects(
      node("golf"),
      /^SecretNotFound: config proxmox:nodes\.golf\.password: there is no secret GOLF_ROOT/,
    );
  });

  it("is told of when it holds passwords in clear", () => {
    const told = (nodes: object) => tellsSecret("proxmox:nodes", JSON.stringify(nodes));
    assert.deepEqual(
      [told({ foxtrot, golf }), told({ golf }), told({ golf: { ...golf, password: { secretRef: "X" } } }), told({})],
      [true, false, false, false],
    );
    assert.equal(tellsSecret("proxmox:nodes", '{"golf": {"password": "half'), true);
  });

  it("tells whether root@pam can sign in", () => {
    const password = { username: "root@pam", password: "p" };
    const none = { tokenId: undefined, tokenSecret: undefined };
    const root = (more?: Record<string, unknown>) => read(undefined, more).root;
    assert.deepEqual(
      [root(), root(password), root({ ...none, ...password }), root({ ...none, ...password, username: "a@pve" })],
      [false, true, true, false],
    );
    assert.equal(root({ tokenId: "root@pam!x" }), false);
  });
});

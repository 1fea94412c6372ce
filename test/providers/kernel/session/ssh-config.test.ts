import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readConfig } from "../../../../providers/kernel/session/cluster-config";
import { tellsSecret } from "../../../../providers/kernel/program/resource";
import { fingerprintOf, newKey } from "../../../support/sshd";

const base = {
  "proxmox:endpoints": "https://127.0.0.1:8006",
  "proxmox:tokenId": "root@pam!x",
  "proxmox:tokenSecret": "secret",
};
const read = (ssh: Record<string, string>, env: NodeJS.ProcessEnv = {}) => {
  const all: Record<string, string> = { ...base, ...ssh };
  return readConfig({ get: (key) => all[key] }, env);
};
/** What SSH is opened with; `secret:NAME` becomes the secret of that name. */
const opened = async (ssh: Record<string, string>, env: NodeJS.ProcessEnv = {}, secrets: Record<string, string> = {}) =>
  (await read(ssh, env).options?.(async ({ secretRef }) => secrets[secretRef] ?? ""))?.ssh;
const problems = (ssh: Record<string, string>, env: NodeJS.ProcessEnv = {}): string[] =>
  read(ssh, env).problems.map(({ path: at, message }) => `${at}: ${message}`);

describe("the config of SSH", () => {
  const key = newKey();
  const pin = fingerprintOf(key.public);

  it("is optional, and a user, a port or an agent alone asks for nothing", async () => {
    const config = { "proxmox:sshUser": "root", "proxmox:sshPort": "2222" };
    assert.deepEqual(problems(config, { SSH_AUTH_SOCK: "/x" }), []);
    assert.equal(await opened(config, { SSH_AUTH_SOCK: "/x" }), undefined);
  });

  it("takes fingerprints, key and addresses", async () => {
    const config = {
      "proxmox:sshFingerprints": JSON.stringify([pin]),
      "proxmox:sshPrivateKey": key.private,
      "proxmox:sshAddresses": '{"pve1":"10.0.0.5:2222"}',
    };
    assert.deepEqual(problems(config), []);
    const ssh = await opened(config);
    assert.equal(ssh?.privateKey, key.private);
    assert.deepEqual(ssh?.addresses, { pve1: "10.0.0.5:2222" });
    assert.deepEqual(ssh?.hostKeys.fingerprints, [pin]);
  });

  it("takes the key from the environment, from a file, or leaves it to an agent", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ssh-config-"));
    const file = path.join(folder, "key");
    fs.writeFileSync(file, key.private);
    const trust = { "proxmox:sshFingerprints": pin };
    assert.equal((await opened(trust, { PROXMOX_SSH_PRIVATE_KEY: key.private }))?.privateKey, key.private);
    assert.equal((await opened({ ...trust, "proxmox:sshPrivateKey": file }))?.privateKey, key.private);
    assert.equal((await opened(trust, { SSH_AUTH_SOCK: "/run/agent" }))?.agent, "/run/agent");
    fs.rmSync(folder, { recursive: true });
  });

  it("warns of a key in clear, not of the path of its file", () => {
    const told = [key.private, key.private.split("\n").slice(1).join("\n"), key.private.replace(/\n/g, " ")];
    for (const value of told) assert.equal(tellsSecret("proxmox:sshPrivateKey", value), true, value);
    for (const value of ["~/.ssh/id_ed25519", "keys/with space", "secret:SSH_KEY", ""])
      assert.equal(tellsSecret("proxmox:sshPrivateKey", value), false, value);
    assert.equal(tellsSecret("proxmox:sshPassphrase", "~/x"), true);
    assert.equal(tellsSecret("secrets:NAME", "x"), true);
    assert.equal(tellsSecret("proxmox:sshUser", "x"), false);
  });

  it("takes key and passphrase by reference to secrets", async () => {
    const config = {
      "proxmox:sshFingerprints": pin,
      "proxmox:sshPrivateKey": "secret:SSH_KEY",
      "proxmox:sshPassphrase": "secret:SSH_PASSPHRASE",
    };
    assert.deepEqual(problems(config), []);
    const ssh = await opened(config, {}, { SSH_KEY: key.private, SSH_PASSPHRASE: "opens it" });
    assert.deepEqual([ssh?.privateKey, ssh?.passphrase], [key.private, "opens it"]);
    const half = key.private.split("\n").slice(1).join("\n");
    await assert.rejects(opened(config, {}, { SSH_KEY: half }), (error: Error) => {
      assert.equal(
        error.message,
        "config proxmox:sshPrivateKey: is neither the text itself nor the path of a file that can be read",
      );
      return true;
    });
  });

  it("refuses to go on without host keys, or without a way to log in", () => {
    assert.match(
      problems({ "proxmox:sshPrivateKey": key.private }).join(),
      /sshFingerprints: nothing says which host keys/,
    );
    const { problems: none, missingLogin } = read({ "proxmox:sshFingerprints": pin });
    assert.deepEqual([none, missingLogin.map(({ path: at }) => at)], [[], ["config proxmox:sshPrivateKey"]]);
    assert.match(missingLogin[0]?.message ?? "", /there is no way to log in/);
    assert.deepEqual(problems({ "proxmox:sshInsecure": "true", "proxmox:sshPassword": "x" }), []);
  });

  it("never shows a key that is not readable as one", () => {
    const pasted = key.private.split("\n").slice(1).join("\n");
    const [problem = ""] = problems({ "proxmox:sshPrivateKey": pasted, "proxmox:sshFingerprints": pin });
    assert.match(problem, /sshPrivateKey: is neither/);
    assert.ok(!problem.includes(pasted.slice(0, 20)));
  });

  it("says what to write instead", () => {
    const trust = { "proxmox:sshFingerprints": pin, "proxmox:sshPassword": "x" };
    assert.match(problems({ ...trust, "proxmox:sshPort": "99999" }).join(), /sshPort: write a port/);
    assert.match(problems({ ...trust, "proxmox:sshFingerprints": "AA:BB" }).join(), /ssh-keygen -lf/);
    assert.match(problems({ ...trust, "proxmox:sshAddresses": "pve1=x" }).join(), /sshAddresses: write JSON/);
    assert.match(
      problems({ ...trust, "proxmox:sshAddresses": '{"pve1":"a b"}' }).join(),
      /sshAddresses.pve1: write host/,
    );
  });
});

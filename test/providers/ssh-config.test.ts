import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readConfig } from "../../providers/connection";
import { fingerprintOf, newKey } from "../support/sshd";

const base = {
  "proxmox:endpoints": "https://127.0.0.1:8006",
  "proxmox:tokenId": "root@pam!x",
  "proxmox:tokenSecret": "secret",
};
const read = (ssh: Record<string, string>, env: NodeJS.ProcessEnv = {}) => {
  const all: Record<string, string> = { ...base, ...ssh };
  return readConfig({ get: (key) => all[key] }, env);
};
const problems = (ssh: Record<string, string>, env: NodeJS.ProcessEnv = {}): string[] =>
  read(ssh, env).problems.map(({ path: at, message }) => `${at}: ${message}`);

describe("the config of SSH", () => {
  const key = newKey();
  const pin = fingerprintOf(key.public);

  it("is optional, and a user, a port or an agent alone asks for nothing", () => {
    const { ssh, problems: found } = read(
      { "proxmox:sshUser": "root", "proxmox:sshPort": "2222" },
      { SSH_AUTH_SOCK: "/x" },
    );
    assert.deepEqual([ssh, found], [undefined, []]);
  });

  it("takes fingerprints, key and addresses", () => {
    const { ssh, problems: found } = read({
      "proxmox:sshFingerprints": JSON.stringify([pin]),
      "proxmox:sshPrivateKey": key.private,
      "proxmox:sshAddresses": '{"pve1":"10.0.0.5:2222"}',
    });
    assert.deepEqual(found, []);
    assert.equal(ssh?.privateKey, key.private);
    assert.deepEqual(ssh?.addresses, { pve1: "10.0.0.5:2222" });
    assert.deepEqual(ssh?.hostKeys.fingerprints, [pin]);
  });

  it("takes the key from the environment, from a file, or leaves it to an agent", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ssh-config-"));
    const file = path.join(folder, "key");
    fs.writeFileSync(file, key.private);
    const trust = { "proxmox:sshFingerprints": pin };
    assert.equal(read(trust, { PROXMOX_SSH_PRIVATE_KEY: key.private }).ssh?.privateKey, key.private);
    assert.equal(read({ ...trust, "proxmox:sshPrivateKey": file }).ssh?.privateKey, key.private);
    assert.equal(read(trust, { SSH_AUTH_SOCK: "/run/agent" }).ssh?.agent, "/run/agent");
    fs.rmSync(folder, { recursive: true });
  });

  it("refuses to go on without host keys, or without a way to log in", () => {
    assert.match(
      problems({ "proxmox:sshPrivateKey": key.private }).join(),
      /sshFingerprints: nothing says which host keys/,
    );
    assert.match(problems({ "proxmox:sshFingerprints": pin }).join(), /sshPrivateKey: there is no way to log in/);
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

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import { makeKeyPair, type KeySort } from "../../../providers/access/openssh-key";
import { fingerprintOf } from "../../support/sshd";
import { registerSecret } from "../../support/secret-values";

describe("a pair of keys in OpenSSH's formats", () => {
  const make = async (sort: KeySort, comment = "bob@admin") => {
    const pair = await makeKeyPair(sort, comment);
    registerSecret(`an SSH key (${pair.fingerprint})`, pair.privateKey);
    return pair;
  };

  it("is read by the SSH client, and what it signs is verified by the public half", async () => {
    for (const sort of [
      ...Array.from({ length: 20 }, () => ({ type: "ed25519" as const })),
      { type: "rsa" as const, bits: 4096 },
    ]) {
      const pair = await make(sort);
      const [secret, shown] = [utils.parseKey(pair.privateKey), utils.parseKey(pair.publicKey)];
      assert.ok(!(secret instanceof Error) && !(shown instanceof Error), "the key cannot be read");
      const signature = secret.sign("what is signed", sort.type === "rsa" ? "sha512" : undefined);
      assert.equal(shown.verify("what is signed", signature, sort.type === "rsa" ? "sha512" : undefined), true);
      assert.equal(fingerprintOf(pair.publicKey), pair.fingerprint);
      assert.match(pair.publicKey, sort.type === "rsa" ? /^ssh-rsa \S+ bob@admin$/ : /^ssh-ed25519 \S{68} bob@admin$/);
      if (sort.type === "rsa") assert.ok(Buffer.from(pair.publicKey.split(" ")[1] ?? "", "base64").length > 512);
    }
  });

  it("is what ssh-keygen takes for one", async function () {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "keys-"));
    const run = (...args: string[]) => spawnSync("ssh-keygen", args, { encoding: "utf8" });
    try {
      if (run("-?").error) return this.skip();
      const file = path.join(folder, "key");
      for (const comment of ["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "bob's ünïcode"]) {
        const pair = await make({ type: "ed25519" }, comment);
        fs.writeFileSync(file, pair.privateKey, { mode: 0o600 });
        const { stdout, stderr } = run("-y", "-f", file);
        assert.equal(stdout.trim(), pair.publicKey, stderr);
        assert.ok(run("-l", "-f", file).stdout.includes(pair.fingerprint));
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

import assert from "node:assert/strict";
import { assertSshKeys, percentDecoded } from "../../../simulator/qemu/ssh-keys";

/** A key whose data names its type, as ssh-keygen checks. */
function publicKey(type: string, said = type): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(said.length);
  return `${type} ${Buffer.concat([length, Buffer.from(said), Buffer.alloc(36, 1)]).toString("base64")}`;
}

describe("sshkeys", () => {
  const key = publicKey("ssh-ed25519");

  it("hold at least one public key", () => {
    assert.doesNotThrow(() => assertSshKeys(encodeURIComponent(`# mine\n${key} me@here\n\n`)));
    assert.doesNotThrow(() => assertSshKeys(encodeURIComponent(`restrict,pty ${key}`)));
    assert.doesNotThrow(() => assertSshKeys(encodeURIComponent(`nonsense\n${key}`)));
    assert.doesNotThrow(() => assertSshKeys(""));
  });

  it("are refused otherwise", () => {
    for (const text of ["nonsense", "ssh-rsa AAAA", publicKey("ssh-rsa", "ssh-dss"), key.replace("ed25519", "x")])
      assert.throws(() => assertSshKeys(encodeURIComponent(text)), { message: "SSH public key validation error\n" });
  });

  it("are percent-encoded; what is none stays", () => {
    assert.equal(percentDecoded("a%20b%C3%BC%zz%"), "a bü%zz%");
  });
});

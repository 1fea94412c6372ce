import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import { registerSecret } from "../../support/secret-values";

describe("a pair of keys for SSH", function () {
  let lab: AnyLab;
  before(async () => {
    lab = await Lab.here();
  });
  after(() => lab.close());

  it("is made once, says nothing of its private half, and is another one with a new trigger", async () => {
    const made = await lab.create("SshKey", "deploy", {});
    registerSecret("the private half of a key pair", String(made.properties["privateKey"]));
    assert.match(String(made.properties["publicKey"]), /^ssh-ed25519 \S+ deploy$/);
    assert.equal(made.id, made.properties["fingerprint"]);
    const same = await lab.plugin.read("SshKey", made.id, made.properties);
    assert.equal(same.properties["privateKey"], made.properties["privateKey"]);
    assert.equal((await lab.plugin.diff("SshKey", made.id, same.properties, made.inputs)).changes, "none");
    const diff = await lab.plugin.diff("SshKey", made.id, made.properties, { ...made.inputs, rotationTrigger: "2" });
    assert.deepEqual([diff.replaces, diff.deleteBeforeReplace], [["rotationTrigger"], false]);
    await lab.plugin.delete("SshKey", made.id, made.properties);
    const said = () => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    await eventually("what becomes of the key", () => said().includes("is forgotten; where its public key was put"));
    assert.ok(!said().includes("PRIVATE KEY"));
  });

  it("refuses short RSA keys, and a length where there is one", async () => {
    assert.match(
      (await lab.problems("SshKey", { type: "rsa", bits: 2048 })).join(),
      /bits: an RSA key of less than 4096/,
    );
    assert.match((await lab.problems("SshKey", { bits: 4096 })).join(), /bits: an ed25519 key has one length/);
    assert.match((await lab.problems("SshKey", { type: "dsa" })).join(), /^type: /);
  });
});

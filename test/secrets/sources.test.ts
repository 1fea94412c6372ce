import assert from "node:assert/strict";
import { configSource, environmentSource, keyedHash } from "../../secrets";
import { isReference, referenceInConfig, sameReference, secret } from "../../secrets/reference";

describe("references to secrets", () => {
  it("are plain objects", () => {
    assert.deepEqual(secret("NAME"), { secretRef: "NAME" });
    assert.deepEqual(secret("NAME", { from: "infisical", path: "/pve" }), {
      ...{ secretRef: "NAME", from: "infisical", path: "/pve" },
    });
    assert.throws(() => secret(""), /write the name/);
    assert.ok(
      isReference(secret("NAME")) && !isReference("NAME") && !isReference(null) && !isReference({ secretRef: 1 }),
    );
  });

  it("stand in config values too", () => {
    assert.deepEqual(referenceInConfig("secret:PVE_TOKEN"), secret("PVE_TOKEN"));
    assert.deepEqual(
      referenceInConfig(JSON.stringify(secret("T", { from: "config" }))),
      secret("T", { from: "config" }),
    );
    assert.deepEqual(referenceInConfig('{"from":"config","secretRef":"T"}'), secret("T", { from: "config" }));
    assert.equal(referenceInConfig('{"secretRef":broken}'), undefined);
    assert.equal(referenceInConfig("5f2e-token"), undefined);
    assert.equal(referenceInConfig("secret:"), undefined);
  });

  it("are the same by name and place, whatever the value is", () => {
    assert.ok(sameReference(secret("A"), { ...secret("A"), ...{ hash: "1" } }));
    assert.ok(!sameReference(secret("A"), secret("A", { path: "/x" })));
  });
});

describe("secrets in the environment and in the config", () => {
  it("are found by name; an empty one is none", async () => {
    const env = environmentSource({ A: "value", EMPTY: "" });
    assert.equal(await env.find(secret("A")), "value");
    assert.equal(await env.find(secret("EMPTY")), undefined);
    assert.equal(await env.find(secret("B")), undefined);
    assert.deepEqual(await env.names(secret("B")), ["A", "EMPTY"]);
    const config = configSource((key) => ({ "secrets:A": "from config" })[key]);
    assert.equal(await config.find(secret("A")), "from config");
    assert.equal(await config.find(secret("B")), undefined);
  });
});

describe("the hash that the state keeps of a secret", () => {
  it("tells values apart, depends on key and name, and holds nothing of the value", () => {
    const hash = keyedHash("key", "NAME", "value");
    assert.match(hash, /^[0-9a-f]{32}$/);
    assert.equal(keyedHash("key", "NAME", "value"), hash);
    for (const other of [
      keyedHash("other", "NAME", "value"),
      keyedHash("key", "N", "value"),
      keyedHash("key", "NAME", "v"),
    ])
      assert.notEqual(other, hash);
  });
});

import assert from "node:assert/strict";
import { outsideSsh } from "../../../../providers/kernel/session/outside-ssh";

describe("SSH to a machine that is no node", () => {
  const all = {
    ...{ user: "root", port: 2222, privateKey: "a key", password: "the nodes' own" },
    addresses: { pve1: "10.0.0.5" },
    hostKeys: { fingerprints: ["SHA256:nodes"], insecure: false },
  };
  const place = { name: "witness", address: "10.0.0.9:22" };

  it("is by the key alone: no password, port, address or pin of the nodes is used there", () => {
    assert.deepEqual(outsideSsh(all, { ...place, fingerprint: "SHA256:witness" }), {
      ...{ user: "root", port: undefined, privateKey: "a key", password: undefined },
      addresses: { witness: "10.0.0.9:22" },
      hostKeys: { fingerprints: ["SHA256:witness"] },
    });
    assert.deepEqual(outsideSsh(all, place)?.hostKeys, all.hostKeys, "those that the config trusts");
  });

  it("is not there without a key or an agent", () => {
    const { privateKey: _, ...byPassword } = all;
    assert.equal(outsideSsh(byPassword, place), undefined);
    assert.equal(outsideSsh(undefined, place), undefined);
    assert.ok(outsideSsh({ ...byPassword, agent: "/run/agent" }, place));
  });
});

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { newAuthority, newNodeCertificate } from "../../simulator/certificates";

describe("the simulator's certificates", () => {
  const authority = newAuthority("lab");
  const node = { name: "pve1", domain: "example.test", address: "10.11.0.11", cluster: "lab" };
  const [root, leaf] = [
    new X509Certificate(authority.cert),
    new X509Certificate(newNodeCertificate(authority, node, 1).cert),
  ];

  it("are those of an authority and of what it has issued", () => {
    assert.ok(root.ca);
    assert.ok(!leaf.ca);
    assert.ok(leaf.checkIssued(root));
    assert.ok(leaf.verify(root.publicKey));
    assert.ok(root.verify(root.publicKey));
  });
  it("name the node, its addresses and the loopback", () => {
    assert.equal(leaf.checkHost("pve1.example.test"), "pve1.example.test");
    assert.equal(leaf.checkIP("10.11.0.11"), "10.11.0.11");
    assert.equal(leaf.checkIP("127.0.0.1"), "127.0.0.1");
  });
  it("are new ones with another serial", () => {
    assert.notEqual(
      newNodeCertificate(authority, node, 2).fingerprint,
      newNodeCertificate(authority, node, 1).fingerprint,
    );
  });
});

import assert from "node:assert/strict";
import {
  identityIn,
  identityInCertificate,
  identityOf,
  isSameCluster,
  otherCluster,
  rebuiltForm,
} from "../../../../providers/kernel/identity/cluster-identity";
import { newAuthority } from "../../../../simulator/certificates";

const [A, B, C] = ["AA", "BB", "CC"].map((octet) => Array.from({ length: 8 }, () => octet).join(":")) as [
  string,
  string,
  string,
];

describe("the identity of a cluster", () => {
  it("is the beginning of its authority's fingerprint, as Proxmox shows it", () => {
    const { cert, fingerprint } = newAuthority("matrix");
    assert.equal(identityOf(cert), fingerprint.slice(0, 23));
    assert.equal(identityInCertificate(cert), fingerprint.slice(0, 23));
    assert.notEqual(identityOf(newAuthority("doggos").cert), fingerprint.slice(0, 23));
  });

  it("is read of a state only where it is one", () => {
    assert.equal(identityIn(A), A);
    for (const no of [undefined, "", "matrix", `${A}:AA`, A.toLowerCase(), 5, [A], `${A}\n`])
      assert.equal(identityIn(no), undefined);
    // The state of a cluster whose creation failed has no authority yet.
    for (const no of [undefined, "", "none"]) assert.equal(identityInCertificate(no), undefined);
  });

  it("is another one unless it is the same, or somebody says that it has taken the other's place", () => {
    assert.equal(isSameCluster(A, A, []), true);
    assert.equal(isSameCluster(A, B, []), false);
    assert.equal(isSameCluster(A, B, [`${A}=${B}`]), true);
    assert.equal(isSameCluster(A, B, [`${A}=${B}`.toLowerCase()]), true);
  });

  it("helps nobody to a third cluster, nor back", () => {
    assert.equal(isSameCluster(A, C, [`${A}=${B}`]), false);
    assert.equal(isSameCluster(C, B, [`${A}=${B}`]), false);
    assert.equal(isSameCluster(B, A, [`${A}=${B}`]), false);
  });

  it("is followed over several steps, in any order, and in a circle", () => {
    assert.equal(isSameCluster(A, C, [`${B}=${C}`, `${A}=${B}`]), true);
    assert.equal(isSameCluster(A, C, [`${A}=${B}`, `${B}=${A}`]), false);
    assert.equal(isSameCluster(B, A, [`${A}=${B}`, `${B}=${A}`]), true);
  });

  it("is told with both, and what to do, word for word what the config takes", () => {
    const { message } = otherCluster(A, B, { where: "cluster Lab (x, y) at https://10.0.0.5:8006", node: "pve1" });
    assert.match(
      message,
      /Expected: the cluster of node pve1 whose authority .* begins with AA:AA:AA:AA:AA:AA:AA:AA\./,
    );
    assert.match(message, /Answers: cluster Lab \(x, y\) at https:\/\/10\.0\.0\.5:8006, with BB:BB/);
    assert.match(message, /Set proxmox:endpoints back to the first/);
    const [, word = ""] = /pulumi config set proxmox:rebuilt ([0-9A-F:=]+)/.exec(message) ?? [];
    assert.match(word, rebuiltForm);
    assert.equal(isSameCluster(A, B, [word]), true);
    assert.match(message, /PROXMOX_REBUILT for refresh and destroy/);
    assert.match(otherCluster(A, B, { where: "x", node: undefined }).message, /Expected: the cluster whose/);
  });

  it("is refused in the config where it is no pair of two", () => {
    for (const no of [A, `${A}=`, `=${A}`, `${A}=${B}=${C}`, "true", "*", `${A}=*`, `${A} = ${B}`])
      assert.doesNotMatch(no, rebuiltForm);
  });
});

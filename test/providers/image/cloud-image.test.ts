import assert from "node:assert/strict";
import { cloudImageSchema, fileNameFor } from "../../../providers/image/cloud-image.model";
import { parseChecksum } from "../../../providers/image/checksum";

const sha256 = "1a2b3c4d5e6f".padEnd(64, "0");

describe("a cloud image's file name", () => {
  const name = (url: string) => fileNameFor({ url, checksum: `sha256:${sha256}`, fileName: undefined });
  it("carries the first 12 digits of the checksum", () => {
    assert.equal(name("https://x/debian-12-generic-amd64.qcow2"), "debian-12-generic-amd64-1a2b3c4d5e6f.qcow2");
  });
  it("ends as Proxmox wants it: .img becomes .qcow2", () => {
    assert.equal(
      name("https://x/noble-server-cloudimg-amd64.img?a=b"),
      "noble-server-cloudimg-amd64-1a2b3c4d5e6f.qcow2",
    );
    assert.equal(name("https://x/disk.raw"), "disk-1a2b3c4d5e6f.raw");
    assert.equal(name("https://x/"), "image-1a2b3c4d5e6f.qcow2");
  });
  it("is the user's own where given", () => {
    assert.equal(fileNameFor({ url: "https://x/y.img", checksum: sha256, fileName: "mine.qcow2" }), "mine.qcow2");
  });
});

describe("a checksum", () => {
  it("is named, or told by its length", () => {
    assert.deepEqual(parseChecksum(`SHA256:${sha256.toUpperCase()}`), { algorithm: "sha256", digest: sha256 });
    assert.equal(parseChecksum("a".repeat(128))?.algorithm, "sha512");
  });
  it("is refused when name and length disagree, or it is none", () => {
    assert.equal(parseChecksum(`sha512:${sha256}`), undefined);
    assert.equal(parseChecksum("sha256:xyz"), undefined);
    const problem = cloudImageSchema.safeParse({ url: "https://x/y", checksum: "nope", node: "a", storage: "local" });
    assert.match(problem.error?.issues[0]?.message ?? "", /write e\.g\. "sha256:"/);
  });
});

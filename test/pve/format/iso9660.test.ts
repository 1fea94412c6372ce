import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isoImage } from "../../../pve";

const files = [
  { name: "user-data", content: Buffer.from("#cloud-config\n") },
  { name: "meta-data", content: Buffer.from("instance-id: a\n") },
  { name: "network-config", content: Buffer.alloc(5000, "n") },
];

// Independent readers look at such images in test/clients (pycdlib) and in the simulated guests.
describe("isoImage", () => {
  it("gives the same bytes for the same files, and others for others", () => {
    const digest = (list: typeof files) => createHash("sha256").update(isoImage("cidata", list)).digest("hex");
    assert.equal(
      digest(files),
      digest(structuredClone(files).map(({ name, content }) => ({ name, content: Buffer.from(content) }))),
    );
    assert.notEqual(digest(files), digest(files.slice(0, 2)));
  });

  it("is whole sectors, with its own size in the descriptor", () => {
    const image = isoImage("cidata", files);
    assert.equal(image.length % 2048, 0);
    assert.equal(image.readUInt32LE(16 * 2048 + 80), image.length / 2048);
    assert.equal(image.toString("latin1", 16 * 2048 + 1, 16 * 2048 + 6), "CD001");
    assert.equal(image.toString("latin1", 16 * 2048 + 40, 16 * 2048 + 46), "cidata");
    assert.equal(image.length, (25 + 1 + 1 + 3) * 2048);
  });

  it("takes an empty file", () => {
    const image = isoImage("cidata", [{ name: "user-data", content: Buffer.alloc(0) }]);
    assert.equal(image.length, 25 * 2048);
  });

  it("refuses names that no reader would find", () => {
    assert.throws(() => isoImage("ci data", files), /volume name/);
    for (const name of ["", "a/b", "a;1", "x".repeat(65)])
      assert.throws(() => isoImage("cidata", [{ name, content: Buffer.alloc(1) }]), /no file name/);
  });
});

import assert from "node:assert/strict";
import { managedPart } from "../../../../providers/kernel/state/managed";

describe("the managed part of what is live", () => {
  it("has the user's keys only, at every depth", () => {
    const wanted = { cores: 2, disks: [{ storage: "a" }] };
    const live = { cores: 4, memoryMiB: 512, disks: [{ storage: "b", cache: "none" }] };
    assert.deepEqual(managedPart(wanted, live), { cores: 4, disks: [{ storage: "b" }] });
  });
  it("leaves out a key that the live object lacks, so that it shows as a change", () => {
    assert.deepEqual(managedPart({ pool: "x", cores: 1 }, { cores: 1 }), { cores: 1 });
  });
  it("keeps the wanted spelling where both mean the same", () => {
    const same = (path: string, a: unknown, b: unknown) =>
      path === "tags" ? String(a).length === String(b).length : a === b;
    assert.deepEqual(managedPart({ tags: ["B", "a"] }, { tags: ["a", "b"] }, same), { tags: ["B", "a"] });
  });
});

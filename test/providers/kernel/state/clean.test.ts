import assert from "node:assert/strict";
import { clean, storablePart } from "../../../../providers/kernel/state/clean";

describe("what goes into the state", () => {
  it("loses undefined at every depth", () => {
    assert.deepEqual(clean({ a: undefined, b: { c: undefined, d: 1 }, e: [undefined, 2] }), {
      b: { d: 1 },
      e: [null, 2],
    });
    assert.ok(!("a" in clean({ a: undefined })));
  });
  it("refuses what would arrive as something else, naming its place", () => {
    assert.throws(() => clean({ a: { b: new Date(0) } }), /a\.b: a Date cannot be stored/);
    assert.throws(() => clean({ a: [new Map()] }), /a\[0\]: a Map/);
    assert.throws(() => clean({ a: 1n }), /a: a bigint/);
    assert.throws(() => clean({ a: NaN }), /a: NaN/);
    assert.throws(() => clean({ a: 2 ** 53 }), /too large/);
    assert.throws(() => clean({ a: () => 1 }), /a: a function/);
  });

  it("leave out, of inputs that are refused anyway, what cannot be stored", () => {
    const inputs = { cores: 2, memoryMiB: NaN, disks: [{ sizeGiB: 2 ** 60 }], tags: ["a"], node: null };
    assert.deepEqual(storablePart(inputs), { cores: 2, tags: ["a"], node: null });
  });
});

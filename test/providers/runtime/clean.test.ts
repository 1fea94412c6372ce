import assert from "node:assert/strict";
import { clean } from "../../../providers/runtime/clean";

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
});

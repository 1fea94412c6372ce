import assert from "node:assert/strict";
import { wire } from "../../pve";

describe("wire", () => {
  it("reads numbers that come as text, and nothing else", () => {
    assert.deepEqual(["512", 512, "1.5", " 7 ", "-1", "1e3"].map(wire.number), [512, 512, 1.5, 7, -1, 1000]);
    assert.deepEqual(["", "abc", "12x", null, undefined, {}, NaN, true].map(wire.number), Array(8).fill(undefined));
    assert.deepEqual(["100", "1.5", 3].map(wire.integer), [100, undefined, 3]);
  });

  it("reads booleans in all of Proxmox's spellings; absent is false", () => {
    assert.deepEqual([1, "1", true, "yes", "on", "TRUE"].map(wire.boolean), Array(6).fill(true));
    assert.deepEqual([0, "0", false, "no", "", undefined, null, "2"].map(wire.boolean), Array(8).fill(false));
    assert.deepEqual([undefined, null, "", 0, "1"].map(wire.optionalBoolean), [
      undefined,
      undefined,
      undefined,
      false,
      true,
    ]);
  });

  it("reads lists in all of Proxmox's spellings", () => {
    assert.deepEqual(wire.strings("a;b,c d"), ["a", "b", "c", "d"]);
    assert.deepEqual(wire.strings(["a", 1, null]), ["a", "1"]);
    assert.deepEqual(wire.strings(null), []);
    assert.deepEqual(wire.list([{ a: 1 }, null, "x"]), [{ a: 1 }]);
    assert.deepEqual(wire.list(null), []);
    assert.deepEqual(wire.object([]), {});
    assert.deepEqual(wire.object({ a: 1 }), { a: 1 });
    assert.deepEqual([5, "x", null, true].map(wire.string), ["5", "x", undefined, "true"]);
  });
});

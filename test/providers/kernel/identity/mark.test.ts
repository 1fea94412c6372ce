import assert from "node:assert/strict";
import { ownerMark } from "../../../../providers/kernel/identity/mark";
import { readMark, withMark } from "../../../../providers/vm/config/mark-line";

describe("the owner's mark", () => {
  const mark = ownerMark("stack-1", "urn:a");
  it("depends on the stack and the URN alone", () => {
    assert.equal(mark, ownerMark("stack-1", "urn:a"));
    assert.equal(new Set([mark, ownerMark("stack-2", "urn:a"), ownerMark("stack-1", "urn:b")]).size, 3);
  });
  it("is the last line of the description and comes back apart from it", () => {
    assert.deepEqual(readMark(withMark("first\nsecond", mark)), {
      description: "first\nsecond",
      mark,
      unfinished: false,
    });
    assert.deepEqual(readMark(withMark(undefined, mark)), { description: "", mark, unfinished: false });
  });
  it("says whether the engine has recorded the object", () => {
    assert.deepEqual(readMark(withMark("x", mark, true)), { description: "x", mark, unfinished: true });
  });
  it("is read from what Proxmox stores, with its newline at the end", () => {
    assert.equal(readMark(`${withMark("x", mark)}\n`).mark, mark);
  });
  it("is not seen where it is not the last line", () => {
    assert.equal(readMark(`${withMark("x", mark)}\nmore`).mark, undefined);
    assert.deepEqual(readMark("plain\n"), { description: "plain", unfinished: false });
  });
});

import assert from "node:assert/strict";
import { unifiedDiff } from "../../../simulator/network/unified-diff.js";

const diff = (before: string[], after: string[]) =>
  unifiedDiff(before.map((line) => `${line}\n`).join(""), after.map((line) => `${line}\n`).join(""), {
    from: "a",
    to: "b",
  });

describe("unifiedDiff", () => {
  it("has nothing to say of texts that differ in white space only", () => {
    assert.equal(diff(["a  b", "c "], ["a b", "c"]), undefined);
  });

  it("shows three lines of context", () => {
    assert.equal(
      diff(["1", "2", "3", "4", "5", "6", "7", "8"], ["1", "2", "3", "4", "x", "5", "6", "7", "8"]),
      "--- a\n+++ b\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n",
    );
  });

  it("joins hunks whose contexts touch and parts those that do not", () => {
    const before = Array.from({ length: 20 }, (_, index) => String(index));
    const near = before.map((line) => (line === "5" || line === "11" ? "x" : line));
    const far = before.map((line) => (line === "2" || line === "15" ? "x" : line));
    assert.equal(diff(before, near)?.match(/^@@/gm)?.length, 1);
    assert.equal(diff(before, far)?.match(/^@@/gm)?.length, 2);
  });

  it("moves an added block down, so that it starts where it begins", () => {
    assert.equal(diff(["a", "", "z"], ["a", "", "b", "", "z"]), "--- a\n+++ b\n@@ -1,3 +1,5 @@\n a\n \n+b\n+\n z\n");
  });

  it("joins additions that a line equal to their last one parts", () => {
    const before = "a\n\n\nz\n";
    const after = "a\n\nb\n\nc\n\nz\n";
    const lines = unifiedDiff(before, after, { from: "old", to: "new" })?.split("\n").slice(3);
    assert.deepEqual(lines, [" a", " ", "+b", "+", "+c", " ", " z", ""]);
  });

  it("counts a side without lines from the line before", () => {
    assert.equal(diff([], ["a"]), "--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n");
  });
});

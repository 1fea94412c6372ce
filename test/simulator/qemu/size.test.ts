import assert from "node:assert/strict";
import { fixed, formatSize, parseSize, renderBytes } from "../../../simulator/qemu/size";

describe("sizes", () => {
  it("are read with a unit and a fraction", () => {
    assert.equal(parseSize("4M"), 4 * 2 ** 20);
    assert.equal(parseSize("1.5G"), 1.5 * 2 ** 30);
    assert.equal(parseSize("528"), 528);
    assert.equal(parseSize("4MB"), undefined);
    assert.equal(parseSize(""), undefined);
  });

  it("are printed in the largest unit that divides them", () => {
    assert.deepEqual([2 ** 30, 1536, 540672, 1.5 * 2 ** 30, 2 ** 40, 0].map(formatSize), [
      ...["1G", "1536", "528K", "1536M", "1T", "0T"],
    ]);
  });

  it("are shown with one decimal, ties to even, in progress lines", () => {
    assert.equal(renderBytes(64 * 2 ** 20), "64.0 MiB");
    assert.equal(renderBytes(1023), "1023.0 B");
    assert.equal(fixed(3.125, 2), "3.12");
    assert.equal(fixed(0.25, 1), "0.2");
    assert.equal(fixed(0.35, 1), "0.3");
    assert.equal(fixed(99.96, 1), "100.0");
  });
});

import assert from "node:assert/strict";
import { booleanText, parseProperties, printProperties, splitList } from "../../../simulator/qemu/property-string";

describe("property strings as qemu-server re-prints them", () => {
  const format = { defaultKey: "file", aliases: { volume: "file" }, booleans: new Set(["ssd"]) };

  it("put the default key first and sort the rest", () => {
    const parsed = parseProperties("ssd=yes,cache=none,volume=local:1,,  ", format);
    assert.deepEqual(parsed, { ssd: "1", cache: "none", file: "local:1" });
    assert.equal(printProperties(parsed, format), "local:1,cache=none,ssd=1");
    assert.equal(printProperties({ b: "1", a: "2" }), "a=2,b=1");
  });

  it("drop a value without a key where there is no default key", () => {
    assert.deepEqual(parseProperties("loose,a=1"), { a: "1" });
  });

  it("know Proxmox's booleans", () => {
    assert.deepEqual(["1", "on", "Yes", "TRUE", "0", "off", "no", "false", "2", ""].map(booleanText), [
      ...["1", "1", "1", "1", "0", "0", "0", "0"],
      ...[undefined, undefined],
    ]);
  });

  it("are split at commas, semicolons, blanks and NUL", () => {
    assert.deepEqual(splitList("a,b;c  d\0e,,"), ["a", "b", "c", "d", "e"]);
    assert.deepEqual(splitList(undefined), []);
  });
});

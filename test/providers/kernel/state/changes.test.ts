import assert from "node:assert/strict";
import {
  changesBetween,
  describe as inWords,
  effectOf,
  type Effects,
} from "../../../../providers/kernel/state/changes";

const effects: Effects = {
  cores: "reboot",
  tags: "live",
  source: "none",
  vmid: "replace",
  disks: "hot-plug",
  "disks[].sizeGiB": "live",
  "disks[].cache": "reboot",
};

describe("changes between what is and what shall be", () => {
  it("are told per leaf field, with what each does", () => {
    const was = { cores: 2, tags: ["a"], disks: [{ storage: "x", sizeGiB: 8, cache: "none" }] };
    const wanted = {
      cores: 4,
      tags: ["a", "b"],
      disks: [{ storage: "x", sizeGiB: 10, cache: "unsafe" }, { storage: "y" }],
    };
    assert.deepEqual(
      changesBetween(was, wanted, effects).map(({ path, effect }) => [path, effect]),
      [
        ["cores", "reboot"],
        ["tags", "live"],
        ["disks[0].sizeGiB", "live"],
        ["disks[0].cache", "reboot"],
        ["disks[1]", "hot-plug"],
      ],
    );
  });
  it("leave out what is only read at creation", () => {
    assert.deepEqual(changesBetween({ source: { clone: 1 } }, { source: { clone: 2 } }, effects), []);
  });
  it("show an unknown value as changed, and a field no longer set", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.deepEqual(changesBetween({ vmid: 5, cores: 1 }, { vmid: unknown }, effects), [
      { path: "vmid", from: 5, to: unknown, effect: "replace" },
      { path: "cores", from: 1, to: undefined, effect: "reboot" },
    ]);
  });
  it("find the longest pattern, and fail for a field without one", () => {
    assert.equal(effectOf("disks[3].sizeGiB", effects), "live");
    assert.equal(effectOf("disks[3].format", effects), "hot-plug");
    assert.throws(() => effectOf("nope.x", effects), /no effect is written down for nope\.x/);
  });
  it("read as one line, the gravest first", () => {
    const found = changesBetween({ cores: 1, tags: [], vmid: 1 }, { cores: 2, tags: ["x"], vmid: 2 }, effects);
    assert.equal(inWords(found), "replace: vmid; reboot: cores; live: tags");
  });
  it("tell effects of an area by its own order, and one that it has not listed all the same", () => {
    const own = ["migrate", "reboot", "hot-plug"].map((name) => ({ name, meaning: name }));
    const change = (path: string, effect: string) => ({ path, from: 1, to: 2, effect });
    const found = [change("a", "live"), change("b", "hot-plug"), change("c", "reload"), change("d", "migrate")];
    assert.equal(inWords(found, own), "migrate: d; hot-plug: b; reload: c; live: a");
  });
  it("do not call a replacement what is not known yet", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const found = changesBetween({ cores: 1, vmid: 1 }, { cores: 2, vmid: unknown }, effects);
    assert.equal(inWords(found), "reboot: cores; not known yet: vmid");
  });
});

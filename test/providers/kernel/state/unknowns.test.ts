import assert from "node:assert/strict";
import {
  assertKnown,
  hasUnknown,
  isUnknown,
  knownPart,
  leadsToUnknown,
} from "../../../../providers/kernel/state/unknowns";

const sentinels = {
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  bool: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
};

describe("unknown values", () => {
  for (const [type, sentinel] of Object.entries(sentinels))
    it(`are recognised for type ${type}, at any depth`, () => {
      assert.ok(isUnknown(sentinel));
      assert.ok(hasUnknown({ a: [{ b: sentinel }] }));
      assert.throws(() => assertKnown([{ a: sentinel }], "create Vm"), /create Vm: an input is not known yet/);
    });
  it("are no ordinary values", () => {
    assert.ok(!hasUnknown({ a: ["x", 1, true, null, { b: {} }] }));
    assert.doesNotThrow(() => assertKnown({ a: [1] }, "x"));
  });
  it("leave the known part, with places in arrays kept", () => {
    const value = {
      a: sentinels.string,
      b: { c: sentinels.number, d: 1 },
      e: [sentinels.bool, { f: sentinels.array, g: 2 }],
    };
    assert.deepEqual(knownPart(value), { b: { d: 1 }, e: [undefined, { g: 2 }] });
  });
  it("cover every path below them", () => {
    const value = { disks: sentinels.string, nets: [{ tag: sentinels.string, bridge: "vmbr0" }] };
    assert.ok(leadsToUnknown(value, ["disks", 0, "sizeGiB"]));
    assert.ok(leadsToUnknown(value, ["nets", 0, "tag"]));
    assert.ok(!leadsToUnknown(value, ["nets", 0, "bridge"]));
    assert.ok(!leadsToUnknown(value, ["nets", 3, "bridge"]));
  });
});

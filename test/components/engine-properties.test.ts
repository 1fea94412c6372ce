import assert from "node:assert/strict";
import { Storage, Vm } from "../../index";

describe("properties that are the engine's own", () => {
  it("are refused as arguments, because the SDK would drop them without a word", () => {
    const named = { id: "bulk", type: "dir", path: "/srv/bulk" } as unknown as ConstructorParameters<typeof Storage>[1];
    assert.throws(() => new Storage("s", named), /Storage "s": id: there is no such property/);
    const vm = { urn: "x", source: { empty: true } } as unknown as ConstructorParameters<typeof Vm>[1];
    assert.throws(() => new Vm("v", vm), /Vm "v": urn: there is no such property/);
  });

  it("are refused as options where dynamic resources do not know them", () => {
    const make = () => new Vm("v", { source: { empty: true } }, { import: "100" });
    assert.throws(make, /Vm "v": import: dynamic resources cannot be imported; write adopt: true in its arguments/);
  });
});

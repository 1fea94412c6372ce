import assert from "node:assert/strict";
import { uniqueTags } from "../../../simulator/qemu/tags";

describe("tags", () => {
  it("are lower-cased, sorted and unique, joined with semicolons", () => {
    assert.equal(uniqueTags("web,Db;db web  a"), "a;db;web");
    assert.equal(uniqueTags(""), "");
  });

  it("follow the data center's tag style", () => {
    assert.equal(uniqueTags("b;a;B", { ordering: "config" }), "b;a");
    assert.equal(uniqueTags("b;a;B", { caseSensitive: true }), "B;a;b");
  });
});

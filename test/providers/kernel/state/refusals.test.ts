import assert from "node:assert/strict";
import { dependsOnObject, refusals } from "../../../../providers/kernel/state/refusals";

const own = [
  {
    name: "reload",
    meaning: "reload",
    refusedBy: { argument: "allowReload", message: "needs a reload, and allowReload is false" },
  },
  { name: "plug", meaning: "plug", mayBecome: ["reload"] },
];
const change = (path: string, effect: string) => ({ path, from: 1, to: 2, effect });

describe("what an argument refuses", () => {
  const changes = [change("a", "live"), change("b", "reload"), change("c", "replace"), change("d", "plug")];

  it("are the changes with that effect, in the area's own words", () => {
    assert.deepEqual(refusals(changes, own, { allowReload: false }), [
      { path: "b", message: "needs a reload, and allowReload is false" },
    ]);
  });
  it("is a replacement of any object", () => {
    assert.deepEqual(
      refusals(changes, [], { allowReplace: false }).map(({ path }) => path),
      ["c"],
    );
  });
  it("is nothing as long as it is not false", () => {
    assert.deepEqual(refusals(changes, own, { allowReload: true, allowReplace: undefined }), []);
  });
  it("depends on the object only where what is refused may come of the change", () => {
    const refusing = { allowReload: false };
    assert.ok(dependsOnObject([change("d", "plug")], own, refusing));
    assert.ok(dependsOnObject([change("b", "reload")], own, refusing));
    assert.ok(!dependsOnObject([change("c", "replace")], own, { ...refusing, allowReplace: false }));
    assert.ok(!dependsOnObject(changes, own, {}));
  });
});

import assert from "node:assert/strict";
import { underNewNames, withNewNames } from "../../../../providers/kernel/state/renamed";

describe("fields that earlier releases called otherwise", () => {
  const renamed = { image: "imageVolumeId", "source.image": "imageVolumeId" };

  it("get their new names in their old places, in what is managed too", () => {
    const state = { node: "a", image: "x", disk: {}, __inputs: ["node", "image", "disk"] };
    const { props, old } = withNewNames(state, renamed);
    assert.deepEqual(Object.entries(props), [
      ["node", "a"],
      ["imageVolumeId", "x"],
      ["disk", {}],
      ["__inputs", ["node", "imageVolumeId", "disk"]],
    ]);
    assert.deepEqual(old, ["image"]);
    assert.deepEqual(withNewNames({ source: { image: "x" } }, renamed), {
      ...{ props: { source: { imageVolumeId: "x" } }, old: ["source.image"] },
    });
  });

  it("are left alone where there are none, or nothing can be seen yet", () => {
    for (const props of [{}, { imageVolumeId: "x" }, { image: undefined }, { source: "unknown" }, { source: null }])
      assert.deepEqual(withNewNames(props, renamed), { props, old: [] });
  });

  it("are a mistake beside their new names", () => {
    const written = { image: "x", imageVolumeId: "y", source: { image: "x", imageVolumeId: "y" } };
    const warnings: string[] = [];
    const { given, twice } = underNewNames(written, renamed, (message) => void warnings.push(message));
    assert.deepEqual(given, { imageVolumeId: "y", source: { imageVolumeId: "y" } });
    assert.equal(warnings.length, 2);
    assert.deepEqual(
      twice.map(({ path, message }) => `${path}: ${message}`),
      [
        "image: is the old name of imageVolumeId, which is there too; take image out",
        "source.image: is the old name of source.imageVolumeId, which is there too; take source.image out",
      ],
    );
  });
});

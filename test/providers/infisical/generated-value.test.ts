import assert from "node:assert/strict";
import fc from "fast-check";
import { generatedValue } from "../../../providers/infisical/generated-value";
import { madeBy, newInstance, readStoredMark, withStoredMark } from "../../../providers/infisical/stored-mark";
import { unstorable } from "../../../providers/infisical/stored-value.model";

describe("what is written to a store", () => {
  it("is a value of the wanted length, each time another one, that the store keeps as it is", () => {
    const seen = new Set<string>();
    for (const symbols of [false, true])
      for (const length of [12, 32, 512]) {
        const value = generatedValue({ length, symbols });
        assert.equal(value.length, length);
        assert.equal(unstorable(value), undefined);
        assert.match(value, symbols ? /^[!-~]+$/ : /^[A-Za-z0-9]+$/);
        assert.ok(!/[$"'`\\<>|&(){}[\]]/.test(value), "no character that a shell takes for more than itself");
        seen.add(value);
      }
    assert.equal(seen.size, 6);
  });

  it("is no value that the store would change, or take for a reference", () => {
    for (const kept of ["a", "a b", "a\nb\n", "$5", "${", "$(x)"]) assert.equal(unstorable(kept), undefined, kept);
    for (const lost of ["", " ", " a", "a ", "a\n\n", "a\r\n", "\ta", "x${A}y", "${a.b.C}"])
      assert.ok(unstorable(lost), lost);
  });

  it("has a mark behind any comment, which is read back", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[^[\]]*$/).filter((text) => text.trim() === text),
        fc.option(fc.constantFrom({ length: 12 }, { length: 13 }), { nil: undefined }),
        (comment, wish) => {
          const mark = { owner: "0123456789abcdef01234567", made: wish && madeBy(wish), id: wish && newInstance() };
          const read = readStoredMark(withStoredMark(comment === "" ? undefined : comment, mark));
          assert.deepEqual(read, { comment, mark });
        },
      ),
      { numRuns: 200 },
    );
    assert.deepEqual(readStoredMark("somebody's"), { comment: "somebody's" });
    assert.equal(madeBy({}), madeBy({ symbols: false, length: 32 }));
    assert.notEqual(madeBy({ length: 12 }), madeBy({ length: 13 }));
  });
});

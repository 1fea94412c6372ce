import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCsv } from "../../components/csv.plan";

const cells = (text: string) => parseCsv(text).records.map((record) => record.cells);

describe("CSV", () => {
  it("has quoted cells with separators, quotes and line breaks in them", () => {
    assert.deepEqual(cells('a,"b,1","say ""no""","two\nlines"\r\nx,,"",y'), [
      ["a", "b,1", 'say "no"', "two\nlines"],
      ["x", "", "", "y"],
    ]);
  });

  it("tells on which line a record begins, empty lines and line breaks in cells counted", () => {
    const { records } = parseCsv('\uFEFFname,note\n\na,"1\n2\n3"\r\n  \nb,\n');
    assert.deepEqual(
      records.map(({ line, cells: [first] }) => [line, first]),
      [
        [1, "name"],
        [3, "a"],
        [7, "b"],
      ],
    );
  });

  it("may be separated by semicolons, as spreadsheets write it", () => {
    assert.deepEqual(cells("name;tags\na;b,c"), [
      ["name", "tags"],
      ["a", "b,c"],
    ]);
  });

  it("tells where quotes are wrong", () => {
    assert.deepEqual(parseCsv('a,b\n"x" y,1\np"q,2\n"open,3\n4').problems, [
      { line: 2, message: '"y" follows the closing quote; double quotes inside a cell' },
      { line: 3, message: 'a quote stands inside the cell p"q; put the whole cell in quotes and double it' },
      { line: 4, message: "the quote that begins here is never closed" },
    ]);
  });

  it("reads whatever is written by the rules", () => {
    const cell = fc.string({ maxLength: 8 }).filter((text) => text === text.trim() && !text.startsWith("\uFEFF"));
    const record = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.constantFrom("\n", "\r\n"), (rows, end) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quoted).join(",")).join(end);
        const { records, problems } = parseCsv(text);
        assert.deepEqual(problems, []);
        assert.deepEqual(
          records.map((one) => one.cells),
          rows,
        );
      }),
    );
  });
});

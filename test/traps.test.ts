import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../cli/project";

const folder = path.join(projectRoot, "test");
const rows = fs
  .readFileSync(path.join(folder, "traps.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| trap"))
  .map((line) => line.split("|").map((cell) => cell.trim()) as [string, string, string, string]);

describe("the list of traps", () => {
  it("is read", () => assert.ok(rows.length > 30));
  for (const [, trap, file, name] of rows)
    it(`has a test for: ${trap}`, () => {
      const source = fs.readFileSync(path.join(folder, file), "utf8").replace(/\\"/g, '"');
      assert.ok(
        source.includes(`"${name}"`) || source.includes(`"${name}":`) || source.includes(`\`${name}\``),
        `${file} has no test "${name}"`,
      );
    });
});

import assert from "node:assert/strict";
import { projectFiles, read } from "./sources";

const maximumLines = 400;

/** Lines of the given files that match, as `file:line`. */
function lines(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe("the tree", () => {
  const all = projectFiles();
  const code = all.filter((file) => /\.(ts|mjs|cjs|js|sh)$/.test(file) || file === ".ci/run");
  // This file spells out what it looks for.
  const others = code.filter((file) => file !== "test/tree/tree.test.ts");
  const text = all.filter(
    (file) => !file.startsWith("test/recorded/") && !/package-lock\.json$|go\.(sum|mod)$|^LICENSE$/.test(file),
  );

  it(`has no source of ${maximumLines} lines or more`, () => {
    // What a script writes is read by nobody as a whole.
    const written = code.filter((file) => !file.endsWith(".generated.ts"));
    const long = written.map((file) => [file, read(file).split("\n").length - 1] as const);
    assert.deepEqual(
      long.filter(([, count]) => count >= maximumLines),
      [],
    );
  });

  it("leaves no test out", () => {
    assert.deepEqual(lines(others, /\b(describe|it|context|suite|test)\.(only|skip)\(|\bx(it|describe)\(/), []);
  });

  it("swallows no error", () => {
    const empty = others.filter((file) =>
      /catch\s*(\([^)]*\))?\s*\{\s*\}|\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined)\)/.test(read(file)),
    );
    assert.deepEqual(
      empty.filter((file) => file !== "test/support/network-guard.test.ts"),
      [],
    );
  });

  it("turns no lint rule off without a reason", () => {
    assert.deepEqual(lines(others, /eslint-disable(?!.* -- )|@ts-(ignore|nocheck)/), []);
  });

  it("names no machine, no registry and no debugging left-over", () => {
    assert.deepEqual(
      lines(
        text.filter((file) => file !== "test/tree/tree.test.ts"),
        /\/work\/(rooms|main|shared)|registry\.npmjs|proxy\.golang/,
      ),
      [],
    );
    assert.deepEqual(lines(others, /^\s*debugger;|\bconsole\.debug\(/), []);
  });

  it("measures no span of time by the wall clock", () => {
    const product = code.filter((file) => /^(?:pve|providers|secrets|components|stacks)\//.test(file));
    const allowed = [
      // What people read in a log, and the day on which a version was superseded.
      "pve/request-log.ts",
      "providers/vm/template/template-versions.ts",
      // Dates on which access ends, and from which on it is made anew.
      "providers/kernel/call/calendar.ts",
    ];
    assert.deepEqual(
      lines(
        product.filter((file) => !allowed.includes(file)),
        /\bDate\.now\b|\bnew Date\(\)/,
      ),
      [],
    );
  });

  it("has no marks of a merge that was not resolved", () => {
    assert.deepEqual(lines(text, /^(?:<{7}|>{7}|={7})(?: |$)/), []);
  });

  it("has no file with a name that says nothing", () => {
    assert.deepEqual(
      all.filter((file) => /(^|\/)(utils?|helpers?|common|v2)(\.|\/)/.test(file)),
      [],
    );
  });
});

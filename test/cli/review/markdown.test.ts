import assert from "node:assert/strict";
import fc from "fast-check";
import { code, within } from "../../../cli/review/markdown";

describe("hostile text in a comment", () => {
  it("is one span of code, whatever it holds", () => {
    const parts = fc.constantFrom(
      "`",
      "``",
      "@all",
      "](http://x)",
      "<img src=x>",
      "\n",
      "\r",
      "\u202e",
      "\u001b[2J",
      "|",
      "a",
      " ",
      "~~~",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts).map((all) => all.join("")),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const shown = code(text);
          if (shown === "(empty)") return;
          const fence = /^`+/.exec(shown)?.[0] ?? "";
          assert.ok(fence !== "" && shown.endsWith(fence));
          const inside = shown.slice(fence.length, -fence.length);
          // A run of as many backticks ends the span: none inside has them, nor touches the ends.
          assert.ok(
            [...inside.matchAll(/`+/g)].every(([run]) => run.length < fence.length),
            shown,
          );
          assert.ok(!inside.startsWith("`") && !inside.endsWith("`"), shown);
          assert.ok(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown), JSON.stringify(shown));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("that is too long is cut at a line, and says so", () => {
    const lines = Array.from({ length: 100 }, (_, at) => `- line ${at}`);
    assert.equal(within(10_000, lines), lines.join("\n"));
    const cut = within(300, lines);
    assert.ok(cut.length <= 300);
    assert.match(cut, /^- line 0\n[^]*\n… and \d+ more lines: pulumi preview --diff shows all$/);
  });
});

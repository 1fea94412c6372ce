import assert from "node:assert/strict";
import fc from "fast-check";
import { printable, ProxmoxError } from "../../../pve";

describe("text for a terminal", () => {
  it("shows controls as their codes, and keeps lines and tabs", () => {
    assert.equal(printable("a\tb\nc\r\nd\re"), "a\tb\nc\nd\ne");
    assert.equal(printable("\u001b]0;title\u0007\u001b[2J"), "\\u001b]0;title\\u0007\\u001b[2J");
    assert.equal(printable("\u009b31m\u007f"), "\\u009b31m\\u007f");
    assert.equal(printable("safe\u202egnp.exe\u2066"), "safe\\u202egnp.exe\\u2066");
    assert.equal(printable("Größe 1 GiB – „ok“ 日本"), "Größe 1 GiB – „ok“ 日本");
  });

  it("breaks the engine's markup up: an unknown one would end the command", () => {
    assert.equal(printable("<{%bogus%}>"), "< {%bogus%}>");
  });

  it("leaves no control in any text, and is done after the first time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = printable(text);
        assert.ok(!/[^\P{Cc}\n\t]/u.test(shown));
        assert.equal(printable(shown), shown);
      }),
    );
  });

  it("is what errors of the client are made of", () => {
    const error = new ProxmoxError({ kind: "refused", message: "it said \u001b[31mno", said: "\u001b[31mno" });
    assert.equal(error.message, "it said \\u001b[31mno");
    assert.equal(error.said, "\\u001b[31mno");
  });
});

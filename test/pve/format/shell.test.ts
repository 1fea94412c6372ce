import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { shellCommand, shellQuote } from "../../../pve";

describe("shellCommand", () => {
  it("gives a shell exactly the arguments, whatever they are", () => {
    const argument = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (argv) => {
        const printed = execFileSync("sh", ["-c", shellCommand(["printf", "%s\\0", "x", ...argv])], {
          encoding: "utf8",
        });
        // Lone surrogates have no form in UTF-8.
        assert.deepEqual(
          printed.split("\0").slice(1, -1),
          argv.map((text) => Buffer.from(text).toString("utf8")),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("quotes every character that a shell may find something special in", () => {
    for (let code = 1; code < 128; code++) {
      const character = String.fromCharCode(code);
      const plain = /[A-Za-z0-9_@%+:,./-]/.test(character);
      const quoted = character === "'" ? "'x'\\''y'" : `'x${character}y'`;
      assert.equal(shellQuote(`x${character}y`), plain ? `x${character}y` : quoted, JSON.stringify(character));
    }
    assert.equal(shellQuote(""), "''");
    assert.equal(shellQuote("ä"), "'ä'");
  });

  it("refuses what no command line can carry", () => {
    assert.throws(() => shellCommand([]), /no command/);
    assert.throws(() => shellCommand(["a\0b"]), /NUL/);
  });

  it("leaves plain words readable", () => {
    assert.equal(shellCommand(["xz", "-d", "/var/lib/vz/import/a.qcow2.xz"]), "xz -d /var/lib/vz/import/a.qcow2.xz");
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { argumentFiles, sourcesOfArguments } from "../../scripts/arguments/index";
import { referenceFiles } from "../../scripts/arguments/reference";
import { takenApart } from "../../scripts/arguments/comments";
import { projectFiles } from "./sources";

describe("the interfaces of the arguments", function () {
  const program = sourcesOfArguments();

  for (const [what, { write, which }] of Object.entries({
    "are as the models say": { write: argumentFiles, which: /arguments\.generated\.ts$/ },
    "make the reference": { write: referenceFiles, which: /^docs\/reference\// },
  }))
    it(what, () => {
      const files = write(program);
      const committed = projectFiles().filter((file) => which.test(file));
      assert.deepEqual(committed, [...files.keys()].sort());
      for (const [file, text] of files)
        assert.ok(
          fs.readFileSync(path.join(projectRoot, file), "utf8") === text,
          `${file} is not what the sources say; run: npm run arguments`,
        );
    });

  it("take a comment apart", () => {
    assert.deepEqual(takenApart("Longest pause, in seconds. Default 0.1. Proxmox: `migrate_downtime`."), {
      text: "Longest pause, in seconds.",
      default: "0.1",
      key: "`migrate_downtime`",
    });
    assert.deepEqual(takenApart("Name in Proxmox: DNS labels. Default: the resource's\n own name. Proxmox: `name`."), {
      text: "Name in Proxmox: DNS labels.",
      default: "the resource's own name",
      key: "`name`",
    });
    assert.deepEqual(takenApart("First port. Proxmox: `serial0`. With several write `serials`."), {
      text: "First port. With several write `serials`.",
      key: "`serial0`",
    });
  });
});

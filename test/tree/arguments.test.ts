import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { argumentFiles } from "../../scripts/arguments/index";
import { referenceFiles } from "../../scripts/arguments/reference-pages";
import { projectFiles } from "./sources";

describe("the interfaces of the arguments", function () {
  for (const [what, { write, which }] of Object.entries({
    "are as the models say": { write: argumentFiles, which: /arguments\.generated\.ts$/ },
    "make the reference": { write: referenceFiles, which: /^docs\/reference\// },
  }))
    it(what, () => {
      const files = write();
      const committed = projectFiles().filter((file) => which.test(file));
      assert.deepEqual(committed, [...files.keys()].sort());
      for (const [file, text] of files)
        assert.ok(
          fs.readFileSync(path.join(projectRoot, file), "utf8") === text,
          `${file} is not what the sources say; run: npm run arguments`,
        );
    });
});

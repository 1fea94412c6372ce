import assert from "node:assert/strict";
import { replayExcerpts, excerptNames, type ExcerptsReplay } from "./excerpts.js";
import { excuses, judge, reasons } from "./excuses.js";

describe("replay of the recorded excerpts", function () {
  let replays: ExcerptsReplay[];
  before(async () => {
    replays = await replayExcerpts();
  });

  for (const file of excerptNames()) {
    it(file, () => {
      const { outcomes } = replays.find((replay) => replay.file === file) ?? assert.fail("not replayed");
      const name = `excerpts/${file}`;
      const { unexcused, needless } = judge(name, outcomes);
      assert.deepEqual(unexcused, [], `${name}: new differences`);
      assert.deepEqual(needless, [], `${name}: no longer different, to be taken out of differences/${name}.json`);
      for (const [n, { reason, note }] of excuses(name)) {
        assert.ok(reasons.includes(reason), `#${n}: ${reason}`);
        assert.ok(note.length > 10, `#${n}: why?`);
      }
    });
  }
});

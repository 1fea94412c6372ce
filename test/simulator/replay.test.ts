import assert from "node:assert/strict";
import { judge } from "./excuses.js";
import { scenarioNames } from "./recording.js";
import { replay } from "./replay.js";

/** The scenarios that the simulator is to answer like the recorded daemons. */
const inScope = /^(0\d|1[0-6]|18|19|2[0-3]|30|4[0-7])-/;
/** Those that are to reach the mark each by itself. */
const byItself = /^(1[56]|4[0-7])-/;
/** The others are of areas that are built in part or not at all: their equal exchanges may only grow. */

describe("replay of the recorded scenarios", function () {
  let equal = 0;
  let total = 0;

  for (const name of scenarioNames()) {
    it(name, async () => {
      const { outcomes } = await replay(name);
      const { unexcused, needless } = judge(name, outcomes);
      assert.deepEqual(unexcused, [], `${name}: new differences`);
      assert.deepEqual(needless, [], `${name}: no longer different, to be taken out of differences/${name}.json`);
      const same = outcomes.filter(({ differences }) => differences.length === 0).length;
      if (byItself.test(name)) assert.ok(same >= 0.95 * outcomes.length, `${same} of ${outcomes.length}`);
      if (inScope.test(name)) {
        equal += same;
        total += outcomes.length;
      }
    });
  }

  it("answers at least 95 % of the exchanges in scope as recorded", () => {
    assert.ok(equal >= 0.95 * total, `${equal} of ${total}`);
  });
});

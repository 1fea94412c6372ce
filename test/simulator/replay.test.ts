import assert from "node:assert/strict";
import { excuses } from "./excuses.js";
import { scenarioNames } from "./recording.js";
import { replay } from "./replay.js";

/** The scenarios that the simulator is to answer like the recorded daemons. */
const inScope = /^(0\d|1[0-4]|18|19|2[0-3]|30)-/;

/** The others are of areas that are built in part or not at all; they are checked once their differences are listed. */
const checked = scenarioNames().filter((name) => inScope.test(name) || excuses(name).size > 0);

describe("replay of the recorded scenarios", function () {
  this.timeout(120_000);
  let equal = 0;
  let total = 0;

  for (const name of checked) {
    it(name, async () => {
      const { outcomes } = await replay(name);
      const excused = excuses(name);
      const different = outcomes.filter(({ differences }) => differences.length > 0);
      const unexcused = different.filter(({ exchange }) => !excused.has(exchange.n));
      const lines = unexcused.map(
        ({ exchange: { n, method, path }, differences }) =>
          `#${n} ${method} ${path}\n  ${differences.slice(0, 3).join("\n  ")}`,
      );
      assert.deepEqual(lines, [], `${name}: new differences`);
      const numbers = new Set(different.map(({ exchange }) => exchange.n));
      const needless = [...excused.keys()].filter((n) => !numbers.has(n));
      assert.deepEqual(needless, [], `${name}: no longer different, to be taken out of differences/${name}.json`);
      if (inScope.test(name)) {
        equal += outcomes.length - different.length;
        total += outcomes.length;
      }
    });
  }

  it("answers at least 95 % of the exchanges in scope as recorded", () => {
    assert.ok(equal >= 0.95 * total, `${equal} of ${total}`);
  });
});

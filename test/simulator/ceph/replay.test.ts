import assert from "node:assert/strict";
import { excuses } from "../excuses.js";
import { replayCommands } from "./command-replay.js";

/** Recordings of commands, and the least share of answers that is as recorded. It may only grow. */
const files: readonly (readonly [name: string, percent: number])[] = [
  ["20", 47],
  ["30", 87],
  ["40", 71],
  ["50", 80],
  ["60", 59],
];

describe("replay of commands that were recorded from a real Ceph", function () {
  this.timeout(60_000);

  for (const [name, percent] of files) {
    it(`${name}: every difference is excused`, () => {
      const outcomes = replayCommands(name);
      const excused = excuses(`ceph/${name}`);
      const different = outcomes.filter(({ differences }) => differences.length > 0);
      const unexcused = different
        .filter(({ line }) => !excused.has(line.n))
        .map(({ line: { n, cmd, args }, differences }) => `#${n} ${cmd} ${JSON.stringify(args)}\n  ${differences[0]}`);
      assert.deepEqual(unexcused, []);
      const numbers = new Set(different.map(({ line }) => line.n));
      assert.deepEqual(
        [...excused.keys()].filter((n) => !numbers.has(n)),
        [],
        "no longer different",
      );
      assert.ok((100 * (outcomes.length - different.length)) / outcomes.length >= percent);
    });
  }
});

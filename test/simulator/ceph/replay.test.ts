import assert from "node:assert/strict";
import { excuses } from "../excuses.js";
import { replayApi } from "./api-replay.js";
import { replayCommands } from "./command-replay.js";

interface Replayed {
  readonly n: number;
  readonly what: string;
  readonly differences: readonly string[];
}

/** Recordings, and the least share of answers that is as recorded. It may only grow. */
const commands: readonly (readonly [name: string, percent: number])[] = [
  ["20", 47],
  ["30", 87],
  ["40", 71],
  ["50", 80],
  ["60", 59],
];
const requests: readonly (readonly [name: string, percent: number])[] = [
  ["80", 96],
  ["81", 92],
  ["82", 88],
  ["84", 94],
];

describe("replay of what was recorded from a real Ceph", function () {
  for (const [name, percent] of commands) {
    it(`commands ${name}: every difference is excused`, () => {
      const outcomes = replayCommands(name);
      const list = outcomes.map(({ line: { n, cmd, args }, differences }) => ({
        ...{ n, what: `${cmd} ${JSON.stringify(args)}`, differences },
      }));
      judge(name, list, percent);
    });
  }

  for (const [name, percent] of requests) {
    it(`requests ${name}: every difference is excused`, async () => {
      const outcomes = await replayApi(name);
      const list = outcomes.map(({ exchange: { n, method, path }, differences }) => ({
        ...{ n, what: `${method} ${path}`, differences },
      }));
      judge(name, list, percent);
    });
  }
});

function judge(name: string, outcomes: readonly Replayed[], percent: number): void {
  const excused = excuses(`ceph/${name}`);
  const different = outcomes.filter(({ differences }) => differences.length > 0);
  const unexcused = different.filter(({ n }) => !excused.has(n));
  assert.deepEqual(
    unexcused.map(({ n, what, differences }) => `#${n} ${what}\n  ${differences[0]}`),
    [],
  );
  const numbers = new Set(different.map(({ n }) => n));
  assert.deepEqual(
    [...excused.keys()].filter((n) => !numbers.has(n)),
    [],
    "no longer different",
  );
  assert.ok((100 * (outcomes.length - different.length)) / outcomes.length >= percent);
}

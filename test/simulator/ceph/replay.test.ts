import assert from "node:assert/strict";
import { excuses, type Reason } from "../excuses.js";
import { replayApi } from "./api-replay.js";
import { replayCommands } from "./command-replay.js";
import { replayVolumes } from "./volume-replay.js";

interface Replayed {
  readonly n: number;
  readonly what: string;
  readonly differences: readonly string[];
}

/**
 * Recordings, and the least share of answers that is as recorded, of those that are not chance: how far PGs are at a moment, or
 * what the recorded machine has. It may only grow.
 */
const commands: readonly (readonly [name: string, percent: number])[] = [
  ["10", 89],
  ["20", 90],
  ["30", 91],
  ["40", 94],
  ["50", 87],
  ["60", 76],
];
const requests: readonly (readonly [name: string, percent: number])[] = [
  ["80", 97],
  ["81", 94],
  ["82", 95],
  ["83", 91],
  ["84", 96],
  ["85", 80],
  ["86", 94],
];
/** Of `ceph-volume`. */
const volumes = 95;
const leastOfAll = 90;

/** Differences of these reasons say nothing of the model. */
const chance: readonly Reason[] = ["host-specific", "time-dependent", "damaged recording"];

interface Counted {
  readonly name: string;
  readonly equal: number;
  readonly different: number;
}
const percentOf = ({ equal, different }: Omit<Counted, "name">): number => (100 * equal) / (equal + different);

describe("replay of what was recorded from a real Ceph", function () {
  const all: Counted[] = [];

  for (const [name, percent] of commands) {
    it(`commands ${name}: every difference is excused`, () => {
      const outcomes = replayCommands(name);
      const list = outcomes.map(({ line: { n, cmd, args }, differences }) => ({
        ...{ n, what: `${cmd} ${JSON.stringify(args)}`, differences },
      }));
      all.push(judge(name, list, percent));
    });
  }

  for (const [name, percent] of requests) {
    it(`requests ${name}: every difference is excused`, async () => {
      const outcomes = await replayApi(name);
      const list = outcomes.map(({ exchange: { n, method, path }, differences }) => ({
        ...{ n, what: `${method} ${path}`, differences },
      }));
      all.push(judge(name, list, percent));
    });
  }

  it("ceph-volume 70: every difference is excused", () => {
    const list = replayVolumes().map(({ line: { n, cmd }, differences }) => ({ n, what: cmd, differences }));
    assert.equal(list.length, 23);
    all.push(judge("70", list, volumes));
  });

  it("together are as recorded", () => {
    assert.equal(all.length, commands.length + requests.length + 1);
    const sum = all.reduce((so, one) => ({ equal: so.equal + one.equal, different: so.different + one.different }), {
      equal: 0,
      different: 0,
    });
    for (const one of [...all, { name: "together", ...sum }])
      process.stdout.write(
        `      ${one.name}: ${one.equal} of ${one.equal + one.different} answers that are not chance are equal ` +
          `(${percentOf(one).toFixed(1)} %)\n`,
      );
    assert.ok(percentOf(sum) >= leastOfAll);
  });
});

function judge(name: string, outcomes: readonly Replayed[], percent: number): Counted {
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
  const wrong = different.filter(({ n }) => !chance.includes(excused.get(n)!.reason));
  const counted = { name, equal: outcomes.length - different.length, different: wrong.length };
  assert.ok(percentOf(counted) >= percent, `${percentOf(counted).toFixed(1)} %`);
  return counted;
}

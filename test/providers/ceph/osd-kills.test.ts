import assert from "node:assert/strict";
import { lostObjects } from "../../../simulator/ceph/objects.js";
import { OsdRuns, type OsdProvider } from "../../support/osd-runs";
import { sampled } from "../../support/sample";

const serial = "INVENTED61";
const next = "INVENTED63";

/** What is done to the OSDs of a disk, by a state that the engine has or has not. */
interface Life {
  readonly before: (runs: OsdRuns) => void;
  /** The steps of the engine: one that has ended is not done again. */
  readonly steps: readonly ((runs: OsdRuns, provider: OsdProvider) => Promise<unknown>)[];
  /** One of so many moments is tried by `npm test`. */
  readonly every: number;
}

const remove = (runs: OsdRuns, provider: OsdProvider) =>
  provider.delete(runs.made[serial]!.id, runs.made[serial]!.outs);
const filled = (runs: OsdRuns): void => void (runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" });
const wiping = { wipe: { serial: next } };

const lives: Readonly<Record<string, Life>> = {
  "are made on a disk that is wiped": {
    before: filled,
    steps: [(runs, provider) => provider.create(runs.described(next, wiping))],
    every: 12,
  },
  "are drained and removed": { before: () => undefined, steps: [remove], every: 24 },
  "give way to those of another disk": {
    before: filled,
    steps: [
      async (runs, provider) => {
        const { id, outs } = runs.made[serial]!;
        const wanted = runs.described(next, wiping, serial);
        const { deleteBeforeReplace } = (await provider.diff(id, outs, wanted)) as { deleteBeforeReplace?: boolean };
        assert.equal(deleteBeforeReplace, true);
        await provider.delete(id, outs);
      },
      (runs, provider) => provider.create(runs.described(next, wiping, serial)),
    ],
    every: 40,
  },
  "whose disk is dead are removed": {
    before: (runs) => void (runs.disk(serial).dead = true),
    steps: [remove],
    every: 40,
  },
};

describe("OSDs, whichever request a run is killed at,", function () {
  const runs = new OsdRuns();

  for (const [what, { before, steps, every }] of Object.entries(lives))
    it(`${what}: the next run ends as if nothing had happened`, async () => {
      await runs.start();
      before(runs);
      const from = runs.count();
      const provider = runs.process();
      for (const step of steps) await step(runs, provider);
      const all = runs.count() - from;
      const end = { erased: runs.erased, serving: runs.serving };
      assert.equal(lostObjects(runs.ceph.cluster), 0);
      await runs.close();

      const moments = sampled(
        Array.from({ length: all - 1 }, (_, index) => index + 1),
        every,
      );
      let killed = 0;
      for (const moment of moments) {
        await runs.start();
        try {
          before(runs);
          let done = 0;
          const struck = await runs.killedAt(moment, async (first) => {
            for (const step of steps) {
              await step(runs, first);
              done++;
            }
          });
          if (struck) killed++;
          const second = runs.process();
          for (const step of steps.slice(done)) await step(runs, second);
          const text = `killed at ${moment} of ${all}`;
          assert.deepEqual({ erased: runs.erased, serving: runs.serving }, end, text);
          assert.equal(lostObjects(runs.ceph.cluster), 0, text);
        } finally {
          await runs.close();
        }
      }
      process.stdout.write(`      ${killed} kills at ${moments.length} of ${all} requests, all came to the same end\n`);
      assert.ok(killed >= moments.length * 0.9, `${killed} of ${moments.length}`);
    });
});

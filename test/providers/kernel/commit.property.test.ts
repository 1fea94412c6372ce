import assert from "node:assert/strict";
import fc from "fast-check";
import { Commit } from "../../../providers/kernel/commit/commit";
import { VirtualClock } from "../../pve/virtual-clock";
import { member, pace, partOf, StagingPlace } from "./staging-place";

describe("a commit of many", () => {
  interface Arrival {
    readonly at: number;
    readonly value: string;
    /** Fails while it is staged: before it has staged anything, or after. */
    readonly fails: "before" | "after" | undefined;
    readonly canUnstage: boolean;
    readonly abortAfter: number | undefined;
    readonly order: number;
    readonly slowMs: number;
  }

  const moment = fc.integer({ min: 0, max: 8_000 });
  const arrival: fc.Arbitrary<Arrival> = fc.record({
    at: moment,
    value: fc.constantFrom("a", "b"),
    fails: fc.option(fc.constantFrom("before" as const, "after" as const), { nil: undefined, freq: 4 }),
    canUnstage: fc.boolean(),
    abortAfter: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined, freq: 4 }),
    order: fc.integer({ min: 0, max: 2 }),
    slowMs: fc.constantFrom(0, 50, 1_500),
  });
  const world = fc.record({
    arrivals: fc.array(arrival, { minLength: 1, maxLength: 8 }),
    foreign: fc.option(moment, { nil: undefined }),
    /** When the administrator takes back what he has staged. */
    reverts: fc.option(moment, { nil: undefined }),
    failingApplies: fc.array(fc.boolean(), { maxLength: 3 }),
    /** What an earlier run has staged, of whom. */
    leftovers: fc.subarray([0, 1, 2]),
  });

  it("keeps its word whoever comes, fails, leaves or meddles, and when", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ arrivals, foreign, reverts, failingApplies, leftovers }) => {
        const clock = new VirtualClock(0);
        const place = new StagingPlace(clock);
        const commit = new Commit(place, clock, pace);
        const at = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
          await clock.sleep(ms);
          return work();
        };
        const key = (index: number) => `vmbr${index}`;
        for (const index of leftovers) if (arrivals[index]) await place.stage(key(index), arrivals[index].value);
        const start = clock.now();
        /** Whose part is staged as it is wanted. */
        const sound = new Set<string>();
        // Said at the end: what is thrown here only fails a round.
        const violations: string[] = [];
        const { apply } = place;
        place.apply = async () => {
          for (const name of place.staged.keys()) {
            if (name === "theirs") violations.push("applied what somebody else had staged");
            else if (!sound.has(name)) violations.push(`applied ${name}, which nobody here had staged to its end`);
          }
          place.applyError = failingApplies[place.applied.length] ? new Error("ifreload") : undefined;
          return apply.call(place);
        };
        const meddling = [
          ...(foreign === undefined ? [] : [at(foreign, async () => void place.staged.set("theirs", "x"))]),
          ...(foreign === undefined || reverts === undefined
            ? []
            : [at(reverts, async () => void place.staged.delete("theirs"))]),
        ];
        const seen = await Promise.all(
          arrivals.map((one, index) =>
            at(one.at, async () => {
              const controller = new AbortController();
              if (one.abortAfter !== undefined)
                void at(one.abortAfter, async () => controller.abort(new Error("aborted")));
              const name = key(index);
              const began = clock.now();
              const promise = commit.arrive(
                member(controller.signal),
                partOf(place, name, one.value, {
                  order: one.order,
                  stage: async () => {
                    if (controller.signal.aborted) violations.push("began for somebody who had left");
                    sound.delete(name);
                    if (one.fails === "before") throw new Error("refused");
                    await place.stage(name, one.value, controller.signal);
                    await clock.sleep(one.slowMs, controller.signal);
                    if (one.fails === "after") throw new Error("refused");
                    sound.add(name);
                  },
                  ...(one.canUnstage ? { unstage: () => place.stage(name, undefined) } : {}),
                }),
              );
              const error = await promise.then(
                () => undefined,
                (reason: Error) => reason,
              );
              if (error?.message === "aborted") assert.ok(clock.now() - began <= one.abortAfter! + 100);
              // Whoever is told that it went well has it in effect at that moment.
              if (!error) assert.equal(place.running.get(name), one.value);
              if (one.fails !== undefined) assert.ok(error, "a failed part was told that it went well");
              return error;
            }),
          ),
        );
        // Nobody waits without bounds: its own round, and at most those before it.
        assert.ok(clock.now() - start < 8_000 + arrivals.length * (pace.longestMs + 8 * 1_700));
        await Promise.all(meddling);
        // Who has left does not wait for the end of the round.
        await clock.sleep(60_000);
        assert.deepEqual(violations, []);
        assert.equal(place.holders, 0);
        assert.equal(place.running.has("theirs"), false);
        if (foreign !== undefined && reverts === undefined) assert.equal(place.staged.get("theirs"), "x");
        const undisturbed =
          foreign === undefined &&
          !failingApplies.includes(true) &&
          leftovers.length === 0 &&
          arrivals.every(({ fails, canUnstage }) => fails !== "after" || canUnstage) &&
          arrivals.every(({ abortAfter }) => abortAfter === undefined);
        if (undisturbed)
          seen.forEach((error, index) =>
            assert.equal(error?.message, arrivals[index]!.fails === undefined ? undefined : "refused"),
          );
      }),
      { numRuns: 150 },
    );
  });
});

import assert from "node:assert/strict";
import { assertNothingOrphaned, everythingOf, isBeyondProof, isGapOf, strayJournals } from "../../support/osd-rest";
import { OsdRuns, upOnce, type Recorded } from "../../support/osd-runs";
import { long, sampled } from "../../support/sample";

/** Each refusal says how to go on. */
const hint =
  /(?:[Nn]othing was touched: |is not removed: ).*ceph-volume lvm activate|dbDevice: a disk in use is never touched.*wipe it by hand/;
const next = "INVENTED63";
const journal = "INVENTED6DB";

interface Shape {
  readonly what: string;
  readonly more: Record<string, unknown>;
  readonly count: number;
  readonly wiped?: boolean;
}

const one: Shape = { what: "one OSD", more: { osdsPerDevice: 1 }, count: 1 };
const two: Shape = {
  what: "two OSDs on a disk that is wiped",
  more: { wipe: { serial: next } },
  count: 2,
  wiped: true,
};
const withJournal: Shape = {
  what: "an encrypted OSD with its database elsewhere",
  more: { osdsPerDevice: 1, encrypted: true, dbDevice: { serial: journal } },
  count: 1,
};
const ofClass: Shape = {
  what: "two encrypted OSDs of a class",
  more: { encrypted: true, deviceClass: "nvme" },
  count: 2,
};

describe("a creation of OSDs that is cut off", function () {
  const runs = new OsdRuns();

  async function start(shape: Shape): Promise<void> {
    await runs.start();
    if (shape.wiped) runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    if (shape.more["dbDevice"])
      runs.sim.simulation.node("golf").hardware.disks.push({
        ...{ devpath: "/dev/nvme4n1", size: 1e12, model: "Samsung SSD 990 PRO 1TB", serial: journal },
        ...{ type: "nvme", gpt: 0 },
      });
  }

  /** Everything serves, nothing is left over, nothing else was overwritten, and the disk was wiped once at most. */
  function assertWhole(shape: Shape, before: Record<string, string[]>, text: string): void {
    assert.equal(runs.serving[next], shape.count, text);
    assertNothingOrphaned(runs, text);
    for (const [serial, by] of Object.entries(runs.erased))
      if (serial !== next && serial !== journal) assert.deepEqual(by, before[serial], `${text}: ${serial}`);
    assert.ok(runs.erased[next]!.filter((by) => by === "wipedisk").length <= 1, text);
    assert.deepEqual(runs.notes(), [], text);
  }

  for (const kind of ["task-killed", "task-fail"] as const)
    for (const shape of [one, two, withJournal, ofClass])
      it(`${kind === "task-fail" ? "by a failure" : "with its machine"} at any step is resumed by the next run, or refused: ${shape.what}`, async () => {
        const wanted = runs.described(next, shape.more);
        let struck = 0;
        let [resumed, refused, beside] = [0, 0, 0];
        for (let steps = 0; ; steps += long ? 1 : 3) {
          await start(shape);
          try {
            const before = runs.erased;
            const { faults } = runs.sim.simulation;
            const effect = kind === "task-fail" ? { kind, steps, text: "it failed" } : { kind, steps };
            faults.add({ task: "cephcreateosd", count: 1, effect });
            const first = await upOnce(runs.process(), wanted, undefined);
            if ((faults.struck[kind] ?? 0) === 0) {
              assert.equal(first.error, undefined);
              break;
            }
            struck++;
            // It was cut off when all was made: the run has seen that by itself.
            if (first.error === undefined) continue;
            // Of a run that is killed as well nothing is recorded.
            const lost = struck % 2 === 1;
            const text = `${shape.what}, ${kind} at step ${steps}${lost ? ", nothing recorded" : ""}`;
            const strays = strayJournals(runs);
            if (strays.length > 0 && runs.disk(next).holds === undefined) {
              // The disk is free, and is taken as any; nothing tells whose the volume for a database is.
              beside++;
              const { error } = await upOnce(runs.process(), wanted, lost ? undefined : first.state);
              assert.equal(error?.message, undefined, text);
              assert.equal(runs.serving[next], shape.count, text);
              assert.deepEqual(strayJournals(runs), strays, text);
              for (const lv of strays)
                assert.match(runs.lines.join("\n"), new RegExp(`stays .*/${lv} for database`), text);
              continue;
            }
            if (isBeyondProof(runs)) {
              refused++;
              const [left, erased] = [everythingOf(runs), runs.erased];
              const { error } = await upOnce(runs.process(), wanted, lost ? undefined : first.state);
              assert.match(error?.message ?? `${text}: it was made`, hint, text);
              assert.deepEqual([everythingOf(runs), runs.erased], [left, erased], text);
              continue;
            }
            resumed++;
            const second = await upOnce(runs.process(), wanted, lost ? undefined : first.state);
            assert.equal(second.error?.message, undefined, text);
            assertWhole(shape, before, text);
            const third = await runs.process().diff(second.state!.id, second.state!.outs, wanted);
            assert.equal(third.changes, false, text);
          } finally {
            await runs.close();
          }
        }
        process.stdout.write(
          `      ${struck} steps: ${resumed} resumed, ${refused} refused, ${beside} made beside what is left\n`,
        );
        assert.ok(resumed >= (shape === withJournal ? 1 : 3), String(resumed));
        // Within LUKS only the log tells what is there; a file system that was begun may reach into a database elsewhere.
        if (shape === one || shape === two) assert.equal(refused, 0);
        else assert.ok(refused >= (shape === withJournal || kind === "task-killed" ? 1 : 0), String(refused));
      });

  it("and whose resumption is killed at any request or command is resumed by the run after that, but between a removal from Ceph and its note", async () => {
    let [killed, gaps] = [0, 0];
    let tried = 0;
    const cuts: readonly (readonly [Shape, number])[] = [
      [one, 3],
      [two, 6],
      [two, 15],
      [ofClass, 5],
    ];
    for (const [shape, steps] of cuts) {
      const wanted = runs.described(next, shape.more);
      const cut = async (): Promise<Recorded | undefined> => {
        await start(shape);
        runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
        return (await upOnce(runs.process(), wanted, undefined)).state;
      };
      let state = await cut();
      const from = runs.count();
      assert.equal((await upOnce(runs.process(), wanted, state)).error, undefined);
      const all = runs.count() - from;
      await runs.close();
      const moments = Array.from({ length: all - 1 }, (_, at) => at + 1);
      for (const moment of sampled(moments, 20, steps)) {
        state = await cut();
        try {
          const before = runs.erased;
          tried++;
          const struck = await runs.killedAt(moment, async (provider) => {
            const { error } = await upOnce(provider, wanted, state);
            if (error) throw error;
          });
          if (struck) killed++;
          const text = `${shape.what}, cut off at ${steps}, resumption killed at ${moment} of ${all}`;
          // Without a record of it the run after that knows what the first one has left.
          const ended = await upOnce(runs.process(), wanted, struck ? state : undefined);
          if (ended.error !== undefined && isGapOf(runs)) {
            gaps++;
            const [left, erased] = [everythingOf(runs), runs.erased];
            const { error } = await upOnce(runs.process(), wanted, state);
            assert.match(error?.message ?? `${text}: it was made`, /may have run/, text);
            assert.deepEqual([everythingOf(runs), runs.erased], [left, erased], text);
            continue;
          }
          assert.equal(ended.error?.message, undefined, text);
          assertWhole(shape, before, text);
        } finally {
          await runs.close();
        }
      }
    }
    process.stdout.write(
      `      ${killed} kills of ${tried}, ${gaps} refused after them${long ? "" : ", a part of all moments"}\n`,
    );
    assert.ok(gaps <= killed / 5, `${gaps} of ${killed}`);
    assert.ok(killed >= tried * 0.9, `${killed} of ${tried}`);
  });
});

import assert from "node:assert/strict";
import { ApplyFailed, Commit, ForeignChanges, type CommitPart } from "../../../providers/kernel/commit/commit";
import { VirtualClock } from "../../pve/virtual-clock";
import { member, pace, partOf, StagingPlace, type Change } from "./staging-place";

describe("a commit", () => {
  let clock: VirtualClock;
  let place: StagingPlace;
  let commit: Commit<Change, string, string>;
  beforeEach(() => {
    clock = new VirtualClock(0);
    place = new StagingPlace(clock);
    commit = new Commit(place, clock, pace);
  });

  const part = (key: string, value: string | undefined, more?: Partial<CommitPart<Change, string>>) =>
    partOf(place, key, value, more);
  const at = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    await clock.sleep(ms);
    return work();
  };
  const rejected = async (promise: Promise<unknown>): Promise<Error> => {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    return assert.fail("was not rejected");
  };

  it("stages all who come before it is quiet, and applies them once", async () => {
    const outcomes = await Promise.all(
      [0, 300, 1_200, 2_100].map((ms, index) => at(ms, () => commit.arrive(member(), part(`vmbr${index}`, "a")))),
    );
    assert.deepEqual(outcomes, ["applied 1", "applied 1", "applied 1", "applied 1"]);
    assert.equal(place.running.size, 4);
    assert.equal(place.applied.length, 1);
    assert.ok(clock.now() < 2_100 + 2 * pace.quietMs);
  });

  it("waits for nobody longer than the time allows", async () => {
    const arrivals = Array.from({ length: 30 }, (_, index) =>
      at(index * 900, async () => {
        await commit.arrive(member(), part(`vmbr${index}`, "a"));
        return clock.now();
      }),
    );
    const ends = await Promise.all(arrivals);
    assert.ok(ends[0]! <= pace.longestMs + 1_000, `the first one waited ${ends[0]!} ms`);
    assert.equal(place.running.size, 30);
    assert.equal(place.applied.length, 3);
  });

  it("waits for those who are still being checked", async () => {
    const end = commit.expect();
    const first = commit.arrive(member(), part("vmbr1", "a"));
    const second = at(4_000, () => {
      end();
      return at(200, () => commit.arrive(member(), part("vmbr2", "a")));
    });
    await Promise.all([first, second]);
    assert.equal(place.applied.length, 1);
    // A check that never ends holds nobody for ever.
    commit.expect();
    await commit.arrive(member(), part("vmbr3", "a"));
    assert.equal(place.running.size, 3);
  });

  it("takes who arrives after it has begun into the next round", async () => {
    const slow = part("vmbr1", "a", { stage: () => place.stage("vmbr1", "a").then(() => clock.sleep(5_000)) });
    const [first, second] = await Promise.all([
      commit.arrive(member(), slow),
      at(3_000, () => commit.arrive(member(), part("vmbr2", "a"))),
    ]);
    assert.deepEqual([first, second], ["applied 1", "applied 2"]);
  });

  it("stages in the order of the parts, whoever came first", async () => {
    await Promise.all([
      commit.arrive(member(), part("vmbr10", "a", { order: 2 })),
      commit.arrive(member(), part("vmbr2", "a", { order: 2 })),
      commit.arrive(member(), part("bond0", "a", { order: 1 })),
    ]);
    assert.deepEqual(place.said, ["stage bond0", "stage vmbr2", "stage vmbr10", "apply"]);
  });

  it("lets a failed part fall out, and applies the others", async () => {
    const failing = part("vmbr1", "a", { stage: () => Promise.reject(new Error("unable to find bridge port 'eno9'")) });
    const [bad, good] = await Promise.all([
      rejected(commit.arrive(member(), failing)),
      commit.arrive(member(), part("vmbr2", "a")),
    ]);
    assert.match(bad.message, /eno9/);
    assert.equal(good, "applied 1");
    assert.deepEqual([...place.running.keys()], ["vmbr2"]);
  });

  it("tries a part again that others were in the way of, as long as one of them could be staged", async () => {
    const taken = new Error("eno2 is already used on interface 'vmbr2'");
    const again = (failure: unknown) => failure === taken;
    const until = (key: string, other: string) =>
      part(key, "a", { again, stage: () => (place.staged.has(other) ? place.stage(key, "a") : Promise.reject(taken)) });
    const outcomes = await Promise.all([
      commit.arrive(member(), until("vmbr1", "vmbr2")),
      commit.arrive(member(), until("vmbr2", "vmbr3")),
      commit.arrive(member(), part("vmbr3", "a")),
      rejected(commit.arrive(member(), until("vmbr4", "nobody"))),
    ]);
    assert.deepEqual(outcomes, ["applied 1", "applied 1", "applied 1", taken]);
    assert.deepEqual([...place.running.keys()], ["vmbr3", "vmbr2", "vmbr1"]);
  });

  it("takes a part that awaits others into the next round, as long as a round gets anything done", async () => {
    const low = new Error("interface 'eno2' - mtu 1500 is lower than 'vmbr1' - mtu 9000");
    const over = (key: string, port: string) =>
      part(key, "a", {
        again: (failure) => failure === low,
        awaits: () => true,
        stage: () => (place.running.has(port) || place.staged.has(port) ? place.stage(key, "a") : Promise.reject(low)),
      });
    const outcomes = await Promise.all([
      commit.arrive(member(), over("vmbr1", "eno2")),
      commit.arrive(member(), part("eno1", "a")),
      // Who holds a place of the engine's while it waits lets this one come only when the others are done.
      at(1.5 * pace.quietMs, () => commit.arrive(member(), part("eno2", "a"))),
    ]);
    assert.deepEqual(outcomes, ["applied 2", "applied 1", "applied 2"]);
    const alone = rejected(commit.arrive(member(), over("vmbr2", "eno3")));
    assert.equal(await alone, low);
    const aborted = new AbortController();
    const left = rejected(commit.arrive(member(aborted.signal), over("vmbr3", "eno3")));
    const other = commit.arrive(member(), part("eno4", "a"));
    await other;
    aborted.abort(new Error("no longer wanted"));
    assert.equal((await left).message, "no longer wanted");
  });

  it("lets all give up what others need before any part is staged, and who is put off has it again until then", async () => {
    const told: string[] = [];
    const low = new Error("unable to find bridge port 'bond0'");
    const giving = part("vmbr0", "on bond0", {
      again: (failure) => failure === low,
      awaits: () => true,
      release: async () => void told.push("release"),
      unstage: async () => void told.push("unstage"),
      stage: async () => {
        if (!place.running.has("bond0") && !place.staged.has("bond0")) throw low;
        told.push("stage");
        await place.stage("vmbr0", "on bond0");
      },
    });
    const other = part("a-port", "a", { stage: async () => (told.push("other"), place.stage("a-port", "a")) });
    const outcomes = await Promise.all([
      commit.arrive(member(), other),
      commit.arrive(member(), giving),
      at(1.5 * pace.quietMs, () => commit.arrive(member(), part("bond0", "a"))),
    ]);
    assert.deepEqual(outcomes, ["applied 1", "applied 2", "applied 2"]);
    assert.deepEqual(told, ["release", "other", "unstage", "release", "stage"]);
    const failing = part("vmbr9", "a", { release: () => Promise.reject(new Error("it does not let go")) });
    assert.equal((await rejected(commit.arrive(member(), failing))).message, "it does not let go");
    assert.ok(!place.running.has("vmbr9"));
  });

  it("applies nothing when a failed part has left something staged that it cannot take back", async () => {
    const half = (unstage?: () => Promise<void>) =>
      part("vmbr1", "a", {
        stage: () => place.stage("vmbr1", "a").then(() => Promise.reject(new Error("half done"))),
        ...(unstage ? { unstage } : {}),
      });
    const [bad, good] = await Promise.all([
      rejected(commit.arrive(member(), half())),
      rejected(commit.arrive(member(), part("vmbr2", "a"))),
    ]);
    assert.equal(bad.message, "half done");
    assert.ok(good instanceof ForeignChanges);
    assert.match(good.message, /nothing was applied.*vmbr2 stays staged[^]*\+ vmbr1 a/);
    assert.equal(place.applied.length, 0);

    const unstaged = half(() => place.stage("vmbr1", undefined));
    const [again, through] = await Promise.all([
      rejected(commit.arrive(member(), unstaged)),
      commit.arrive(member(), part("vmbr2", "a")),
    ]);
    assert.equal(again.message, "half done");
    assert.equal(through, "applied 1");
    assert.deepEqual([...place.running.keys()], ["vmbr2"]);

    const stuck = half(() => Promise.reject(new Error("no answer")));
    assert.equal(
      (await rejected(commit.arrive(member(), stuck))).message,
      "half done; what it had staged could not be taken back: no answer",
    );
  });

  it("tells all who staged that applying failed, and why", async () => {
    place.applyError = new Error("ifreload: exit code 1");
    const errors = await Promise.all(
      ["vmbr1", "vmbr2"].map((key) => rejected(commit.arrive(member(), part(key, "a")))),
    );
    for (const error of errors) {
      assert.ok(error instanceof ApplyFailed);
      assert.equal(
        error.message,
        "applying the networks of pve1 failed (one write for vmbr1, vmbr2): ifreload: exit code 1",
      );
      assert.equal(error.cause, place.applyError);
    }
    // What came of it is there to be seen, and the next ones begin anew.
    place.applyError = undefined;
    await Promise.all(["vmbr1", "vmbr2"].map((key) => commit.arrive(member(), part(key, "a"))));
    assert.equal(place.running.size, 2);
  });

  it("neither applies nor throws away what somebody else has staged, before or meanwhile", async () => {
    await place.stage("vmbr9", "theirs");
    const before = await rejected(commit.arrive(member(), part("vmbr1", "a")));
    assert.ok(before instanceof ForeignChanges);
    assert.match(before.message, /^the networks of pve1: .*nothing was staged.*apply or revert it.*\n\+ vmbr9 theirs$/);
    assert.deepEqual([...place.staged], [["vmbr9", "theirs"]]);

    place.staged.clear();
    const meanwhile = part("vmbr1", "a", {
      stage: () => place.stage("vmbr1", "a").then(() => place.stage("vmbr9", "theirs")),
    });
    assert.match((await rejected(commit.arrive(member(), meanwhile))).message, /nothing was applied/);
    assert.equal(place.applied.length, 0);
    assert.equal(place.staged.size, 2);
  });

  it("does not take another value of its own thing for its own", async () => {
    await place.stage("vmbr1", "theirs");
    assert.ok((await rejected(commit.arrive(member(), part("vmbr1", "a")))) instanceof ForeignChanges);
    assert.equal(place.staged.get("vmbr1"), "theirs");
  });

  it("goes on where a killed run has stopped: between staging and applying", async () => {
    await place.stage("vmbr1", "a");
    await place.stage("vmbr2", "a");
    // The second one comes late: what it has staged in the earlier run is not foreign before the time is up.
    await Promise.all([
      commit.arrive(member(), part("vmbr1", "a")),
      at(3_500, () => commit.arrive(member(), part("vmbr2", "a"))),
    ]);
    assert.equal(place.applied.length, 1);
    assert.equal(place.running.size, 2);
  });

  it("applies nothing when nothing is left to apply, unless a part says that it is not in effect", async () => {
    place.running.set("vmbr1", "a");
    assert.equal(await commit.arrive(member(), part("vmbr1", "a")), undefined);
    assert.equal(place.applied.length, 0);
    assert.equal(await commit.arrive(member(), part("vmbr1", "a", { applyAnyway: true })), "applied 1");
  });

  it("lets one who is aborted go at once, and goes on for the others", async () => {
    const controller = new AbortController();
    const leaving = rejected(commit.arrive(member(controller.signal), part("vmbr1", "a")));
    const staying = commit.arrive(member(), part("vmbr2", "a"));
    await clock.sleep(100);
    controller.abort(new Error("create took longer than 1s"));
    assert.match((await leaving).message, /took longer/);
    assert.ok(clock.now() < 200);
    await staying;
    assert.deepEqual([...place.running.keys()], ["vmbr2"]);
  });

  it("asks nothing when all have left", async () => {
    const controller = new AbortController();
    const leaving = rejected(commit.arrive(member(controller.signal), part("vmbr1", "a")));
    controller.abort(new Error("interrupted"));
    await leaving;
    await clock.sleep(3_000);
    assert.deepEqual(place.said, []);
    assert.equal(place.holders, 0);
    assert.match((await rejected(commit.arrive(member(controller.signal), part("x", "a")))).message, /interrupted/);
  });

  it("applies a part whose operation ended after it was staged, when others wait for theirs", async () => {
    const controller = new AbortController();
    const late = part("vmbr2", "a", {
      order: 1,
      stage: async () => {
        controller.abort(new Error("out of time"));
        await place.stage("vmbr2", "a");
      },
    });
    const [gone, there] = await Promise.all([
      rejected(commit.arrive(member(controller.signal), part("vmbr1", "a"))),
      commit.arrive(member(), late),
    ]);
    assert.match(gone.message, /out of time/);
    assert.equal(there, "applied 1");
    assert.equal(place.running.size, 2);
  });

  it("takes back what an operation had staged that was ended in the middle of it", async () => {
    const controller = new AbortController();
    const cut = part("vmbr1", "a", {
      stage: async () => {
        const staging = place.stage("vmbr1", "a", controller.signal);
        controller.abort(new Error("out of time"));
        await staging;
      },
      unstage: async (_, signal) => {
        assert.equal(signal.aborted, false);
        await place.stage("vmbr1", undefined, signal);
      },
    });
    const [, other] = await Promise.all([
      rejected(commit.arrive(member(controller.signal), cut)),
      commit.arrive(member(), part("vmbr2", "a")),
    ]);
    assert.equal(other, "applied 1");
    assert.deepEqual([...place.running.keys()], ["vmbr2"]);
  });

  it("stops at a safe point when the engine is gone", async () => {
    let asked = 0;
    const gone = async () => {
      if (++asked === 2) throw new Error("the Pulumi engine is gone");
    };
    assert.match(
      (await rejected(commit.arrive(member(undefined, gone), part("vmbr1", "a")))).message,
      /engine is gone/,
    );
    assert.deepEqual(place.said, ["stage vmbr1"]);
    assert.equal(place.staged.size, 1);
  });

  it("tells all when the place is not to be had, or not to be given back", async () => {
    const { hold } = place;
    place.hold = () => Promise.reject(new Error("the SDN is locked"));
    const errors = await Promise.all(["a", "b"].map((key) => rejected(commit.arrive(member(), part(key, "a")))));
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["the SDN is locked", "the SDN is locked"],
    );
    place.hold = async (work) => {
      await hold.call(place, work as never);
      throw new Error("the lock stays");
    };
    assert.match((await rejected(commit.arrive(member(), part("a", "a")))).message, /the lock stays/);
    place.hold = hold;
    assert.equal(await commit.arrive(member(), part("b", "a")), "applied 2");
  });
});

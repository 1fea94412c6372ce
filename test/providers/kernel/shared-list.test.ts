import assert from "node:assert/strict";
import { SharedList } from "../../../providers/kernel/shared-list";
import { VirtualClock } from "../../pve/virtual-clock";

describe("a list that the checks of many resources share", () => {
  const clock = new VirtualClock();
  let reads: number;
  let lists: SharedList<number>;
  beforeEach(() => {
    reads = 0;
    lists = new SharedList();
  });
  const ask = (urn: string, signal = new AbortController().signal, read = async () => ++reads) =>
    lists.for({ urn, signal }, clock, read);

  it("is read once for all who ask for the first time", async () => {
    assert.deepEqual(await Promise.all(["a", "b", "c"].map((urn) => ask(urn))), [1, 1, 1]);
    assert.equal(await ask("d"), 1);
  });

  it("is read again for who asks a second time, after a change, and when it is old", async () => {
    await ask("a");
    assert.deepEqual([await ask("a"), await ask("b")], [2, 2]);
    lists.forget();
    assert.equal(await ask("c"), 3);
    clock.skip(10_000);
    assert.equal(await ask("d"), 4);
  });

  it("that cannot be read fails those who wait for it, and nobody after them", async () => {
    const failing = () => Promise.reject(new Error("596"));
    const outcomes = await Promise.allSettled([ask("a", undefined, failing), ask("b")]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await ask("c"), 1);
  });

  it("is waited for no longer than an operation lasts, and goes on for the others", async () => {
    let answer: (value: number) => void = () => undefined;
    const slow = () => new Promise<number>((resolve) => (answer = resolve));
    const ended = new AbortController();
    const first = ask("a", ended.signal, slow);
    const second = ask("b", undefined, slow);
    ended.abort(new Error("its time is up"));
    await assert.rejects(first, /its time is up/);
    answer(7);
    assert.equal(await second, 7);
  });
});

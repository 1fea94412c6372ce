import assert from "node:assert/strict";
import { HostTurns } from "../../../providers/ceph/osd/host-turns";

describe("turns of hosts", function () {
  const never = new AbortController().signal;
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("let those of one host in together, and those of another one when all have left", async () => {
    const turns = new HostTurns();
    const order: string[] = [];
    const enter = async (host: string, alone = false) => {
      const turn = await turns.enter(host, alone, never);
      order.push(`${host}${alone ? " alone" : ""}`);
      return turn;
    };
    const first = await enter("golf");
    first.round.started = true;
    const hotel = [enter("hotel"), enter("hotel")];
    const alone = enter("golf", true);
    const second = await enter("golf");
    assert.deepEqual([second.round.started, turns.others], [true, 1]);
    await settled();
    assert.deepEqual(order, ["golf", "golf"]);
    first.leave();
    first.leave();
    await settled();
    assert.deepEqual(order, ["golf", "golf"], "one of them is still at it");
    second.leave();
    const both = await Promise.all(hotel);
    assert.deepEqual(order.slice(2), ["hotel", "hotel"]);
    assert.equal(both[0]?.round.started, false);
    for (const turn of both) turn.leave();
    const last = await alone;
    const late = enter("golf");
    await settled();
    assert.deepEqual(order.slice(4), ["golf alone"], "nobody joins who is alone");
    last.leave();
    (await late).leave();
    (await enter("foxtrot")).leave();
  });

  it("are not waited for by what was interrupted", async () => {
    const turns = new HostTurns();
    const first = await turns.enter("golf", false, never);
    const { signal, abort } = (() => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort(new Error("interrupted here")) };
    })();
    const waiting = turns.enter("hotel", false, signal);
    abort();
    await assert.rejects(waiting, /interrupted here/);
    await assert.rejects(turns.enter("hotel", false, signal), /interrupted here/);
    first.leave();
    (await turns.enter("foxtrot", false, never)).leave();
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { sshOf } from "../../../simulator/ssh/host-key";
import { momentsOf } from "../../support/matrix-lab";
import { QdeviceLab } from "../../support/qdevice-lab";
import { long } from "../../support/sample";

const pair = ["foxtrot", "hotel"];

describe("a QDevice whose run is killed, or whose world is in disorder", () => {
  const lab = new QdeviceLab(pair);
  afterEach(() => lab.sim.close());

  it("comes and goes in the next run, at whichever request or command the first one is killed", async () => {
    const matters = /systemctl|certutil|pk12util|mkdir .*corosync|\.p12/;
    await lab.start();
    const coming = await lab.heardIn(() => lab.create());
    lab.isVoting();
    await lab.sim.close();
    let killed = 0;
    // Without the long run some of those that matter, for they are nearly all.
    const some = (heard: readonly string[], every: number): readonly number[] => {
      const all = momentsOf(heard, matters, 2);
      return long ? all : all.filter((_, at) => at % every === 1);
    };
    const away = some(coming, 12);
    for (const moment of away) {
      await lab.start();
      if (await lab.killedAt(moment, (signal) => lab.create({}, signal))) killed++;
      const made = { outs: {}, id: "" };
      const seen = await lab.watched(async () => Object.assign(made, await lab.create()));
      assert.deepEqual(seen, { cut: [], failed: undefined }, `killed at ${moment}: ${coming[moment - 1]}`);
      lab.isVoting();
      const files = pair.flatMap((name) => Object.keys(sshOf(lab.node(name)).files));
      assert.deepEqual(
        files.filter((file) => /^\/run\/pulumi.*(?:p12|crt)$/.test(file)),
        [],
      );
      await lab.sim.close();
    }
    await lab.start();
    const first = await lab.create();
    const going = await lab.heardIn(() => lab.qdevice().delete(first.id, first.outs));
    lab.isAway();
    for (const moment of some(going, 8)) {
      await lab.sim.close();
      await lab.start();
      const { id, outs } = await lab.create();
      if (await lab.killedAt(moment, (signal) => lab.qdevice(signal).delete(id, outs))) killed++;
      const seen = await lab.watched(() => lab.qdevice().delete(id, outs));
      assert.deepEqual(seen, { cut: [], failed: undefined }, `removal killed at ${moment}: ${going[moment - 1]}`);
      lab.isAway();
    }
    assert.ok(killed >= 4, String(killed));
    console.log(`      killed at ${killed} of ${coming.length + going.length} moments, all came to their end`);
  });

  it("takes the quorum from nobody, whatever the world is like", async () => {
    const worlds = fc.record({
      there: fc.boolean(),
      hotel: fc.constantFrom<"online" | "off">("online", "online", "off"),
      qnetd: fc.constantFrom<"online" | "off">("online", "online", "off"),
      unreachedBy: fc.constantFrom<readonly string[]>([], ["hotel"], pair),
      stopped: fc.subarray(pair),
      votes: fc.constantFrom(1, 1, 2),
      act: fc.constantFrom("create", "delete"),
    });
    const ended = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        await lab.start();
        try {
          const made = given.there || given.act === "delete" ? await lab.create() : undefined;
          if (made && !given.there) await lab.qdevice().delete(made.id, made.outs);
          for (const name of given.stopped) delete lab.node(name).qdevice?.running;
          lab.node("hotel").state = given.hotel;
          lab.corosync().nodes["hotel"]!.votes = given.votes;
          const { qnetd } = lab.sim.world;
          qnetd!.unreachedBy = [...given.unreachedBy];
          qnetd!.state = given.qnetd;
          const before = lab.corosync().device;
          const { cut, failed } = await lab.watched(() =>
            given.act === "create" || !made ? lab.create() : lab.qdevice().delete(made.id, made.outs),
          );
          assert.deepEqual(cut, [], failed);
          // What was there stays, but where it was to go; and what has failed is not half there.
          if (failed !== undefined && before) assert.ok(lab.corosync().device !== undefined || given.act === "delete");
          if (failed !== undefined && !before) assert.equal(lab.corosync().device, undefined);
          if (failed === undefined) assert.equal(lab.corosync().device !== undefined, given.act === "create");
          ended.add(`${given.act} ${failed === undefined ? "done" : "refused"}`);
        } finally {
          await lab.sim.close();
        }
      }),
      {
        numRuns: long ? 120 : 3,
        examples: [
          [{ there: true, hotel: "off", qnetd: "online", unreachedBy: [], stopped: [], votes: 1, act: "delete" }],
          [{ there: true, hotel: "online", qnetd: "off", unreachedBy: [], stopped: pair, votes: 1, act: "delete" }],
        ],
      },
    );
    await lab.start();
    assert.ok(ended.has("delete refused") && ended.has("delete done"), [...ended].join());
  });
});

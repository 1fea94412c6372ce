import assert from "node:assert/strict";
import { addVolume } from "../../../simulator/ceph/osd-volumes.js";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { volumeGroups } from "../../../simulator/disks/lvm.js";
import type { LogicalVolume } from "../../../simulator/world/disk.js";
import { assertNothingOrphaned, everythingOf } from "../../support/osd-rest";
import { OsdRuns, upOnce } from "../../support/osd-runs";

const next = "INVENTED63";
/** The disk of the OSDs that the world begins with. */
const first = "INVENTED61";
/** So far has it come: its volume has its identity, and nothing has been started. */
const tagged = 6;
/** Its volume has a name alone. */
const named = 4;

interface Left {
  readonly id: number;
  readonly uuid: string;
  readonly vg: string;
  readonly lv: string;
  readonly volume: LogicalVolume;
}

interface Case {
  readonly steps: number;
  /** What is not as a creation that was cut off leaves it. */
  readonly change: (left: Left) => void;
  readonly expected: RegExp;
  readonly stack?: string;
  readonly name?: string;
  /** The resource describes this disk. */
  readonly serial?: string;
}

describe("what looks like a creation that was cut off", function () {
  const runs = new OsdRuns();
  const golf = () => runs.sim.simulation.node("golf");
  const osds = () => runs.ceph.cluster.osdmap.osds;
  const files = () => golf().ssh!.files;
  const noteFile = (): string => runs.notes()[0]!;
  const changeNote = (change: (note: Record<string, unknown>) => void): void => {
    const file = files()[noteFile()]!;
    const note = JSON.parse(Buffer.from(file.content, "base64").toString()) as Record<string, unknown>;
    change(note);
    file.content = Buffer.from(JSON.stringify(note)).toString("base64");
  };

  async function cutOff(steps: number): Promise<Left> {
    await runs.start();
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    const { error } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1 }), undefined);
    const [osd] = Object.values(osds()).filter((each) => each.new);
    const { holds } = runs.disk(next);
    const vg = holds?.kind === "lvm" ? holds.vg! : "";
    const [[lv = "", volume] = []] = Object.entries(volumeGroups(golf())[vg]?.volumes ?? {});
    if (!error || !osd || !volume) {
      await runs.close();
      throw new Error(`it was not cut off where it was to be: ${error?.message}`);
    }
    return { id: osd.id, uuid: osd.uuid, vg, lv, volume };
  }

  const cases: Readonly<Record<string, Case>> = {
    "an OSD that ran, and was purged since": {
      steps: tagged,
      change: ({ id }) => delete osds()[id],
      expected:
        /holds OSDs that this Ceph does not know: osd\.\d+ \([0-9a-f-]+\).* may have run; nothing was touched.* write wipe: \{ serial: "INVENTED63" \}/,
    },
    "an OSD that ran, was purged, and was made known again under its uuid by somebody": {
      steps: tagged,
      change: ({ uuid }) => changeNote((note) => (note["known"] as string[]).push(uuid)),
      expected:
        /have never run and that nothing starts: osd\.\d+.*Nothing was touched: osd\.\d+ \([0-9a-f-]+\) was there before the creation.*purge-new/,
    },
    "a volume of another Ceph": {
      steps: tagged,
      change: ({ volume }) => (volume.tags!["ceph.cluster_fsid"] = "there"),
      expected: /holds OSDs that this Ceph does not know.*nothing was touched.*needed any more, wipe the disk by hand/,
    },
    "a disk with another serial number": {
      steps: tagged,
      change: () => (runs.disk(next).serial = "OTHER"),
      serial: "OTHER",
      expected: /have never run and that nothing starts.*Nothing was touched: this resource has not begun them/,
    },
    "a note that was carried to another disk": {
      steps: tagged,
      change: () => changeNote((note) => (note["serial"] = "OTHER")),
      expected: /does not say which creation of OSDs was begun on the disk with serial INVENTED63; nothing was changed/,
    },
    "a group with somebody's volume in it": {
      steps: tagged,
      change: ({ vg, volume }) => {
        volume.size -= 2 ** 30;
        addVolume(golf(), vg, "data", 2 ** 30);
      },
      expected: /Nothing was touched: volume ceph-[0-9a-f-]+\/data on the disk is not that of an OSD/,
    },
    "a creation of another stack": {
      steps: tagged,
      change: () => undefined,
      stack: "another stack",
      expected:
        /Nothing was touched: the creation was begun by urn:pulumi:test::lab::.*another resource or another stack/,
    },
    "a creation of another resource": {
      steps: tagged,
      change: () => undefined,
      name: "another",
      expected:
        /Nothing was touched: the creation was begun by urn:pulumi:test::lab::.*::INVENTED63, which is another resource/,
    },
    "a creation for another Ceph": {
      steps: tagged,
      change: () => changeNote((note) => (note["fsid"] = "there")),
      expected: /Nothing was touched: the creation was begun for another Ceph \(there\)/,
    },
    "one of which no note tells": {
      steps: tagged,
      change: () => delete files()[noteFile()],
      expected: /Nothing was touched: this resource has not begun them/,
    },
    "one whose note cannot be understood": {
      steps: tagged,
      change: () => (files()[noteFile()]!.content = Buffer.from("{}").toString("base64")),
      expected: /does not say which creation.*nothing was changed/,
    },
    "one whose note cannot be read": {
      steps: tagged,
      change: () => (files()[noteFile()]!.content = Buffer.alloc(5 * 2 ** 20).toString("base64")),
      expected: /osds-.* is larger than .*it was not read/,
    },
    "an OSD whose id another one on the node has": {
      steps: tagged,
      change: ({ id }) => {
        const [other] = Object.values(volumeGroups(golf())).flatMap(({ volumes = {} }) => Object.values(volumes));
        const known = osds()[other!.tags!["ceph.osd_id"]!]!;
        delete osds()[known.id];
        cephOn(golf()).osds[known.id]!.running = false;
        other!.tags!["ceph.osd_id"] = String(id);
      },
      expected: /Nothing was touched: another OSD on this node has the id|nothing was changed/,
    },
    "a volume that no log of a creation names": {
      steps: named,
      change: () => golf().tasks.forEach((task) => (task.log = [])),
      expected:
        /a disk in use is never touched.*what stands there is not removed: no log of a creation on this node names/,
    },
    "a volume with a tag of somebody": {
      steps: named,
      change: ({ volume }) => (volume.tags = { mine: "1" }),
      expected: /a disk in use is never touched.*has a tag that no creation leaves alone: mine/,
    },
  };

  for (const [what, { steps, change, expected, stack, name, serial = next }] of Object.entries(cases))
    it(`is left alone where it is ${what}`, async () => {
      const left = await cutOff(steps);
      try {
        change(left);
        const [before, erased] = [everythingOf(runs), runs.erased];
        const wanted = {
          ...runs.described(next, { osdsPerDevice: 1, serial, timeouts: { create: "20s" } }, name),
          ...(stack ? { __stack: stack } : {}),
        };
        const { error } = await upOnce(runs.process(), wanted, undefined);
        assert.match(error?.message ?? "it was made", expected);
        assert.deepEqual(everythingOf(runs), before);
        assert.deepEqual(runs.erased, erased);
      } finally {
        await runs.close();
      }
    });

  it("is an OSD like any other when it has been in since, also where it is down now", async () => {
    const { id, uuid } = await cutOff(tagged);
    try {
      const osd = osds()[id]!;
      delete osd.new;
      const before = [everythingOf(runs), runs.erased];
      const wanted = runs.described(next, { osdsPerDevice: 1, timeouts: { create: "5s" } });
      assert.match(
        (await upOnce(runs.process(), wanted, undefined)).error?.message ?? "",
        /osd\.\d+ (?:to be up|down)|took longer/,
      );
      assert.deepEqual([everythingOf(runs), runs.erased], before);
      cephOn(golf()).osds[id] = { running: true, enabled: true, since: runs.ceph.now };
      const { state, error } = await upOnce(runs.process(), wanted, undefined);
      assert.equal(error, undefined);
      assert.deepEqual((state?.outs["osds"] as { uuid: string }[])[0]?.uuid, uuid);
      assert.deepEqual([runs.erased, runs.notes()], [before[1], []]);
    } finally {
      await runs.close();
    }
  });

  it("is waited for when systemd starts it", async () => {
    const { id, uuid } = await cutOff(tagged);
    try {
      cephOn(golf()).osds[id] = { running: true, enabled: true, since: runs.ceph.now };
      const { erased } = runs;
      const { state, error } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1 }), undefined);
      assert.equal(error, undefined);
      assert.deepEqual((state?.outs["osds"] as { uuid: string }[])[0]?.uuid, uuid);
      assert.deepEqual(runs.erased, erased);
    } finally {
      await runs.close();
    }
  });

  it("is kept by Ceph itself when it starts between the last look and the removal, and ever after", async () => {
    const { id, uuid } = await cutOff(tagged);
    try {
      const { erased } = runs;
      const { sshRecords } = runs.sim.simulation;
      const push = sshRecords.push.bind(sshRecords);
      // Ceph's map is the last thing that is asked for before the removal, and the removal itself comes after it.
      let looks = 0;
      sshRecords.push = (...records) => {
        for (const { what } of records) {
          if (/flock.* true$/.test(what)) looks = 0;
          if (/osd dump/.test(what) && ++looks === 2) delete osds()[id]!.new;
        }
        return push(...records);
      };
      const wanted = runs.described(next, { osdsPerDevice: 1 });
      const refused = await upOnce(runs.process(), wanted, undefined);
      sshRecords.push = push;
      assert.match(refused.error?.message ?? "it was made", /osd\.\d+ is not new/);
      assert.deepEqual(runs.erased, erased);
      assert.equal(osds()[id]?.uuid, uuid);
      // It is purged by somebody: what it held may still be there.
      delete osds()[id];
      const again = await upOnce(runs.process(), wanted, undefined);
      assert.match(again.error?.message ?? "it was made", /may have run; nothing was touched/);
      assert.deepEqual(runs.erased, erased);
    } finally {
      await runs.close();
    }
  });

  it("goes with its resource when that is taken out instead", async () => {
    await runs.start();
    try {
      const wanted = runs.described(next, { wipe: { serial: next } });
      runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
      runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps: 6 } });
      const { state, error } = await upOnce(runs.process(), wanted, undefined);
      assert.ok(state, error?.message);
      await runs.process().delete(state.id, state.outs);
      assertNothingOrphaned(runs, "after the deletion");
      assert.deepEqual([runs.disk(next).holds, runs.notes()], [undefined, []]);
      assert.equal(runs.serving[first], 2);
    } finally {
      await runs.close();
    }
  });
});

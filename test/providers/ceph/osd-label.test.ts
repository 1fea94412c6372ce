import assert from "node:assert/strict";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { volumeGroups } from "../../../simulator/disks/lvm.js";
import { runLine } from "../../../simulator/ssh/commands.js";
import { FileSystem } from "../../../simulator/ssh/file-system.js";
import type { LogicalVolume } from "../../../simulator/world/disk.js";
import { everythingOf } from "../../support/osd-rest";
import { OsdRuns, upOnce } from "../../support/osd-runs";

const next = "INVENTED63";
/** The label has its uuid and nothing more; and all that an OSD needs. */
const begun = 8;
const whole = 10;
const strange = "99999999-9999-4999-8999-999999999999";

describe("an OSD to whose volume something was written, by its label", function () {
  const runs = new OsdRuns();
  const golf = () => runs.sim.simulation.node("golf");
  const osds = () => runs.ceph.cluster.osdmap.osds;
  afterEach(() => runs.close());

  const groupOfNext = (): string => {
    const { holds } = runs.disk(next);
    return holds?.kind === "lvm" ? (holds.vg ?? "") : "";
  };
  const volumesOnNext = () => Object.entries(volumeGroups(golf())[groupOfNext()]?.volumes ?? {});

  async function cutOff(steps: number, more: Record<string, unknown> = {}) {
    await runs.start();
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    const { state } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1, ...more }), undefined);
    const [osd] = Object.values(osds()).filter((each) => each.new);
    const [[lv = "", volume] = []] = volumesOnNext();
    assert.ok(osd && volume?.label);
    return { id: osd.id, uuid: osd.uuid, volume, name: `${groupOfNext()}/${lv}`, state };
  }
  const up = () => upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1 }), undefined);
  const sent = (pattern: RegExp): number =>
    runs.sim.simulation.sshRecords.filter(({ what }) => pattern.test(what)).length;
  /** Calls `act` when the map was read before the step for so many times since the node was seen at rest. */
  function beforeStep(times: number, act: () => void): () => void {
    const { sshRecords } = runs.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    let dumps = 0;
    sshRecords.push = (...records) => {
      for (const { what } of records) {
        if (/flock.* true$/.test(what)) dumps = 0;
        if (/osd dump/.test(what) && ++dumps === times) act();
      }
      return push(...records);
    };
    return () => void (sshRecords.push = push);
  }

  it("is started where that is whole, and nothing is made anew or removed", async () => {
    const { uuid } = await cutOff(whole);
    const { erased } = runs;
    const { state, error } = await up();
    assert.equal(error?.message, undefined);
    assert.equal((state?.outs["osds"] as { uuid: string }[])[0]?.uuid, uuid);
    assert.deepEqual([runs.erased, runs.notes(), runs.serving[next]], [erased, [], 1]);
    assert.deepEqual([sent(/purge-new|lvremove|zap/), sent(/lvm activate/)], [0, 1]);
  });

  it("is not started where one is wanted by then, and there are two", async () => {
    for (let steps = 20; ; steps++) {
      assert.ok(steps < 30, "at no step the second one is whole");
      await runs.start();
      runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
      await upOnce(runs.process(), runs.described(next), undefined);
      const [second] = Object.values(osds()).filter((each) => each.new);
      const volume = volumesOnNext().find(([lv]) => lv.endsWith(second?.uuid ?? "none"))?.[1];
      if (volume?.label?.["ready"] !== undefined) break;
      await runs.close();
    }
    const [before, { erased }] = [everythingOf(runs), runs];
    const { error } = await up();
    assert.match(error?.message ?? "it was started", /was not started: .*there are 2 \(osd\.\d+, osd\.\d+\), not 1/);
    assert.deepEqual([everythingOf(runs), runs.erased, sent(/lvm activate/)], [before, erased, 0]);
  });

  it("is not started where it is described otherwise by then", async () => {
    await cutOff(whole);
    const [before, { erased }] = [everythingOf(runs), runs];
    const wanted = runs.described(next, { osdsPerDevice: 1, encrypted: true });
    const { error } = await upOnce(runs.process(), wanted, undefined);
    assert.match(
      error?.message ?? "it was started",
      /was not started: the OSDs there are other ones than described: osd\.\d+ is not encrypted/,
    );
    assert.deepEqual([everythingOf(runs), runs.erased, sent(/lvm activate/)], [before, erased, 0]);
  });

  const changed: readonly (readonly [string, number, (volume: LogicalVolume) => void])[] = [
    ["is that of another OSD by then", whole, ({ label }) => (label!["osd_uuid"] = strange)],
    ["has another id by then", whole, ({ label }) => (label!["whoami"] = "77")],
    ["is not ready any more by then", whole, ({ label }) => delete label!["ready"]],
    ["cannot be read by then", whole, (volume) => delete volume.label],
  ];
  for (const [what, steps, change] of changed)
    it(`is not started where its label ${what}`, async () => {
      const { id, volume } = await cutOff(steps);
      const { erased } = runs;
      const stop = beforeStep(2, () => change(volume));
      const { error } = await up();
      stop();
      assert.match(error?.message ?? "it was started", /lvm activate.* failed \(exit code 3\)/);
      assert.deepEqual(
        [runs.erased, osds()[id]?.up, cephOn(golf()).osds[id]?.running ?? false],
        [erased, false, false],
      );
    });

  const finished: readonly (readonly [string, (volume: LogicalVolume) => void])[] = [
    ["is ready by then", ({ label }) => (label!["ready"] = "ready")],
    ["has an id by then", ({ label }) => (label!["whoami"] = "7")],
    ["is that of another OSD by then", ({ label }) => (label!["osd_uuid"] = strange)],
    ["cannot be read by then", (volume) => delete volume.label],
  ];
  for (const [what, change] of finished)
    it(`is not removed where its label ${what}`, async () => {
      const { volume, name } = await cutOff(begun);
      const { erased } = runs;
      const { sshRecords } = runs.sim.simulation;
      const push = sshRecords.push.bind(sshRecords);
      // It is gone from Ceph, and its volume has been looked at once more: the command to remove that comes next.
      let purged = false;
      sshRecords.push = (...records) => {
        for (const { what: line } of records) {
          if (/purge-new/.test(line)) purged = true;
          if (purged && /flock.* true$/.test(line)) beforeLast();
        }
        return push(...records);
      };
      let stop = (): void => undefined;
      const beforeLast = (): void => {
        purged = false;
        stop = beforeStep(1, () => change(volume));
      };
      const { error } = await up();
      stop();
      sshRecords.push = push;
      assert.match(error?.message ?? "it was removed", /lvremove.* failed \(exit code 3\)|something was written to it/);
      assert.deepEqual(runs.erased, erased);
      const [vg = "", lv = ""] = name.split("/");
      assert.ok(volumeGroups(golf())[vg]?.volumes?.[lv]);
    });

  it("is not started by the deletion of its resource, which is refused as long as the state does not know it", async () => {
    runs.lines.length = 0;
    await runs.start();
    runs.disk(next).holds = { kind: "filesystem", type: "ext4", uuid: "1" };
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps: whole } });
    const wanted = runs.described(next, { osdsPerDevice: 1, wipe: { serial: next } });
    const { state } = await upOnce(runs.process(), wanted, undefined);
    assert.ok(state);
    const [before, { erased }] = [everythingOf(runs), runs];
    await assert.rejects(
      runs.process().delete(state.id, { ...state.outs, osds: [], osdIds: [] }),
      /OSDs of this resource's creation that its state does not know \(osd\.\d+, .*Run up once/,
    );
    assert.deepEqual([everythingOf(runs), runs.erased, sent(/lvm activate/)], [before, erased, 0]);
  });

  it("tells its key to nobody: only lines without it leave the node", async () => {
    const { volume, name } = await cutOff(whole);
    const key = volume.label!["osd_key"]!;
    const { simulation } = runs.sim;
    const shell = { files: new FileSystem(simulation, golf()), stdin: "", simulation, node: golf() };
    const asked = simulation.sshRecords.map(({ what }) => what).filter((what) => what.includes("show-label"));
    await up();
    const read = simulation.sshRecords.map(({ what }) => what).filter((what) => /show-label.*grep/.test(what));
    assert.ok(read.length > 0, String(asked.length));
    const { stdout = "" } = runLine(shell, read[0]!);
    assert.ok(!stdout.includes(key), name);
    assert.ok(!runs.lines.join("\n").includes(key));
  });
});

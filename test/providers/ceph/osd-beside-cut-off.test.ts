import assert from "node:assert/strict";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { volumeGroups } from "../../../simulator/disks/lvm.js";
import { assertNothingOrphaned, everythingOf } from "../../support/osd-rest";
import { OsdRuns, upOnce, type Recorded } from "../../support/osd-runs";
import { long } from "../../support/sample";

const next = "INVENTED63";
const batch = /ceph-volume lvm batch/;
/** Each refusal says how to go on. */
const hint =
  /is not removed: .*ceph-volume lvm activate.*(?:purge-new|lvremove).*run up again|run on the node: ceph osd purge-new/;

describe("OSDs that are missing beside others, and whose making over SSH is cut off", function () {
  const runs = new OsdRuns();
  const golf = () => runs.sim.simulation.node("golf");
  const volumes = () => {
    const { holds } = runs.disk(next);
    const vg = holds?.kind === "lvm" ? (holds.vg ?? "") : "";
    return Object.entries(volumeGroups(golf())[vg]?.volumes ?? {});
  };
  const logs = (): string[] => Object.keys(golf().ssh?.files ?? {}).filter((file) => /osds-\w+\.log$/.test(file));

  /** The first of two OSDs runs, the second one was not begun: how many steps that takes. */
  async function firstAlone(more: Record<string, unknown>): Promise<{ state: Recorded | undefined; steps: number }> {
    for (let steps = 8; steps < 20; steps++) {
      await runs.start();
      const effect = { kind: "task-killed", steps } as const;
      runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect });
      const { state } = await upOnce(runs.process(), runs.described(next, more), undefined);
      const begun = Object.values(runs.ceph.cluster.osdmap.osds).filter((osd) => osd.new);
      if (runs.serving[next] === 1 && volumes().length === 1 && begun.length === 0) return { state, steps };
      await runs.close();
    }
    throw new Error("at no step the first of them is alone");
  }

  async function again(more: Record<string, unknown>, steps: number): Promise<Recorded | undefined> {
    await runs.start();
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    return (await upOnce(runs.process(), runs.described(next, more), undefined)).state;
  }

  for (const kind of ["task-killed", "task-fail"] as const)
    for (const [what, more] of [
      ["plain ones", {}],
      ["encrypted ones of a class", { encrypted: true, deviceClass: "nvme" }],
    ] as const)
      it(`are made by the run after that, or refused, at each step ${kind === "task-fail" ? "at which it fails" : "at which its machine goes"}: ${what}`, async () => {
        const found = await firstAlone(more);
        await runs.close();
        let [struck, resumed, refused] = [0, 0, 0];
        for (let steps = 0; ; steps += long ? 1 : 2) {
          const state = await again(more, found.steps);
          try {
            const { faults } = runs.sim.simulation;
            const before = runs.erased;
            const effect = kind === "task-fail" ? { kind, steps, text: "no space left on device" } : { kind, steps };
            const strikes = () => faults.struck[kind] ?? 0;
            const already = strikes();
            faults.add({ task: "ceph-volume", count: 1, effect });
            const wanted = runs.described(next, more);
            const second = await upOnce(runs.process(), wanted, state);
            if (strikes() === already) {
              assert.equal(second.error?.message, undefined);
              break;
            }
            struck++;
            const text = `${what}, ${kind} at step ${steps}`;
            assert.match(
              second.error?.message ?? `${text}: it was made`,
              /OSDs that are missing on the disk with serial INVENTED63 .*were not all made: .*Run up again.*osds-\w+\.log/,
            );
            // Where what it has begun cannot be taken back either, it ends with that.
            const ends =
              /RuntimeError: (?:no space left on device|Unable to find any LV for zapping OSD|command returned non-zero)/;
            if (kind === "task-fail") assert.match(second.error?.message ?? "", ends);
            const [left, erased] = [everythingOf(runs), runs.erased];
            const third = await upOnce(runs.process(), wanted, second.state);
            if (third.error) {
              refused++;
              assert.match(third.error.message, hint, text);
              assert.deepEqual([everythingOf(runs), runs.erased], [left, erased], text);
              assert.equal(more === undefined || "encrypted" in more, true, `${text}: ${third.error.message}`);
              continue;
            }
            resumed++;
            assert.equal(runs.serving[next], 2, text);
            assertNothingOrphaned(runs, text);
            for (const [serial, by] of Object.entries(runs.erased))
              if (serial !== next) assert.deepEqual(by, before[serial], `${text}: ${serial}`);
            assert.deepEqual([runs.notes(), logs()], [[], []], text);
            const fourth = await runs.process().diff(third.state!.id, third.state!.outs, wanted);
            assert.equal(fourth.changes, false, text);
          } finally {
            await runs.close();
          }
        }
        process.stdout.write(`      ${struck} steps: ${resumed} gone on with, ${refused} refused\n`);
        assert.ok(struck >= (long ? 10 : 5), String(struck));
        if (kind === "task-fail" || what === "plain ones") assert.equal(refused, 0);
        else assert.ok(refused >= 1 && resumed > refused, `${resumed}, ${refused}`);
      });

  it("are not made beside one that does not run", async () => {
    const { state } = await firstAlone({});
    try {
      const { osds } = runs.ceph.cluster.osdmap;
      const made = Object.values(osds).find(({ uuid }) => volumes().some(([lv]) => lv.endsWith(uuid)))!;
      cephOn(golf()).osds[made.id] = { running: false, enabled: false, since: runs.ceph.now };
      made.up = false;
      const [left, erased] = [everythingOf(runs), runs.erased];
      const { error } = await upOnce(runs.process(), runs.described(next), state);
      assert.match(
        error?.message ?? "it was made",
        new RegExp(`no OSDs were made beside osd\\.${made.id} .*, which does not run: .*start it, and run up again`),
      );
      assert.deepEqual([everythingOf(runs), runs.erased], [left, erased]);
      assert.ok(!runs.sim.simulation.sshRecords.some(({ what }) => batch.test(what)));
    } finally {
      await runs.close();
    }
  });

  it("say in no log what the key of an OSD is, and leave none that others can read", async () => {
    const found = await firstAlone({});
    try {
      runs.sim.simulation.faults.add({ task: "ceph-volume", count: 1, effect: { kind: "task-killed", steps: 9 } });
      await upOnce(runs.process(), runs.described(next), found.state);
      const [log = ""] = logs();
      const file = golf().ssh!.files[log];
      assert.equal(file?.mode, 0o600);
      const text = Buffer.from(file.content, "base64").toString();
      assert.match(text, /osd new [0-9a-f-]{36}/);
      for (const [name, { key }] of Object.entries(runs.ceph.cluster.auth)) assert.ok(!text.includes(key), name);
      assert.ok(runs.sim.simulation.sshRecords.some(({ what }) => batch.test(what)));
    } finally {
      await runs.close();
    }
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cephOn } from "../../../simulator/ceph/ceph.js";
import { settle } from "../../../simulator/ceph/settle.js";
import { volumeGroups } from "../../../simulator/disks/lvm.js";
import { everythingOf } from "../../support/osd-rest";
import { shellWords } from "../../../simulator/ssh/words.js";
import { OsdRuns, upOnce, type Recorded } from "../../support/osd-runs";

const next = "INVENTED63";
/** The file system of the first OSD is whole, and nothing has started it. */
const whole = 10;

describe("a creation that was cut off, and a program or a world that has changed since", function () {
  const runs = new OsdRuns();
  const golf = () => runs.sim.simulation.node("golf");
  const osds = () => Object.values(runs.ceph.cluster.osdmap.osds);
  const sent = (pattern: RegExp): string[] =>
    runs.sim.simulation.sshRecords.map(({ what }) => what).filter((what) => pattern.test(what));
  afterEach(() => runs.close());

  async function cutOff(steps: number, more: Record<string, unknown>): Promise<Recorded | undefined> {
    await runs.start();
    runs.sim.simulation.faults.add({ task: "cephcreateosd", count: 1, effect: { kind: "task-killed", steps } });
    return (await upOnce(runs.process(), runs.described(next, more), undefined)).state;
  }
  const volumes = () => {
    const { holds } = runs.disk(next);
    const vg = holds?.kind === "lvm" ? (holds.vg ?? "") : "";
    return Object.entries(volumeGroups(golf())[vg]?.volumes ?? {});
  };
  /** Of two OSDs the first one runs, and of the second one as much is there as `isSo` asks for. */
  async function secondOf(isSo: () => boolean): Promise<Recorded | undefined> {
    for (let steps = 8; steps < 32; steps++) {
      const state = await cutOff(steps, { osdsPerDevice: 2 });
      if (runs.serving[next] === 1 && isSo()) return state;
      await runs.close();
    }
    throw new Error("at no step it is so");
  }
  const isWhole = (): boolean => volumes().length === 2 && volumes().every(([, { label }]) => label?.["ready"]);
  const isAlone = (): boolean => volumes().length === 1 && osds().every((osd) => !osd.new);

  it("starts no plain OSD where the program asks for encrypted ones by then", async () => {
    await cutOff(whole, { osdsPerDevice: 1 });
    const before = everythingOf(runs);
    const { error } = await upOnce(
      runs.process(),
      runs.described(next, { osdsPerDevice: 1, encrypted: true }),
      undefined,
    );
    assert.match(error?.message ?? "it was made", /not encrypted/);
    assert.deepEqual(sent(/lvm activate/), []);
    assert.deepEqual(everythingOf(runs), before);
  });

  it("does not say in the preview that a plain OSD is started where the program asks for encrypted ones by then", async () => {
    await cutOff(whole, { osdsPerDevice: 1 });
    const wanted = runs.described(next, { osdsPerDevice: 1, encrypted: true });
    runs.lines.length = 0;
    const { failures } = await runs.process().check({}, { ...wanted });
    assert.doesNotMatch(runs.lines.join("\n"), /it is started/);
    assert.match(failures?.map(({ reason }) => reason).join("\n") ?? "", /not encrypted/);
  });

  it("starts no OSD without a database elsewhere where the program asks for one by then", async () => {
    await cutOff(whole, { osdsPerDevice: 1 });
    golf().hardware.disks.push({
      ...{ devpath: "/dev/nvme4n1", size: 1e12, model: "Samsung SSD 990 PRO 1TB", serial: "INVENTED6DB" },
      ...{ type: "nvme", gpt: 0 },
    });
    const wanted = runs.described(next, { osdsPerDevice: 1, dbDevice: { serial: "INVENTED6DB" } });
    const { error } = await upOnce(runs.process(), wanted, undefined);
    assert.match(error?.message ?? "it was made", /no database on another disk/);
    assert.deepEqual(sent(/lvm activate/), []);
  });

  it("starts no second OSD where the program asks for one by then", async () => {
    await secondOf(isWhole);
    const { error } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 1 }), undefined);
    assert.match(error?.message ?? "it was made", /there are 2/);
    assert.deepEqual(sent(/lvm activate/), []);
  });

  it("makes none beside an OSD of which it is not known that it runs: ceph-volume may format a disk whose volumes are not open", async () => {
    const state = await secondOf(isAlone);
    const [made] = osds().filter(({ uuid }) => volumes().some(([lv]) => lv.endsWith(uuid)));
    assert.ok(made);
    cephOn(golf()).osds[made.id] = { running: false, enabled: false, since: runs.ceph.now };
    made.up = false;
    settle(runs.ceph);
    assert.equal(made.up, false);
    // What is asked for once the batch has been sent is not waited for.
    const ended = new AbortController();
    const { sshRecords } = runs.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      const length = push(...records);
      if (records.some(({ what }) => /lvm batch/.test(what))) ended.abort(new Error("ended"));
      return length;
    };
    const { error } = await upOnce(runs.process(ended.signal), runs.described(next, { osdsPerDevice: 2 }), state);
    assert.deepEqual(sent(/lvm batch/), []);
    assert.match(error?.message ?? "it was made", new RegExp(`osd\\.${made.id}\\b`));
  });

  it("cuts no making of OSDs off because what it says cannot be kept", async () => {
    const state = await secondOf(isAlone);
    const { error } = await upOnce(runs.process(), runs.described(next, { osdsPerDevice: 2 }), state);
    assert.equal(error?.message, undefined);
    const words = shellWords(sent(/lvm batch/)[0]!)!;
    const script = words[words.indexOf("-c") + 1]!;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "batch-"));
    try {
      const done = path.join(folder, "done");
      // The folder of the log is away, as a full or read-only file system would be; the program goes on talking.
      const says = `echo '--> one'; echo '--> two'; sleep 0.2; echo '--> three' && echo done > ${done}`;
      const shell = words[words.indexOf("-c") - 1]!;
      const log = path.join(folder, "away", "osds.log");
      spawnSync(shell, ["-c", script, shell, log, "sh", "-c", `echo begun > ${done}; ${says}`], { encoding: "utf8" });
      // Never begun, or gone through.
      if (fs.existsSync(done)) assert.equal(fs.readFileSync(done, "utf8").trim(), "done");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

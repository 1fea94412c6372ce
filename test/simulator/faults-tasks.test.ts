import assert from "node:assert/strict";
import type { Fault } from "../../simulator/index.js";
import { Faulty, image } from "./faulty.js";

describe("faults of tasks", () => {
  let faulty: Faulty;
  const start = async (faults: Fault[]): Promise<void> => {
    faulty = await Faulty.start(faults);
  };
  afterEach(() => faulty.close());

  const guests = (): string[] => Object.keys(faulty.simulator.world.clusters["foxtrot"]?.guests ?? {});
  const download = { content: "import", filename: "debian.qcow2", url: image };
  const fetchImage = () => faulty.task("POST", "/nodes/foxtrot/storage/local/download-url", download);
  const importDisk = { scsi0: "local-lvm:0,import-from=local:import/debian.qcow2" };

  it("a task fails at its first step and cleans up behind itself", async () => {
    await start([{ task: "qmcreate", count: 1, effect: { kind: "task-fail", text: "the disk is gone" } }]);
    const failed = await faulty.createVm(100, { scsi0: "local-lvm:1" });
    assert.equal(failed.status, "the disk is gone");
    assert.equal(failed.log.at(-1), "TASK ERROR: the disk is gone");
    assert.equal((await faulty.createVm(101)).status, "OK");
    assert.deepEqual(faulty.struck, { "task-fail": 1 });
  });

  it("a task fails when it has done so many percent, and frees what it made", async () => {
    await start([{ task: "qmcreate", effect: { kind: "task-fail", text: "copy failed", percent: 50 } }]);
    assert.equal((await fetchImage()).status, "OK");
    const failed = await faulty.createVm(100, importDisk);
    assert.match(failed.status ?? "", /copy failed/);
    const shown = failed.log.flatMap((line) => /\((\d+\.\d+)%\)/.exec(line)?.[1] ?? []).map(Number);
    assert.ok(shown.some((percent) => percent >= 50) && !shown.some((percent) => percent > 60), shown.join(" "));
    assert.deepEqual(guests(), []);
    const { json } = await faulty.ask("GET", "/nodes/foxtrot/storage/local-lvm/content");
    assert.deepEqual(json?.data, []);
    assert.deepEqual(faulty.struck, { "task-fail": 1 });
  });

  it("a task that never shows that much is not struck", async () => {
    await start([{ task: "qmcreate", effect: { kind: "task-fail", text: "never", percent: 50 } }]);
    assert.equal((await faulty.createVm(100)).status, "OK");
    assert.deepEqual(faulty.struck, {});
  });

  it("a task hangs until it is stopped", async () => {
    await start([{ task: "qm*", count: 1, effect: { kind: "task-hang", steps: 1 } }]);
    const hanging = await faulty.createVm(100, { scsi0: "local-lvm:1" });
    assert.equal(hanging.status, undefined);
    faulty.simulator.clock.advance(3600_000);
    assert.equal(hanging.status, undefined);
    await faulty.ask("DELETE", `/nodes/foxtrot/tasks/${hanging.upid}`);
    assert.match(hanging.status ?? "", /interrupt/);
    assert.deepEqual(faulty.struck, { "task-hang": 1 });
  });

  it("a slow disk makes tasks that move data slow, and only those", async () => {
    const seconds = async (faults: Fault[]): Promise<[number, number]> => {
      await start(faults);
      await fetchImage();
      const before = faulty.simulator.clock.now();
      assert.equal((await faulty.createVm(100, importDisk)).status, "OK");
      const created = faulty.simulator.clock.now();
      assert.equal((await faulty.task("POST", "/nodes/foxtrot/qemu/100/status/start")).status, "OK");
      return [created - before, faulty.simulator.clock.now() - created];
    };
    const usual = await seconds([]);
    await faulty.close();
    const slow = await seconds([{ effect: { kind: "slow-disk", factor: 10 } }]);
    assert.ok(slow[0] >= 9 * usual[0], `${slow[0]} ms instead of ${usual[0]} ms`);
    assert.equal(slow[1], usual[1]);
    assert.deepEqual(faulty.struck, { "slow-disk": 2 });
  });
});

import assert from "node:assert/strict";
import { problemsOf } from "../../../providers/kernel/state/problems";
import { changeOfTexts, fromTexts, textsOf, toTexts } from "../../../providers/kernel/fields/mapping";
import { backupJobModel, jobFields } from "../../../providers/backup/backup-job.model";
import { coveredGuests } from "../../../providers/backup/covered-guests";
import { keepsLess, moreGoes } from "../../../providers/backup/pruned-backups";
import type { Guest } from "../../../pve";

const daily = { jobId: "nightly", schedule: "daily", storage: "nas" };
const problems = (job: object): string[] =>
  problemsOf(backupJobModel.schema, { ...daily, ...job }, []).map(({ path, message }) => `${path}: ${message}`);

describe("the model of backup jobs", () => {
  it("takes guests by exactly one of three ways", () => {
    for (const job of [{ vmids: [100] }, { pool: "team" }, { all: true, exclude: [100] }, { all: false, pool: "team" }])
      assert.deepEqual(problems(job), []);
    assert.match(problems({}).join(), /vmids: nothing says whom it backs up; write one of vmids, pool and all: true/);
    assert.match(problems({ all: false }).join(), /nothing says whom/);
    assert.match(problems({ vmids: [100], pool: "x" }).join(), /exclude each other; write one of them/);
    assert.match(problems({ pool: "x", exclude: [100] }).join(), /exclude: leaves guests out of all; write all: true/);
  });

  it("tells all that is wrong at once", () => {
    const found = problems({
      ...{ jobId: "1", schedule: "25:00", vmids: [1], all: true, exclude: [], fleecing: { enabled: true } },
      ...{ notesTemplate: "{{who}} \\x", pruneBackups: { keepLast: 0 }, ioPriority: 9, mailTo: ["nobody"] },
    });
    const wrong = ["jobId", "schedule", "vmids[0]", "vmids", "exclude", "fleecing", "notesTemplate", "pruneBackups"];
    for (const path of [...wrong, "ioPriority", "mailTo[0]"])
      assert.ok(
        found.some((one) => one.startsWith(`${path}: `)),
        `${path} is not among ${found.join("\n")}`,
      );
    assert.match(problems({ all: true, pruneBackups: {} }).join(), /keeps nothing by a count; write keepAll: true/);
    assert.match(
      problems({ all: true, pruneBackups: { keepAll: true, keepLast: 1 } }).join(),
      /keepAll leaves nothing/,
    );
  });

  it("keeps all where nothing is said, and leaves the retention of a job that was taken over", () => {
    const derived = (inputs: object, was?: object) =>
      backupJobModel.derive?.({ ...inputs }, was && { ...was }, undefined)["pruneBackups"];
    assert.deepEqual(derived({}), { keepAll: true });
    assert.deepEqual(derived({ pruneBackups: { keepLast: 3 } }), { keepLast: 3 });
    assert.deepEqual(derived({}, { pruneBackups: { keepLast: 3 } }), { keepAll: true });
    assert.equal(derived({ adopt: true }), undefined);
    assert.equal(derived({}, { adopt: true }), undefined);
  });

  it("is a way to the API and back", () => {
    const job = {
      ...{ schedule: "daily", storage: "nas", vmids: [101, 100], compress: "none", mode: "snapshot", enabled: false },
      ...{
        pruneBackups: { keepLast: 3 },
        fleecing: { enabled: true, storage: "fast" },
        performance: { maxWorkers: 4 },
      },
    };
    const sent = toTexts(jobFields, job);
    assert.deepEqual(sent, {
      ...{ schedule: "daily", storage: "nas", vmid: "101,100", compress: "0", mode: "snapshot", enabled: "0" },
      ...{ "prune-backups": "keep-last=3", fleecing: "enabled=1,storage=fast", performance: "max-workers=4" },
    });
    const kept = {
      ...sent,
      "prune-backups": { "keep-last": "3" },
      fleecing: { storage: "fast", enabled: 1 },
      enabled: 0,
    };
    assert.deepEqual(fromTexts(jobFields, textsOf({ ...kept, vmid: "100,101" }), job), {
      ...job,
      ...{ vmids: [100, 101], all: false, repeatMissed: false },
    });
    assert.deepEqual(changeOfTexts(jobFields, textsOf({ ...kept, vmid: "100,101" }), job, job), {
      set: {},
      delete: [],
    });
  });

  it("takes up what is no longer written, but for what the API deletes from no job", () => {
    const live = { schedule: "daily", enabled: "0", mode: "stop", comment: "x" };
    const was = { enabled: false, mode: "stop", comment: "x" };
    assert.deepEqual(changeOfTexts(jobFields, live, { schedule: "daily" }, was), {
      set: { enabled: "1" },
      delete: ["mode", "comment"],
    });
  });
});

describe("what a retention lets go", () => {
  it("is less than before where any count is smaller", () => {
    assert.equal(keepsLess({ keepLast: 3 }, { keepAll: true }), true);
    assert.equal(keepsLess({ keepLast: 3 }, undefined), true);
    assert.equal(keepsLess({ keepLast: 3 }, { keepLast: 4 }), true);
    assert.equal(keepsLess({ keepLast: 9 }, { keepLast: 3, keepWeekly: 1 }), true);
    assert.equal(keepsLess({ keepLast: 3, keepWeekly: 1 }, { keepLast: 3 }), false);
    assert.equal(keepsLess({ keepAll: true }, { keepLast: 3 }), false);
    assert.equal(keepsLess(undefined, { keepLast: 3 }), false);
  });

  it("is told by guest, without what went before, and with what could not be looked up", () => {
    const of = (volumes: Record<string, number>, unknown: string[] = []) => ({
      volumes: new Map(Object.entries(volumes)),
      unknown,
    });
    assert.equal(moreGoes(of({ a: 100 }), of({ a: 100 })), undefined);
    assert.equal(moreGoes(of({ a: 100 }), of({ b: 101 })), "the next run removes 1 backup that is there now (101: 1)");
    assert.equal(
      moreGoes(of({}), of({ a: 101, b: 100, c: 101 }, ["nas is away"])),
      "the next run removes 3 backups that are there now (100: 1, 101: 2); how many backups go could not be looked up: nas is away",
    );
  });
});

describe("guests of a backup job", () => {
  const guest = (vmid: number, node: string, pool?: string): Guest => ({
    vmid,
    node,
    pool,
    type: "qemu",
    name: `g${vmid}`,
    status: "running",
    template: false,
    tags: [],
    lock: undefined,
  });
  const guests = [guest(100, "pve1", "team"), guest(101, "pve2"), guest(102, "pve1")];
  const covered = (job: object) => coveredGuests(guests, job).map(({ vmid }) => vmid);

  it("are those of the list, of the pool, or all but some; on a node only its own", () => {
    assert.deepEqual(covered({ vmids: [101, 999] }), [101]);
    assert.deepEqual(covered({ pool: "team" }), [100]);
    assert.deepEqual(covered({ all: true, exclude: [101] }), [100, 102]);
    assert.deepEqual(covered({ all: true, node: "pve2" }), [101]);
    assert.deepEqual(covered({}), []);
  });
});

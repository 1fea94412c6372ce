import assert from "node:assert/strict";
import { storageOf } from "../../../simulator/storage/sections.js";
import { storeOf } from "../../../simulator/storage/volumes.js";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("a backup job", function () {
  let lab: AnyLab;
  beforeEach(async () => {
    lab = await Lab.here({ seed: labWorld() });
    await lab.create("Vm", "web", { vmid: 100, node: "pve1", source: { empty: true }, started: false });
  });
  afterEach(() => lab.close());

  const cluster = () => {
    const [found] = Object.values(lab.sim.world.clusters);
    assert.ok(found);
    return found;
  };
  const jobs = () => cluster().backupJobs ?? {};
  const nightly = { schedule: "02:30", vmids: [100], storage: "local" };
  const check = (args: Properties, olds: Properties = {}, name = "nightly") =>
    lab.plugin.check("BackupJob", olds, lab.inputs("BackupJob", name, args));
  const said = (pattern: RegExp) =>
    eventually(`${pattern}`, () => lab.plugin.engine.messages.some(({ message }) => pattern.test(message)));
  const silent = (pattern: RegExp) =>
    assert.deepEqual(
      lab.plugin.engine.messages.map(({ message }) => message).filter((message) => pattern.test(message)),
      [],
    );

  /** Backups of a guest on local, one for each day of January. */
  function backups(vmid: number, count: number, facts: object = {}): void {
    const store = storeOf(lab.sim.world, "pve1", storageOf(cluster(), "local"));
    for (let day = 1; day <= count; day++)
      store[`backup/vzdump-qemu-${vmid}-2026_01_0${day}-00_00_00.vma.zst`] = {
        ...{ size: 1, bytes: 1, data: 1, ctime: Date.parse(`2026-01-0${day}Z`) / 1000 },
        ...facts,
      };
  }
  const kept = () =>
    Object.keys(storeOf(lab.sim.world, "pve1", storageOf(cluster(), "local"))).filter((name) =>
      name.startsWith("backup/"),
    );

  it("keeps all unless it is told otherwise, is changed, seen again and deleted; its backups stay", async () => {
    backups(100, 3);
    const made = await lab.create("BackupJob", "nightly", { ...nightly, excludePaths: ["/tmp/*"], compress: "none" });
    assert.equal(made.id, "nightly");
    assert.deepEqual(jobs()["nightly"], {
      ...{ type: "vzdump", enabled: 1, schedule: "02:30", vmid: "100", storage: "local", compress: "0" },
      ...{ "prune-backups": { "keep-all": 1 }, "exclude-path": ["/tmp/*"] },
    });
    const next = { ...nightly, notesTemplate: "{{guestname}}", enabled: false, mode: "suspend" };
    const { inputs } = await check(next, made.inputs);
    assert.equal((await lab.plugin.diff("BackupJob", made.id, made.properties, inputs)).changes, "some");
    const changed = await lab.plugin.update("BackupJob", made.id, made.properties, inputs);
    assert.deepEqual(jobs()["nightly"], {
      ...{ type: "vzdump", enabled: 0, schedule: "02:30", vmid: "100", storage: "local", mode: "suspend" },
      ...{ "prune-backups": { "keep-all": 1 }, "notes-template": "{{guestname}}" },
    });
    assert.equal((await lab.plugin.diff("BackupJob", made.id, changed.properties, inputs)).changes, "none");
    delete jobs()["nightly"]?.["prune-backups"];
    const read = await lab.plugin.read("BackupJob", made.id, changed.properties);
    assert.deepEqual(read.properties["pruneBackups"], {}, "then the storage's own setting would count");
    const again = await check(next, read.inputs);
    assert.equal((await lab.plugin.diff("BackupJob", made.id, read.properties, again.inputs)).changes, "some");
    const mended = await lab.plugin.update("BackupJob", made.id, read.properties, again.inputs);
    assert.deepEqual(jobs()["nightly"]?.["prune-backups"], { "keep-all": 1 });
    await lab.plugin.delete("BackupJob", made.id, mended.properties);
    assert.equal(jobs()["nightly"], undefined);
    await said(/nightly: backup job nightly is deleted; the backups that it has made stay/);
    assert.equal(kept().length, 3);
    silent(/the next run removes/);
    assert.equal((await lab.plugin.read("BackupJob", made.id, mended.properties)).id, "");
    await lab.plugin.delete("BackupJob", made.id, mended.properties);
  });

  it("says what its first run would remove, and takes nobody else's and no protected backup for that", async () => {
    backups(100, 5);
    backups(101, 5);
    const store = storeOf(lab.sim.world, "pve1", storageOf(cluster(), "local"));
    const first = store["backup/vzdump-qemu-100-2026_01_01-00_00_00.vma.zst"];
    assert.ok(first);
    first.protected = true;
    await check({ ...nightly, pruneBackups: { keepLast: 2 } });
    await said(/pruneBackups: the next run removes 2 backups that are there now \(100: 2\)/);
    assert.equal(kept().length, 10);
  });

  it("says what a change lets go, in its row: less kept, another guest, a switch", async () => {
    backups(100, 5);
    const made = await lab.create("BackupJob", "nightly", { ...nightly, pruneBackups: { keepLast: 5 } });
    const diff = async (args: Properties) => {
      const { inputs } = await check({ ...nightly, ...args }, made.inputs);
      return lab.plugin.diff("BackupJob", made.id, made.properties, inputs);
    };
    await diff({ pruneBackups: { keepLast: 2 } });
    await said(
      /nightly: prune: pruneBackups.keepLast \(the next run removes 3 backups that are there now \(100: 3\)\)$/,
    );
    await diff({ pruneBackups: { keepLast: 6 }, comment: "more" });
    await said(/nightly: live: pruneBackups.keepLast, comment$/);
    await diff({ pruneBackups: { keepAll: true } });
    await said(
      /nightly: live: pruneBackups.keepLast, pruneBackups.keepAll$|nightly: live: pruneBackups.keepAll, pruneBackups.keepLast$/,
    );
    await lab.create("Vm", "db", { vmid: 101, node: "pve1", source: { empty: true }, started: false });
    backups(101, 6);
    await diff({ pruneBackups: { keepLast: 5 }, vmids: [100, 101] });
    await said(/nightly: prune: vmids \(the next run removes 1 backup that is there now \(101: 1\)\)$/);
    const { inputs } = await check({ ...nightly, pruneBackups: { keepLast: 4 }, enabled: false }, made.inputs);
    const off = await lab.plugin.update("BackupJob", made.id, made.properties, inputs);
    const on = await check({ ...nightly, pruneBackups: { keepLast: 4 } }, inputs);
    await lab.plugin.diff("BackupJob", made.id, off.properties, on.inputs);
    await said(/nightly: prune: enabled \(the next run removes 1 backup that is there now \(100: 1\)\)$/);
  });

  it("says that it could not be looked up how much goes, and why", async () => {
    const made = await lab.create("BackupJob", "nightly", { ...nightly, pruneBackups: { keepLast: 5 } });
    lab.sim.simulation.faults.add({
      effect: { kind: "status", status: 500, reason: "nas is away" },
      route: "GET /nodes/{node}/storage/{storage}/prunebackups",
      count: 20,
    });
    const { inputs } = await check({ ...nightly, pruneBackups: { keepLast: 2 } }, made.inputs);
    await lab.plugin.diff("BackupJob", made.id, made.properties, inputs);
    await said(/prune: pruneBackups.keepLast \(how many backups go could not be looked up: .*nas is away/);
  });

  it("names all that is not there at once, and nothing that it named before", async () => {
    const wrong = {
      schedule: "02:30",
      vmids: [100, 777],
      storage: "locall",
      node: "pve9",
      fleecing: { storage: "local" },
    };
    const found = (await check(wrong)).failures.map(({ reason }) => reason).join("\n");
    assert.match(found, /vmids\[1\]: there is no guest 777/);
    assert.match(found, /storage: there is no storage "locall"; did you mean "local"/);
    assert.match(found, /node: there is no node "pve9"/);
    assert.match(found, /fleecing.storage: storage local \(dir\) does not allow content images/);
    const other = (await check({ schedule: "02:30", pool: "team", storage: "local-lvm" })).failures;
    assert.match(
      other.map(({ reason }) => reason).join("\n"),
      /storage: .*does not allow content backup[\s\S]*pool: there is no pool "team"/,
    );
    const made = await lab.create("BackupJob", "nightly", { ...nightly });
    delete cluster().guests["100"];
    assert.deepEqual((await check({ ...nightly, comment: "x" }, made.inputs)).failures, []);
  });

  it("knows what the program makes beside it", async () => {
    await lab.plugin.check("Pool", {}, lab.inputs("Pool", "team", {}));
    await lab.plugin.check("Vm", {}, lab.inputs("Vm", "db", { vmid: 200, node: "pve1", source: { empty: true } }));
    await lab.plugin.check(
      "Storage",
      {},
      lab.inputs("Storage", "nas", { type: "dir", path: "/srv/nas", content: ["backup"] }),
    );
    for (const whom of [{ pool: "team" }, { vmids: [200] }])
      assert.deepEqual((await check({ schedule: "daily", storage: "nas", ...whom })).failures, []);
  });

  it("is taken over with its retention as it is, and only on request", async () => {
    const { sim } = lab;
    cluster().backupJobs = {
      old: {
        type: "vzdump",
        enabled: 1,
        schedule: "sat 03:00",
        all: 1,
        storage: "local",
        "prune-backups": { "keep-last": "1" },
      },
    };
    backups(100, 3);
    const args = { schedule: "sat 03:00", all: true, storage: "local" };
    assert.match(
      (await check(args, {}, "old")).failures.map(({ reason }) => reason).join(),
      /backup job old \(sat 03:00\) exists already; set adopt: true/,
    );
    const from = sim.requests.length;
    const made = await lab.create("BackupJob", "old", { ...args, adopt: true });
    assert.deepEqual(
      sim.requests.slice(from).filter(({ method }) => method !== "GET"),
      [],
    );
    assert.equal(made.properties["pruneBackups"], undefined);
    const { inputs } = await check({ ...args, comment: "ours" }, made.inputs, "old");
    await lab.plugin.update("BackupJob", made.id, made.properties, inputs);
    assert.deepEqual(jobs()["old"]?.["prune-backups"], { "keep-last": "1" });
    // The same retention as it has lets nothing more go.
    await check({ ...args, adopt: true, pruneBackups: { keepLast: 1 } }, {}, "old");
    silent(/the next run removes/);
  });

  describe("with a retention of its own that the program says nothing of", () => {
    const args = { schedule: "sat 03:00", vmids: [100], storage: "local" };
    const old = (facts: object) =>
      (cluster().backupJobs = { old: { type: "vzdump", enabled: 1, schedule: "sat 03:00", ...facts } });
    const taken = () => lab.create("BackupJob", "old", { ...args, adopt: true });
    const diff = async (made: Awaited<ReturnType<typeof taken>>, next: Properties) => {
      const { inputs } = await check({ ...args, ...next }, made.inputs, "old");
      await lab.plugin.diff("BackupJob", made.id, made.properties, inputs);
    };

    it("says what that reaches by a change, and not what the storage's would", async () => {
      backups(101, 4);
      await lab.create("Vm", "db", { vmid: 101, node: "pve1", source: { empty: true }, started: false });
      old({ vmid: "100", storage: "local", "prune-backups": { "keep-last": "1" } });
      await diff(await taken(), { vmids: [100, 101] });
      await said(/old: prune: vmids \(the next run removes 3 backups that are there now \(101: 3\)\)$/);
    });

    it("says what goes when a retention is written at last, beside the job's own and not the storage's", async () => {
      backups(100, 5);
      storageOf(cluster(), "local").options["prune-backups"] = "keep-last=1";
      old({ vmid: "100", storage: "local", "prune-backups": { "keep-all": "1" } });
      await diff(await taken(), { pruneBackups: { keepLast: 2 } });
      await said(/old: prune: pruneBackups \(the next run removes 3 backups that are there now \(100: 3\)\)$/);
    });

    it("says what it reaches when the job is taken over and changed by that", async () => {
      backups(100, 3);
      old({ vmid: "999", storage: "local", "prune-backups": { "keep-last": "1" } });
      await check({ ...args, adopt: true }, {}, "old");
      await said(/pruneBackups: the next run removes 2 backups that are there now \(100: 2\)/);
    });
  });

  it("says that it does not know what goes where the stack does not see the storage", async () => {
    await lab.create("Storage", "nas", { type: "dir", path: "/srv/nas", content: ["backup"] });
    const elsewhere = { ...nightly, storage: "nas" };
    const made = await lab.create("BackupJob", "nightly", { ...elsewhere, pruneBackups: { keepLast: 5 } });
    delete cluster().storages["nas"];
    const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
    const less = lab.inputs("BackupJob", "nightly", { ...elsewhere, pruneBackups: { keepLast: 2 } });
    const { inputs } = await later.plugin.check("BackupJob", made.inputs, less);
    await later.plugin.diff("BackupJob", made.id, made.properties, inputs);
    const why = /prune: pruneBackups.keepLast \(how many backups go could not be looked up: .*no storage "nas"/;
    await eventually(`${why}`, () => later.plugin.engine.messages.some(({ message }) => why.test(message)));
    await later.close();
  });

  it("turns from guests to a pool and to all of them", async () => {
    await lab.create("Pool", "team", {});
    const made = await lab.create("BackupJob", "nightly", { ...nightly });
    let { inputs, properties } = made;
    for (const [whom, expected] of [
      [{ pool: "team" }, { pool: "team" }],
      [
        { all: true, exclude: [100] },
        { all: 1, exclude: "100" },
      ],
      [{ vmids: [100] }, { vmid: "100" }],
      [{ all: true }, { all: 1 }],
      [{ pool: "team" }, { pool: "team" }],
    ] as const) {
      const next = await check({ schedule: "02:30", storage: "local", ...whom }, inputs);
      assert.deepEqual(next.failures, []);
      ({ properties } = await lab.plugin.update("BackupJob", made.id, properties, next.inputs));
      ({ inputs } = next);
      const { vmid, pool, all, exclude } = jobs()["nightly"] ?? {};
      const there = Object.entries({ vmid, pool, all, exclude }).filter(([, value]) => value !== undefined);
      assert.deepEqual(Object.fromEntries(there), expected);
      assert.equal((await lab.plugin.diff("BackupJob", made.id, properties, inputs)).changes, "none");
    }
  });

  it("is only looked at by get", async () => {
    cluster().backupJobs = { old: { type: "vzdump", enabled: 1, schedule: "daily", all: 1 } };
    const seen = await lab.plugin.read("BackupJob", "old", lab.inputs("BackupJob", "seen", {}));
    assert.deepEqual([seen.id, seen.properties["jobId"]], ["old", "old"]);
    await assert.rejects(
      lab.plugin.read("BackupJob", "oldd", lab.inputs("BackupJob", "seen", {})),
      /there is no backup job oldd; did you mean "old"\?/,
    );
  });
});

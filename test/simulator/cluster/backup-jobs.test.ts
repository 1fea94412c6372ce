import assert from "node:assert/strict";
import { nextEvent, parseCalendarEvent } from "../../../simulator/calendar-event";
import { VmLab } from "../qemu/vm-lab";

const at = (text: string): number => Date.parse(`${text}Z`) / 1000;
const after = (schedule: string, last: string, ahead = 0): string | undefined => {
  const event = parseCalendarEvent(schedule);
  assert.ok(event, schedule);
  const found = nextEvent(event, at(last), () => ahead);
  return found === undefined ? undefined : new Date(found * 1000).toISOString().slice(0, 19);
};

describe("calendar events", () => {
  // test/calendar_event_test.pl in pve-common, and calendar_event.rs in proxmox-time
  it("come at the next moment that fits", () => {
    const thursday = "1970-01-01T00:00:00";
    assert.equal(after("*", thursday), "1970-01-01T00:01:00");
    assert.equal(after("*/10", "1970-01-01T00:10:00"), "1970-01-01T00:20:00");
    assert.equal(after("*/12:0", "1970-01-01T13:00:00"), "1970-01-02T00:00:00");
    assert.equal(after("1/12:0/15", "1970-01-01T13:00:01"), "1970-01-01T13:15:00");
    assert.equal(after("22/1:0", "1970-01-01T22:59:00"), "1970-01-01T23:00:00");
    assert.equal(after("mon", thursday), "1970-01-05T00:00:00");
    assert.equal(after("sat..sun", "1970-01-04T00:00:00"), "1970-01-10T00:00:00");
    assert.equal(after("fri..mon 3:00", "1970-01-06T00:00:00"), "1970-01-09T03:00:00");
    assert.equal(after("2-29", "2026-01-01T00:00:00"), "2028-02-29T00:00:00");
    assert.equal(after("monthly", "2026-01-31T12:00:00"), "2026-02-01T00:00:00");
    assert.equal(after("2-30", "2026-01-01T00:00:00"), undefined);
  });

  it("are of the node's own time unless they say UTC", () => {
    assert.equal(after("02:30", "2026-01-01T00:00:00", 3600), "2026-01-01T01:30:00");
    assert.equal(after("02:30 UTC", "2026-01-01T00:00:00", 3600), "2026-01-01T02:30:00");
  });
});

describe("backup jobs", () => {
  let lab: VmLab;
  beforeEach(() => {
    lab = new VmLab();
    lab.cluster.pools["team"] = { vms: [100], storage: [] };
    for (const vmid of [100, 101])
      lab.cluster.guests[vmid] = {
        ...lab.cluster.guests[vmid],
        vmid,
        type: "qemu",
        node: "pve",
        config: { name: `g${vmid}` },
      } as never;
  });

  const ask = (method: string, path: string, params = {}) => lab.ask(method, `/cluster/backup${path}`, params);
  async function ok(method: string, path: string, params = {}): Promise<unknown> {
    const { status, reason, body } = await ask(method, path, params);
    assert.equal(status, 200, `${reason} ${JSON.stringify(body)}`);
    return body?.["data"];
  }
  async function refusal(method: string, path: string, params = {}): Promise<string> {
    const { status, reason, body } = await ask(method, path, params);
    const { message = "", errors } = (body ?? {}) as { message?: string; errors?: Record<string, string> };
    assert.notEqual(status, 200);
    return `${status} ${(errors ? JSON.stringify(errors) : message || reason).trim()}`;
  }
  const daily = { schedule: "daily", storage: "local" };

  it("are kept in the order in which they were made, property strings as objects", async () => {
    await ok("POST", "", { ...daily, id: "zz", all: 1, "prune-backups": "keep-last=2,keep-daily=7" });
    await ok("POST", "", {
      ...daily,
      id: "aa",
      vmid: "100",
      fleecing: "1,storage=local",
      "exclude-path": ["/tmp", "/var"],
    });
    const jobs = (await ok("GET", "")) as Record<string, unknown>[];
    assert.deepEqual(
      jobs.map(({ "next-run": _, ...job }) => job),
      [
        {
          ...{ id: "zz", type: "vzdump", enabled: 1, schedule: "daily", storage: "local", all: 1 },
          "prune-backups": { "keep-last": "2", "keep-daily": "7" },
        },
        {
          ...{ id: "aa", type: "vzdump", enabled: 1, schedule: "daily", storage: "local", vmid: "100" },
          ...{ fleecing: { enabled: 1, storage: "local" }, "exclude-path": ["/tmp", "/var"] },
        },
      ],
    );
    assert.ok(jobs.every((job) => Number(job["next-run"]) > lab.simulation.clock.seconds()));
  });

  it("name guests in one way, and the last one that is written counts", async () => {
    await ok("POST", "", { ...daily, id: "job", vmid: "100" });
    const job = async () => (await ok("GET", "/job")) as Record<string, unknown>;
    await ok("PUT", "/job", { pool: "team" });
    assert.deepEqual([(await job())["vmid"], (await job())["pool"]], [undefined, "team"]);
    await ok("PUT", "/job", { exclude: "101", delete: "pool" });
    assert.deepEqual([(await job())["all"], (await job())["pool"]], [1, undefined]);
    await ok("PUT", "/job", { vmid: "101" });
    assert.deepEqual(
      [(await job())["all"], (await job())["exclude"], (await job())["vmid"]],
      [undefined, undefined, "101"],
    );
    assert.equal(
      await refusal("PUT", "/job", { delete: "vmid" }),
      "500 400 Parameter verification failed.\nvmid: property is missing",
    );
    assert.equal(await refusal("PUT", "/job", {}), "500 no options specified");
    assert.equal(
      await refusal("PUT", "/job", { delete: "enabled" }),
      "500 400 Parameter verification failed.\ndelete: unknown option 'enabled'",
    );
    assert.equal(await refusal("PUT", "/nosuch", { comment: "x" }), "500 no such vzdump job");
  });

  it("are refused in Proxmox's words", async () => {
    const post = (params: object) => refusal("POST", "", { ...daily, id: "job", all: 1, ...params });
    assert.equal(
      await post({ starttime: "10:00" }),
      `400 {"starttime":"'starttime' and 'schedule' cannot both be set"}`,
    );
    assert.match(
      await post({ "notes-template": "{{who}} \\x" }),
      /notes-template: found unknown: escape sequence '\\x' at char 8, variable 'who' at char 4/,
    );
    assert.match(await post({ fleecing: "enabled=1" }), /'storage' parameter is required when 'enabled' is set/);
    assert.match(
      await post({ "prune-backups": "keep-all=1,keep-last=2" }),
      /keep-all cannot be set together with other options/,
    );
    assert.match(
      await refusal("POST", "", { schedule: "daily", all: 1, protected: 1 }),
      /missing property required by 'protected'/,
    );
  });

  it("ask for rights on what they write to and on whose guests they are", async () => {
    await ok("POST", "", { ...daily, id: "job", all: 1 });
    lab.cluster.access.users["bob@pve"] = { enable: 1, expire: 0, tokens: {} };
    lab.cluster.access.roles["Jobs"] = ["Sys.Modify"];
    lab.cluster.access.acl.push({ path: "/", type: "user", ugid: "bob@pve", roleid: "Jobs", propagate: 0 });
    lab.user = "bob@pve";
    const create = { ...daily, id: "his", all: 1 };
    assert.match(await refusal("POST", "", { ...create, script: "/x" }), /400 .*Only root may set this option/);
    assert.match(await refusal("POST", "", create), /403 .*\/storage\/local, Datastore.Allocate/);
    assert.match(
      await refusal("PUT", "/job", { comment: "x" }),
      /403 Permission check failed \(\/storage\/local, Datastore.Allocate\)/,
    );
    lab.cluster.access.roles["Store"] = ["Datastore.Allocate"];
    lab.cluster.access.acl.push({
      path: "/storage/local",
      type: "user",
      ugid: "bob@pve",
      roleid: "Store",
      propagate: 1,
    });
    await ok("POST", "", create);
    assert.match(await refusal("POST", "", { ...daily, id: "pool", pool: "team" }), /403 .*\/pool\/team, VM.Backup/);
    assert.match(
      await refusal("POST", "", { ...create, id: "fleecy", fleecing: "1,storage=other" }),
      /403 .*\/storage\/other, Datastore.AllocateSpace/,
    );
    await ok("DELETE", "/his");
  });

  it("forget a guest that is purged, and one that named it alone goes", async () => {
    const { purgeFromJobs } = await import("../../../simulator/backup-jobs.js");
    await ok("POST", "", { ...daily, id: "one", vmid: "100" });
    await ok("POST", "", { ...daily, id: "two", vmid: "100,101" });
    await ok("POST", "", { ...daily, id: "but", exclude: "100" });
    purgeFromJobs(lab.cluster, 100);
    const jobs = (await ok("GET", "")) as Record<string, unknown>[];
    assert.deepEqual(
      jobs.map(({ id, vmid, exclude, all }) => [id, vmid, exclude, all]),
      [
        ["two", "101", undefined, undefined],
        ["but", undefined, undefined, 1],
      ],
    );
  });

  it("tell which guests none of them takes along", async () => {
    const left = async () =>
      ((await lab.ask("GET", "/cluster/backup-info/not-backed-up")).body?.["data"] as { vmid: number }[]).map(
        ({ vmid }) => vmid,
      );
    assert.deepEqual(await left(), [100, 101]);
    await ok("POST", "", { ...daily, id: "pool", pool: "team" });
    assert.deepEqual(await left(), [101]);
    await ok("POST", "", { ...daily, id: "elsewhere", all: 1, node: "other" });
    assert.deepEqual(await left(), [101]);
  });

  it("need quorum for each of their files", async () => {
    lab.simulation.isQuorate = () => false;
    assert.equal(
      await refusal("POST", "", { ...daily, id: "job", all: 1 }),
      "500 cfs-lock 'file-jobs_cfg' error: no quorum!",
    );
    assert.equal(await refusal("DELETE", "/job"), "500 cfs-lock 'file-vzdump_cron' error: no quorum!");
  });
});

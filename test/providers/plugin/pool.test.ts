import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

describe("a pool, through Pulumi's plugin", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.close());
  const pools = () => Object.values(lab.sim.world.clusters)[0]?.pools ?? {};

  it("is made under the resource's name, changed, seen again and deleted", async () => {
    const made = await lab.create("Pool", "team", { comment: "the team" });
    assert.equal(made.id, "team");
    assert.equal(made.properties["poolId"], "team");
    assert.deepEqual(pools()["team"], { vms: [], storage: [], comment: "the team" });
    const { inputs } = await lab.plugin.check("Pool", made.inputs, lab.inputs("Pool", "team", { comment: "we" }));
    assert.equal((await lab.plugin.diff("Pool", made.id, made.properties, inputs)).changes, "some");
    const changed = await lab.plugin.update("Pool", made.id, made.properties, inputs);
    assert.equal(pools()["team"]?.comment, "we");
    const cleared = await lab.plugin.check("Pool", inputs, lab.inputs("Pool", "team", {}));
    const bare = await lab.plugin.update("Pool", made.id, changed.properties, cleared.inputs);
    assert.equal(pools()["team"]?.comment ?? "", "");
    await lab.plugin.delete("Pool", made.id, bare.properties);
    assert.equal(pools()["team"], undefined);
    const said = ({ urn, message }: { urn: string; message: string }) =>
      urn.endsWith("::team") && message === "Pool team: deleted";
    await eventually("the end of the deletion in its row", () => lab.plugin.engine.messages.some(said));
    assert.equal((await lab.plugin.read("Pool", made.id, bare.properties)).id, "");
    await lab.plugin.delete("Pool", made.id, bare.properties);
  });

  it("is only looked at by get, whoever made it, and told of with those that are there when it is not", async () => {
    pools()["others"] = { vms: [], storage: [], comment: "by hand" };
    const seen = await lab.plugin.read("Pool", "others", lab.inputs("Pool", "seen", {}));
    const { poolId, comment } = seen.properties;
    assert.deepEqual([seen.id, poolId, comment], ["others", "others", "by hand"]);
    assert.equal((await lab.plugin.read("Pool", seen.id, seen.properties)).properties["poolId"], "others");
    await assert.rejects(
      lab.plugin.read("Pool", "other", lab.inputs("Pool", "seen", {})),
      /there is no pool other; did you mean "others"\?/,
    );
    delete pools()["others"];
  });

  it("is made with four requests: who is there, is it, make it, what is it now", async () => {
    const from = lab.sim.requests.length;
    await lab.create("Pool", "few", { comment: "as few as it takes" });
    const sent = lab.sim.requests.slice(from).filter(({ path }) => path.startsWith("/pools"));
    assert.deepEqual(
      sent.map(({ method }) => method),
      ["GET", "GET", "POST", "GET"],
    );
  });

  it("has no comment when that is empty", async () => {
    const made = await lab.create("Pool", "bare", { comment: "" });
    const { inputs } = await lab.plugin.check("Pool", made.inputs, lab.inputs("Pool", "bare", { comment: "" }));
    assert.equal((await lab.plugin.diff("Pool", made.id, made.properties, inputs)).changes, "none");
    const read = await lab.plugin.read("Pool", made.id, made.properties);
    assert.equal((await lab.plugin.diff("Pool", made.id, read.properties, inputs)).changes, "none");
    await lab.plugin.delete("Pool", made.id, made.properties);
  });

  it("is looked for in one list by the checks of many", async () => {
    const asked = () => lab.sim.requests.filter(({ method, path }) => method === "GET" && path === "/pools").length;
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await lab.plugin.check("Pool", {}, lab.inputs("Pool", "connected", {}));
    const before = asked();
    for (const name of names) await lab.plugin.check("Pool", {}, lab.inputs("Pool", name, {}));
    assert.ok(asked() - before <= 1, `${asked() - before} lists`);
    // What this run has made is in it.
    const made = await lab.create("Pool", "many-0", {});
    const { failures } = await lab.plugin.check("Pool", {}, lab.inputs("Pool", "again", { poolId: "many-0" }));
    assert.match(failures.map(({ reason }) => reason).join(), /pool many-0 exists already/);
    await lab.plugin.delete("Pool", made.id, made.properties);
  });

  it("is not in its own way when it is replaced, but another one of the new name is", async () => {
    const made = await lab.create("Pool", "first", {});
    await lab.create("Pool", "second", {});
    const check = async (poolId: string, olds: Properties) =>
      (await lab.plugin.check("Pool", olds, lab.inputs("Pool", "first", { poolId }))).failures.map(
        ({ reason }) => reason,
      );
    // The engine checks a resource that is to be replaced again, as if it were new.
    assert.deepEqual([await check("first", made.inputs), await check("first", {})], [[], []]);
    assert.deepEqual(await check("second", made.inputs), []);
    assert.match((await check("second", {})).join(), /pool second exists already; set adopt: true to take it over/);
  });

  it("that has got another URN is told of by its name, and refreshed and deleted in the row of that", async () => {
    const { id, properties } = await lab.create("Pool", "before", { poolId: "kept", comment: "the same" });
    const args = { poolId: "kept", comment: "the same" };
    const { inputs } = await lab.plugin.check("Pool", properties, lab.inputs("Pool", "after", args));
    const { changes, replaces } = await lab.plugin.diff("Pool", id, properties, inputs);
    assert.deepEqual([changes, replaces], ["some", []]);
    const from = lab.sim.requests.length;
    const { properties: renamed } = await lab.plugin.update("Pool", id, properties, inputs);
    assert.ok(lab.sim.requests.slice(from).every(({ method }) => method === "GET"));
    assert.equal((await lab.plugin.diff("Pool", id, renamed, inputs)).changes, "none");
    const { properties: read } = await lab.plugin.read("Pool", id, renamed);
    await lab.plugin.delete("Pool", id, read);
    assert.equal(pools()["kept"], undefined);
    const rows = () => lab.plugin.engine.messages.filter(({ urn }) => urn.endsWith("::after"));
    await eventually("its row", () => rows().some(({ message }) => message === "Pool after: deleted"));
    assert.ok(rows().some(({ message }) => message === "Pool after: known as after from now on, and not changed"));
    const other = await lab.plugin.check("Pool", {}, lab.inputs("Pool", "after", { ...args, comment: "another" }));
    await lab.plugin.diff("Pool", id, renamed, other.inputs);
    await eventually("the change", () => rows().some(({ message }) => message === "Pool after: live: comment"));
  });

  it("that is there already is not taken for its own when the look at it was lost", async () => {
    pools()["others"] = { vms: [], storage: [] };
    const { faults } = lab.sim.simulation;
    faults.add({ effect: { kind: "reset" }, route: "GET /pools", count: 4 });
    const inputs = lab.inputs("Pool", "others", { poolId: "others" });
    await assert.rejects(lab.plugin.create("Pool", inputs), /pool others exists already/);
    assert.equal(faults.struck["reset"], 4);
    faults.clear();
    delete pools()["others"];
  });

  it("shows a comment that somebody changed", async () => {
    const made = await lab.create("Pool", "drift", { comment: "mine" });
    const pool = pools()["drift"];
    assert.ok(pool);
    pool.comment = "theirs";
    const read = await lab.plugin.read("Pool", made.id, made.properties);
    assert.equal(read.properties["comment"], "theirs");
    assert.equal((await lab.plugin.diff("Pool", made.id, read.properties, made.inputs)).changes, "some");
  });

  it("is not deleted while it has members or pools within: they are listed", async () => {
    const outer = await lab.create("Pool", "outer", {});
    const inner = await lab.create("Pool", "inner", { poolId: "outer/inner" });
    const pool = pools()["outer"];
    assert.ok(pool);
    pool.storage.push("local");
    await assert.rejects(
      lab.plugin.delete("Pool", outer.id, outer.properties),
      /pool outer still has storage local, pool outer\/inner; nothing was deleted/,
    );
    pool.storage = [];
    await lab.plugin.delete("Pool", inner.id, inner.properties);
    await lab.plugin.delete("Pool", outer.id, outer.properties);
    assert.equal(pools()["outer"], undefined);
  });

  it("that is there is taken over only when asked to, members and all", async () => {
    pools()["archive"] = { vms: [], storage: ["local"], comment: "was here" };
    assert.deepEqual(await lab.problems("Pool", { poolId: "archive" }), [
      "poolId: pool archive exists already; set adopt: true to take it over",
    ]);
    const made = await lab.create("Pool", "archive", { adopt: true });
    assert.deepEqual(pools()["archive"], { vms: [], storage: ["local"], comment: "was here" });
    const { inputs } = await lab.plugin.check("Pool", made.inputs, lab.inputs("Pool", "archive", { adopt: true }));
    assert.equal((await lab.plugin.diff("Pool", made.id, made.properties, inputs)).changes, "none");
    assert.deepEqual(await lab.problems("Pool", { poolId: "archvie", adopt: true }), [
      'poolId: there is no pool archvie to take over; leave adopt out to make it; did you mean "archive"?',
    ]);
  });

  it("is refused with a name that Proxmox would not take", async () => {
    for (const poolId of ["a b", "1st", "a/2nd", "a/b/c/d", "a/"])
      assert.match((await lab.problems("Pool", { poolId }))[0] ?? "", /^poolId: (write letters|each level)/, poolId);
  });
});

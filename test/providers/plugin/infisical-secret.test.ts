import assert from "node:assert/strict";
import { InfisicalStub } from "../../support/infisical";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { registerSecret, secretValue } from "../../support/secret-values";

const project = "b7c9-project";
const first = secretValue("a value that is written");
const second = secretValue("the value after it");
const foreign = secretValue("somebody else's value");

describe("a secret in Infisical, through Pulumi's plugin", function () {
  let stub: InfisicalStub;
  let lab: Lab;
  const runs: Lab[] = [];
  const config = () => stub.config(project);
  const env = () => ({ ...stub.credentials, FIRST: first, SECOND: second });
  const folder = (path = "/") => stub.projects[project]?.["prod"]?.[path] ?? {};
  const held = (name: string, path = "/") => stub.folders.find(project, "prod", path, name);
  const from = (name: string) => ({ secretRef: name, from: "environment" });
  const args = (name: string, more: Properties): Properties => ({
    ...lab.inputs("InfisicalSecret", name, more),
    __hashKey: "a key that the stack keeps",
  });
  type Made = { id: string; properties: Properties; inputs: Properties };

  async function create(name: string, more: Properties, on = lab): Promise<Made> {
    const { inputs, failures } = await on.plugin.check("InfisicalSecret", {}, args(name, more));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return { ...(await on.plugin.create("InfisicalSecret", inputs)), inputs };
  }
  async function next(made: Made, name: string, more: Properties, on = lab) {
    const { inputs, failures } = await on.plugin.check("InfisicalSecret", made.inputs, args(name, more));
    assert.deepEqual(failures, []);
    const diff = await on.plugin.diff("InfisicalSecret", made.id, made.properties, inputs);
    if (diff.changes !== "some") return { ...made, inputs, diff };
    const { properties } = await on.plugin.update("InfisicalSecret", made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, diff };
  }
  const refreshed = async (made: Made): Promise<Made> => {
    const read = await lab.plugin.read("InfisicalSecret", made.id, made.properties);
    return { id: read.id, properties: read.properties, inputs: { ...made.inputs, ...read.inputs } };
  };
  const remove = ({ id, properties }: Made) => lab.plugin.delete("InfisicalSecret", id, properties);
  const problems = async (name: string, more: Properties): Promise<string> => {
    const { failures } = await lab.plugin.check("InfisicalSecret", {}, args(name, more));
    return failures.map(({ reason }) => reason).join("\n");
  };

  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    lab = await Lab.start({}, config(), env());
  });
  afterEach(async () => {
    for (const each of runs.splice(0)) await each.close();
    for (const name of Object.keys(folder())) delete folder()[name];
    for (const right of Object.keys(stub.may)) stub.may[right as keyof typeof stub.may] = true;
  });
  after(async () => {
    await lab.close();
    await stub.close();
  });

  it("is made in a folder that is made too, changed, and deleted; the state holds no value", async () => {
    const more = { path: "/web/db", createFolders: true, comment: "for the web" };
    const made = await create("DB", { ...more, value: from("FIRST") });
    assert.equal(made.id, `${project}/prod/web/db/DB`);
    assert.equal(folder("/web/db")["DB"], first);
    assert.match(held("DB", "/web/db")?.comment ?? "", /^for the web \[pulumi owner=[0-9a-f]{24} id=[0-9a-f]{8}\]$/);
    assert.deepEqual(made.properties["reference"], {
      ...{ secretRef: "DB", from: "infisical", projectId: project, environment: "prod", path: "/web/db" },
    });
    assert.equal(made.properties["version"], 1);
    assert.equal((await next(made, "DB", { ...more, value: from("FIRST") })).diff.changes, "none");
    const changed = await next(made, "DB", { ...more, value: from("SECOND") });
    assert.deepEqual([folder("/web/db")["DB"], changed.properties["version"]], [second, 2]);
    for (const state of [made, changed]) assert.ok(!JSON.stringify(state).includes("sv-"), "a value in the state");
    const { comment: _, ...bare } = more;
    const silent = await next(changed, "DB", { ...bare, value: from("SECOND") });
    assert.match(held("DB", "/web/db")?.comment ?? "", /^\[pulumi owner=[0-9a-f]{24} id=[0-9a-f]{8}\]$/);
    await remove(silent);
    assert.deepEqual(folder("/web/db"), {});
  });

  it("is generated once, stays while the wish does, and is made anew with another trigger", async () => {
    const made = await create("MADE", { generate: { length: 40, symbols: true } });
    const value = folder()["MADE"] as string;
    registerSecret("a generated value", value);
    assert.equal(value.length, 40);
    assert.ok(!JSON.stringify(made).includes(value));
    assert.equal((await next(made, "MADE", { generate: { length: 40, symbols: true } })).diff.changes, "none");
    const commented = await next(made, "MADE", { generate: { length: 40, symbols: true }, comment: "kept" });
    assert.equal(folder()["MADE"], value);
    const turned = await next(commented, "MADE", { generate: { length: 12, trigger: "2" } });
    const anew = folder()["MADE"] as string;
    registerSecret("a generated value, anew", anew);
    assert.equal(anew.length, 12);
    // Whatever is there is as good as any: a value that somebody has put there stays.
    folder()["MADE"] = foreign;
    const read = await refreshed(turned);
    assert.equal((await next(read, "MADE", { generate: { length: 12, trigger: "2" } })).diff.changes, "none");
    assert.equal(folder()["MADE"], foreign);
    await remove(read);
    assert.deepEqual(folder(), {});
  });

  it("shows a value that somebody else has written as a change, and never the value", async () => {
    const made = await create("DRIFT", { value: from("FIRST") });
    folder()["DRIFT"] = foreign;
    const read = await refreshed(made);
    assert.ok(!JSON.stringify(read).includes("sv-"));
    assert.equal(read.properties["version"], 2);
    lab.plugin.engine.messages.length = 0;
    const written = await next(read, "DRIFT", { value: from("FIRST") });
    assert.equal(written.diff.changes, "some");
    const told = lab.plugin.engine.messages.map(({ message }) => message).join("\n");
    assert.match(told, /live: value \(somebody has changed it in Infisical; the program's value is written again\)/);
    assert.deepEqual([folder()["DRIFT"], written.properties["version"]], [first, 3]);
    assert.equal((await next(await refreshed(written), "DRIFT", { value: from("FIRST") })).diff.changes, "none");
    // A comment alone is no other value.
    const { value = "" } = held("DRIFT") ?? {};
    stub.folders.put(project, "prod", "/", "DRIFT", value, "by hand");
    const commented = await refreshed(written);
    assert.deepEqual([commented.properties["comment"], commented.properties["version"]], [undefined, 4]);
    assert.equal((await next(commented, "DRIFT", { value: from("FIRST") })).diff.changes, "none");
  });

  it("refuses to write over what somebody has changed since, until a refresh has shown it", async () => {
    const made = await create("CONFLICT", { value: from("FIRST") });
    folder()["CONFLICT"] = foreign;
    lab.plugin.engine.messages.length = 0;
    await assert.rejects(
      next(made, "CONFLICT", { value: from("SECOND") }),
      /secret CONFLICT: somebody has changed it: it is at version 2, and this stack knows version 1\. Nothing was written; run pulumi refresh/,
    );
    assert.ok(lab.plugin.engine.messages.some(({ message }) => /up will refuse to write before/.test(message)));
    assert.equal(folder()["CONFLICT"], foreign);
    const written = await next(await refreshed(made), "CONFLICT", { value: from("SECOND") });
    assert.equal(folder()["CONFLICT"], second);
    // Deleted and made again by hand: another one, whatever its version.
    delete folder()["CONFLICT"];
    assert.equal(held("CONFLICT"), undefined);
    folder()["CONFLICT"] = foreign;
    await assert.rejects(
      next(written, "CONFLICT", { value: from("FIRST") }),
      /another secret of this name is there by now/,
    );
    await remove(written);
    assert.equal(folder()["CONFLICT"], foreign);
    assert.equal((await refreshed(written)).id, "");
  });

  it("that is there already is taken over only with adopt, and what was changed since stays on destroy", async () => {
    folder()["THEIRS"] = foreign;
    assert.match(
      await problems("THEIRS", { value: from("FIRST") }),
      /secretName: a secret of this name is there already/,
    );
    assert.match(await problems("X", { path: "/nowhere", value: from("FIRST") }), /path: there is no such folder/);
    const made = await create("THEIRS", { value: from("FIRST"), adopt: true });
    assert.deepEqual([folder()["THEIRS"], made.properties["version"]], [first, 2]);
    folder()["THEIRS"] = foreign;
    await remove(made);
    assert.equal(folder()["THEIRS"], foreign);
  });

  it("is taken up again by the run after one that was killed at any request", async () => {
    for (const moment of ["asked", "done"] as const) {
      const run = await Lab.on(lab.sim, config(), lab.stackId, env());
      runs.push(run);
      const { inputs } = await run.plugin.check("InfisicalSecret", {}, args("KILL", { generate: {} }));
      stub.onRequest = (what, when) => {
        if (when === moment && what.startsWith("create")) run.plugin.signal("SIGKILL");
      };
      await assert.rejects(run.plugin.create("InfisicalSecret", inputs));
      stub.onRequest = () => undefined;
      const left = folder()["KILL"];
      assert.ok(typeof left === "string");
      registerSecret("a generated value of a killed run", left);
      const made = await create("KILL", { generate: {} });
      assert.equal(folder()["KILL"], left);
      assert.equal(made.properties["version"], 2);
      const turn = await Lab.on(lab.sim, config(), lab.stackId, env());
      runs.push(turn);
      const turned = await turn.plugin.check(
        "InfisicalSecret",
        made.inputs,
        args("KILL", { generate: { trigger: "2" } }),
      );
      stub.onRequest = (what, when) => {
        if (when === moment && what.startsWith("update")) turn.plugin.signal("SIGKILL");
      };
      await assert.rejects(turn.plugin.update("InfisicalSecret", made.id, made.properties, turned.inputs));
      stub.onRequest = () => undefined;
      const anew = folder()["KILL"] as string;
      registerSecret("a generated value of a killed update", anew);
      const again = await next(made, "KILL", { generate: { trigger: "2" } });
      assert.deepEqual([folder()["KILL"], again.properties["version"]], [anew, 3]);
      await remove(again);
    }
  });

  it("stays where it is when its place is only written out, and survives what it replaces", async () => {
    const made = await create("PLACE", { value: from("FIRST") });
    const { diff } = await next(made, "PLACE", { value: from("FIRST"), path: "/", environment: "prod" });
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    assert.equal((await next(made, "PLACE", { value: from("FIRST"), path: "/web" })).diff.replaces[0], "path");
    // `up --replace`: the new one is made before the old one is deleted.
    for (const more of [{ value: from("FIRST") }, { generate: {} }]) {
      const old = await create("AGAIN", more);
      const value = folder()["AGAIN"];
      const anew = await create("AGAIN", more);
      await remove(old);
      assert.equal(folder()["AGAIN"], value);
      await remove(anew);
      assert.equal(folder()["AGAIN"], undefined);
    }
  });

  it("keeps a generated value when the resource is renamed, and when somebody edits its comment", async () => {
    const made = await create("KEPT", { generate: { length: 20 } });
    const value = String(held("KEPT")?.value);
    registerSecret("a generated value that is kept", value);
    const urn = lab.urn("InfisicalSecret", "RENAMED");
    const renamed = { ...args("KEPT", { generate: { length: 20, symbols: false }, secretName: "KEPT" }), __urn: urn };
    const { properties } = await lab.plugin.update("InfisicalSecret", made.id, made.properties, renamed);
    assert.equal(folder()["KEPT"], value);
    stub.folders.put(project, "prod", "/", "KEPT", value, "by hand");
    const edited = await lab.plugin.update("InfisicalSecret", made.id, properties, { ...renamed, comment: "own" });
    assert.equal(folder()["KEPT"], value);
    await lab.plugin.delete("InfisicalSecret", made.id, edited.properties);
    assert.equal(folder()["KEPT"], undefined);
  });

  it("that belongs to another stack is not taken over with adopt either", async () => {
    const owner = await Lab.on(lab.sim, config(), undefined, env());
    runs.push(owner);
    const theirs = { ...owner.inputs("InfisicalSecret", "OWNED", { value: from("FIRST") }), secretName: "OWNED" };
    const made = await owner.plugin.create("InfisicalSecret", theirs);
    await assert.rejects(create("OWNED", { value: from("SECOND"), adopt: true }), /belongs to another Pulumi resource/);
    assert.equal(folder()["OWNED"], first);
    await owner.plugin.delete("InfisicalSecret", made.id, made.properties);
    assert.equal(folder()["OWNED"], undefined);
  });

  it("stays when a refresh has shown somebody else's value and it is destroyed then", async () => {
    const made = await create("SEEN", { value: from("FIRST") });
    folder()["SEEN"] = foreign;
    await remove(await refreshed(made));
    assert.equal(folder()["SEEN"], foreign);
  });

  it("refuses bad names, folders, values and rights, and says what is needed", async () => {
    assert.match(await problems("BAD NAME", { value: "x" }), /secretName: write letters, digits, _ \. and -/);
    assert.match(await problems("A", { value: "x", path: "/pve/" }), /path: write a folder such as \/pve/);
    assert.match(await problems("A", {}), /value: write a value, a reference to one, or generate/);
    assert.match(await problems("A", { value: "x", generate: {} }), /generate: a value is written already/);
    assert.match(await problems("A", { value: " x" }), /value: Infisical cuts white space/);
    assert.match(await problems("A", { value: "x${B}" }), /value: Infisical takes \$\{…\} for a reference/);
    stub.may.create = false;
    await assert.rejects(create("A", { value: from("FIRST") }), /give it a role in the project that creates, edits/);
    const bare = await Lab.on(lab.sim, {}, lab.stackId);
    runs.push(bare);
    const { failures } = await bare.plugin.check("InfisicalSecret", {}, args("A", { generate: {} }));
    assert.match(
      failures.map(({ reason }) => reason).join(),
      /Infisical is not set up: set proxmox:infisicalProjectId/,
    );
  });
});

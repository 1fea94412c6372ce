import assert from "node:assert/strict";
import { InfisicalStub } from "../../support/infisical";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { long } from "../../support/sample";
import { registerSecret, secretUuid, secretValue } from "../../support/secret-values";
import { tokenLab } from "./token-lab";

const project = "b7c9-project";
const foreign = secretValue("what somebody has put in place of a token");
const dead = secretUuid("the value of a token that nobody has made");

describe("an API token that is written to Infisical, through Pulumi's plugin", function () {
  let stub: InfisicalStub;
  const config = () => stub.config(project);
  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
  });
  const kit = tokenLab(config, () => stub.credentials);
  const { tokens, args, next, ended, run, watch } = kit;
  let lab: Lab;
  before(() => {
    lab = kit.lab();
  });
  afterEach(() => {
    stub.onRequest = () => undefined;
    for (const name of Object.keys(folder())) delete folder()[name];
  });
  after(() => stub.close());

  const folder = (path = "/") => stub.projects[project]?.["prod"]?.[path] ?? {};
  const version = (name: string) => stub.folders.find(project, "prod", "/", name)?.version;
  /** The token in the store; and does it let somebody in? */
  const held = (name: string, path = "/"): { id: string; value: string; works: boolean } => {
    const there = folder(path)[name] ?? "";
    const [id = "", value = ""] = typeof there === "string" ? there.split("=") : [];
    if (value !== "") registerSecret("the value of a token in the store", value);
    const token = tokens()[id.split("!")[1] ?? ""];
    return { id, value, works: token?.secret === value && (token.expire === 0 || token.expire * 1000 > Date.now()) };
  };
  const to = (secretName: string, more: Properties = {}): Properties => ({ writeTo: { secretName, ...more } });
  type Made = { id: string; properties: Properties; inputs: Properties };
  const noValue = (made: Made): void => {
    const values = Object.values(tokens()).map(({ secret }) => secret);
    for (const value of values) assert.ok(!JSON.stringify(made).includes(value), "the state holds a value");
    assert.deepEqual([made.properties["value"], made.properties["apiToken"]], [undefined, undefined]);
  };
  const create = (name: string, more: Properties, on = lab): Promise<Made> => on.create("ApiToken", name, args(more));
  const remove = ({ id, properties }: Made) => lab.plugin.delete("ApiToken", id, properties);

  it("is proved, stands there with its id, and nowhere in the state; whoever works by it needs the reference alone", async () => {
    const rights = [{ path: "/", role: "PVEAdmin" }];
    const from = lab.sim.requests.length;
    const made = await create("ci", { ...to("CI"), rights });
    assert.equal(held("CI").id, "ci@pve!ci");
    assert.ok(held("CI").works);
    noValue(made);
    assert.ok(lab.sim.requests.slice(from).some(({ path, user }) => path === "/version" && user === "ci@pve!ci"));
    assert.deepEqual([made.properties["storedVersion"], version("CI")], [1, 1]);
    assert.equal((await next(made, "ci", { ...to("CI"), rights })).diff.changes, "none");
    const read = await lab.plugin.read("ApiToken", made.id, made.properties);
    assert.deepEqual(read.properties, made.properties);
    const follower = await Lab.on(
      lab.sim,
      { ...config(), "proxmox:tokenId": "", "proxmox:tokenSecret": made.properties["reference"] },
      lab.stackId,
      stub.credentials,
    );
    kit.runs.push(follower);
    const since = lab.sim.requests.length;
    const pool = await follower.create("Pool", "by-the-token", {});
    const posted = lab.sim.requests.slice(since).find(({ method, path }) => method === "POST" && path === "/pools");
    assert.equal(posted?.user, "ci@pve!ci");
    await follower.plugin.delete("Pool", pool.id, pool.properties);
    await remove(made);
    assert.deepEqual([tokens(), folder()], [{}, {}]);
  });

  it("rotates in one write: the store has the new one before the old one gets an end", async () => {
    const first = await run();
    const made = await create("turn", { ...to("TURN"), rotationTrigger: "1" }, first);
    await ended(first);
    const old = held("TURN");
    const second = await run();
    const turned = await next(made, "turn", { ...to("TURN"), rotationTrigger: "2" }, second);
    assert.deepEqual([held("TURN").id, held("TURN").works, version("TURN")], ["ci@pve!turn-2", true, 2]);
    assert.equal(tokens()["turn"]?.secret, old.value);
    assert.equal(tokens()["turn"]?.expire, 0);
    noValue(turned);
    await ended(second);
    assert.ok((tokens()["turn"]?.expire ?? 0) > 0);
    const third = await run();
    assert.equal((await next(turned, "turn", { ...to("TURN"), rotationTrigger: "2" }, third)).diff.changes, "none");
    await remove(turned);
    assert.deepEqual([tokens(), folder()], [{}, {}]);
  });

  it("killed at any request of a rotation, Proxmox's or Infisical's, leaves a working token in the store, and never three", async function () {
    this.timeout(long ? 600_000 : 120_000);
    const first = await run();
    const rights = [{ path: "/vms", role: "PVEVMUser" }];
    const more = { ...to("KILL"), rights, rotationTrigger: "1" };
    const made = await create("kill", more, first);
    await ended(first);
    const turn = { ...more, rotationTrigger: "2" };
    const { inputs } = await lab.plugin.check("ApiToken", made.inputs, lab.inputs("ApiToken", "kill", args(turn)));
    let kills = 0;
    let turned: Properties | undefined;
    for (let at = 1; turned === undefined; at += long ? 1 : 5) {
      const killed = await run();
      let count = 0;
      const strike = (): void => void (++count === at && killed.plugin.signal("SIGKILL"));
      watch(({ path }) => path.startsWith("/access") && strike());
      stub.onRequest = strike;
      turned = await killed.plugin.update("ApiToken", made.id, made.properties, inputs).then(
        ({ properties }) => properties,
        () => undefined,
      );
      watch(() => undefined);
      stub.onRequest = () => undefined;
      assert.ok(Object.keys(tokens()).length <= 2, `three tokens after ${at} requests`);
      assert.ok(held("KILL").works, `no token that works in the store after ${at} requests`);
      kills += turned ? 0 : 1;
    }
    assert.ok(kills >= (long ? 12 : 3), `${kills}`);
    const state = { ...made, properties: turned };
    assert.deepEqual([turned["fullTokenId"], held("KILL").id], ["ci@pve!kill-2", "ci@pve!kill-2"]);
    noValue(state);
    await remove(state);
    assert.deepEqual([tokens(), folder()], [{}, {}]);
  });

  it("is found again after a run that was killed when the store had it, and by a destroy too", async () => {
    for (const then of ["update", "destroy"]) {
      const first = await run();
      const made = await create("found", { ...to("FOUND"), rotationTrigger: "1" }, first);
      await ended(first);
      const killed = await run();
      const { inputs } = await killed.plugin.check(
        "ApiToken",
        made.inputs,
        lab.inputs("ApiToken", "found", args({ ...to("FOUND"), rotationTrigger: "2" })),
      );
      stub.onRequest = (what, when) => {
        if (when === "done" && what.startsWith("update")) killed.plugin.signal("SIGKILL");
      };
      await assert.rejects(killed.plugin.update("ApiToken", made.id, made.properties, inputs));
      stub.onRequest = () => undefined;
      const written = held("FOUND");
      assert.deepEqual([written.id, written.works], ["ci@pve!found-2", true]);
      if (then === "destroy") await remove(made);
      else {
        // The trigger was taken back: what the store has is what counts.
        const back = await next(made, "found", { ...to("FOUND"), rotationTrigger: "1" });
        assert.deepEqual([held("FOUND"), version("FOUND")], [written, 2]);
        assert.equal(back.properties["fullTokenId"], "ci@pve!found-2");
        await remove(back);
      }
      assert.deepEqual([tokens(), folder()], [{}, {}], then);
    }
    const killed = await run();
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("create")) killed.plugin.signal("SIGKILL");
    };
    await assert.rejects(create("born", to("BORN"), killed));
    stub.onRequest = () => undefined;
    const born = held("BORN");
    assert.ok(born.works);
    const made = await create("born", to("BORN"));
    assert.deepEqual([held("BORN"), version("BORN")], [born, 1]);
    await remove(made);
    assert.deepEqual([tokens(), folder()], [{}, {}]);
  });

  it("is made anew where the store has lost it, and refused where somebody has written something else", async () => {
    const made = await create("lost", { ...to("LOST"), rotationTrigger: "1" });
    delete folder()["LOST"];
    const anew = await next(made, "lost", { ...to("LOST"), rotationTrigger: "1" });
    assert.deepEqual([anew.diff.changes, held("LOST").id, held("LOST").works], ["some", "ci@pve!lost-2", true]);
    for (const theirs of [foreign, `ci@pve!other=${dead}`]) {
      folder()["LOST"] = theirs;
      const before = structuredClone(tokens());
      await assert.rejects(
        next(anew, "lost", { ...to("LOST"), rotationTrigger: "2" }),
        /secret LOST: somebody has changed it since this stack wrote the token there; nothing was written and no token revoked/,
      );
      assert.deepEqual([tokens(), folder()["LOST"]], [before, theirs]);
    }
    const taken = await next(anew, "lost", { ...to("LOST", { adopt: true }), rotationTrigger: "2" });
    assert.ok(held("LOST").works);
    folder()["LOST"] = foreign;
    await remove(taken);
    assert.deepEqual([tokens(), folder()], [{}, { LOST: foreign }]);
    const { failures } = await lab.plugin.check("ApiToken", {}, lab.inputs("ApiToken", "x", args(to("LOST"))));
    assert.match(
      failures.map(({ reason }) => reason).join(),
      /writeTo\.secretName: it belongs to another Pulumi resource/,
    );
    const nowhere = to("A", { path: "/nowhere" });
    const { failures: missing } = await lab.plugin.check("ApiToken", {}, lab.inputs("ApiToken", "x", args(nowhere)));
    assert.match(missing.map(({ reason }) => reason).join(), /writeTo\.path: there is no such folder/);
  });

  it("goes to the store, to another place there, and back into the state, as the program says", async () => {
    const made = await create("move", {});
    const value = kit.note(made);
    const stored = await next(made, "move", to("MOVE"));
    assert.deepEqual([held("MOVE").value, stored.properties["value"]], [value, undefined]);
    const second = await run();
    const moved = await next(stored, "move", to("MOVED", { path: "/new", createFolders: true }), second);
    assert.equal(held("MOVED", "/new").value, value);
    await ended(second);
    assert.equal(folder()["MOVE"], undefined);
    const third = await run();
    const back = await next(moved, "move", {}, third);
    assert.deepEqual([back.properties["value"], back.properties["reference"]], [value, undefined]);
    await ended(third);
    assert.deepEqual(folder("/new"), {});
    await remove(back);
    assert.deepEqual(tokens(), {});
  });
});

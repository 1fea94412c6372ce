import assert from "node:assert/strict";
import { utils } from "ssh2";
import { InfisicalStub } from "../../support/infisical";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { registerSecret, secretValue } from "../../support/secret-values";

const project = "b7c9-project";
const foreign = secretValue("what somebody has put in place of a private key");

describe("a pair of keys whose private half is written to Infisical, through Pulumi's plugin", function () {
  let stub: InfisicalStub;
  let lab: Lab;
  const runs: Lab[] = [];
  const config = () => stub.config(project);
  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    lab = await Lab.start({}, config(), stub.credentials);
  });
  afterEach(async () => {
    stub.onRequest = () => undefined;
    for (const each of runs.splice(0)) await each.close();
    for (const name of Object.keys(folder())) delete folder()[name];
  });
  after(async () => {
    await lab.close();
    await stub.close();
  });
  const run = async (): Promise<Lab> => {
    const started = await Lab.on(lab.sim, config(), lab.stackId, stub.credentials);
    runs.push(started);
    return started;
  };

  const folder = (path = "/") => stub.projects[project]?.["prod"]?.[path] ?? {};
  const held = (name: string, path = "/") => stub.folders.find(project, "prod", path, name);
  /** The public half of what the store has. */
  const publicOf = (name: string, path = "/"): string => {
    const { value = "" } = held(name, path) ?? {};
    registerSecret("a private key in the store", value);
    const key = utils.parseKey(value);
    assert.ok(!(key instanceof Error) && !Array.isArray(key) && key.isPrivateKey(), "no private key in the store");
    return `${key.type} ${key.getPublicSSH().toString("base64")} ${key.comment}`;
  };
  const to = (secretName: string, more: Properties = {}): Properties => ({ writeTo: { secretName, ...more } });
  type Made = { id: string; properties: Properties; inputs: Properties };
  const noKey = (made: Made): void => {
    assert.ok(!JSON.stringify(made).includes("PRIVATE KEY"), "the state holds a private key");
    assert.equal(made.properties["privateKey"], undefined);
  };
  const create = (name: string, args: Properties, on = lab): Promise<Made> => on.create("SshKey", name, args);
  async function next(made: Made, name: string, args: Properties, on = lab) {
    const { inputs, failures } = await on.plugin.check("SshKey", made.inputs, lab.inputs("SshKey", name, args));
    assert.deepEqual(failures, []);
    const diff = await on.plugin.diff("SshKey", made.id, made.properties, inputs);
    assert.deepEqual(diff.replaces, []);
    if (diff.changes !== "some") return { ...made, inputs, diff };
    const { properties } = await on.plugin.update("SshKey", made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, diff };
  }
  const remove = ({ id, properties }: Made) => lab.plugin.delete("SshKey", id, properties);
  const refusals = async (args: Properties): Promise<string> => (await lab.problems("SshKey", args)).join("\n");
  const said = () => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  async function ended(on: Lab): Promise<void> {
    on.plugin.signal("SIGINT");
    assert.equal(await on.plugin.exited, 0);
  }

  it("stands there in a folder that is made too, and in no state; the public half is an output", async () => {
    const made = await create("deploy", to("DEPLOY", { path: "/ssh/keys", createFolders: true }));
    assert.equal(publicOf("DEPLOY", "/ssh/keys"), made.properties["publicKey"]);
    noKey(made);
    assert.match(
      held("DEPLOY", "/ssh/keys")?.comment ?? "",
      /^\[pulumi owner=[0-9a-f]{24} made=[0-9a-f]{8} id=[0-9a-f]{8}\]$/,
    );
    assert.deepEqual(made.properties["reference"], {
      ...{ secretRef: "DEPLOY", from: "infisical", projectId: project, environment: "prod", path: "/ssh/keys" },
    });
    assert.equal(made.properties["storedVersion"], 1);
    const read = await lab.plugin.read("SshKey", made.id, made.properties);
    assert.deepEqual(read.properties, made.properties);
    const again = to("DEPLOY", { path: "/ssh/keys", createFolders: true });
    assert.equal((await next(made, "deploy", { ...again, type: "ed25519" })).diff.changes, "some");
    assert.equal(publicOf("DEPLOY", "/ssh/keys"), made.properties["publicKey"]);
    assert.equal((await next(made, "deploy", again)).diff.changes, "none");
    await remove(made);
    assert.deepEqual(folder("/ssh/keys"), {});
  });

  it("is another one in the same place with a new trigger, without a replacement", async () => {
    const made = await create("turn", { ...to("TURN"), rotationTrigger: "1" });
    const before = publicOf("TURN");
    lab.plugin.engine.messages.length = 0;
    const turned = await next(made, "turn", { ...to("TURN"), rotationTrigger: "2" });
    assert.match(said(), /live: rotationTrigger \(another pair is made, and written there\)/);
    assert.notEqual(publicOf("TURN"), before);
    assert.equal(publicOf("TURN"), turned.properties["publicKey"]);
    assert.equal(turned.properties["storedVersion"], 2);
    noKey(turned);
    const renamed = await next(turned, "turn", { ...to("TURN"), rotationTrigger: "2", comment: "deploy@ci" });
    assert.match(publicOf("TURN"), / deploy@ci$/);
    assert.equal(
      (await next(renamed, "turn", { ...to("TURN"), rotationTrigger: "2", comment: "deploy@ci" })).diff.changes,
      "none",
    );
    await remove(renamed);
    assert.deepEqual(folder(), {});
  });

  it("is made anew where the store has lost it, and nothing is written where somebody has changed it", async () => {
    const made = await create("lost", to("LOST"));
    delete folder()["LOST"];
    lab.plugin.engine.messages.length = 0;
    const anew = await next(made, "lost", to("LOST"));
    assert.match(said(), /Infisical no longer has LOST: another pair is made, and written there/);
    assert.equal(publicOf("LOST"), anew.properties["publicKey"]);
    assert.notEqual(anew.properties["publicKey"], made.properties["publicKey"]);
    // Another comment is another version, and the same value.
    const { value = "", comment = "" } = held("LOST") ?? {};
    stub.folders.put(project, "prod", "/", "LOST", value, `by hand ${comment}`);
    assert.equal((await next(anew, "lost", to("LOST"))).diff.changes, "none");
    folder()["LOST"] = foreign;
    lab.plugin.engine.messages.length = 0;
    assert.equal((await next(anew, "lost", to("LOST"))).diff.changes, "none");
    assert.match(said(), /secret LOST: somebody has changed it since this stack wrote it; nothing was written/);
    await assert.rejects(
      next(anew, "lost", { ...to("LOST"), rotationTrigger: "2" }),
      /secret LOST: somebody has changed it since this stack wrote it; nothing was written\. Delete it/,
    );
    assert.equal(folder()["LOST"], foreign);
    lab.plugin.engine.messages.length = 0;
    await remove(anew);
    assert.equal(folder()["LOST"], foreign);
    assert.match(said(), /LOST stays in Infisical: somebody has changed its value since/);
    // Told to, it is written over, and goes then.
    const taken = await next(anew, "lost", to("LOST", { adopt: true }));
    assert.equal(publicOf("LOST"), taken.properties["publicKey"]);
    await remove(taken);
    assert.deepEqual(folder(), {});
  });

  it("takes no place that is somebody else's, which the preview says", async () => {
    folder()["THEIRS"] = foreign;
    assert.match(await refusals(to("THEIRS")), /writeTo\.secretName: a secret of this name is there already/);
    assert.match(await refusals(to("A", { path: "/nowhere" })), /writeTo\.path: there is no such folder/);
    const other = await Lab.on(lab.sim, config(), undefined, stub.credentials);
    runs.push(other);
    const owned = await create("owned", to("OWNED"), other);
    assert.match(
      await refusals(to("OWNED", { adopt: true })),
      /writeTo\.secretName: it belongs to another Pulumi resource/,
    );
    const blind = lab.inputs("SshKey", "x", to("OWNED", { adopt: true }));
    await assert.rejects(lab.plugin.create("SshKey", blind), /it belongs to another Pulumi resource/);
    assert.equal(publicOf("OWNED"), owned.properties["publicKey"]);
    const made = await create("theirs", to("THEIRS", { adopt: true }));
    assert.equal(publicOf("THEIRS"), made.properties["publicKey"]);
    await remove(made);
  });

  it("goes to the store, to another place there, and back into the state, as the program says: always the same key", async () => {
    const made = await create("move", {});
    registerSecret("a private key in a state", String(made.properties["privateKey"]));
    const key = made.properties["publicKey"];
    const stored = await next(made, "move", to("MOVE"));
    assert.deepEqual([publicOf("MOVE"), stored.properties["publicKey"]], [key, key]);
    noKey(stored);
    const second = await run();
    const moved = await next(stored, "move", to("MOVED", { path: "/new", createFolders: true }), second);
    assert.deepEqual([publicOf("MOVED", "/new"), moved.properties["publicKey"]], [key, key]);
    await ended(second);
    assert.equal(folder()["MOVE"], undefined);
    const third = await run();
    const back = await next(moved, "move", {}, third);
    assert.deepEqual(
      [back.properties["privateKey"], back.properties["reference"]],
      [made.properties["privateKey"], undefined],
    );
    await ended(third);
    assert.deepEqual([folder(), folder("/new")], [{}, {}]);
  });

  it("killed at any request, the next run takes up what is there, and the state and the store have halves of one pair", async () => {
    for (const moment of ["asked", "done"] as const) {
      const first = await run();
      stub.onRequest = (what, when) => {
        if (when === moment && what.startsWith("create")) first.plugin.signal("SIGKILL");
      };
      await assert.rejects(create("kill", { ...to("KILL"), rotationTrigger: "1" }, first));
      stub.onRequest = () => undefined;
      const left = held("KILL")?.value;
      const made = await create("kill", { ...to("KILL"), rotationTrigger: "1" });
      assert.equal(publicOf("KILL"), made.properties["publicKey"]);
      if (left !== undefined) assert.equal(held("KILL")?.value, left);
      for (const then of ["2", "1"]) {
        const second = await run();
        stub.onRequest = (what, when) => {
          if (when === moment && what.startsWith("update")) second.plugin.signal("SIGKILL");
        };
        const old = held("KILL")?.value;
        await assert.rejects(next(made, "kill", { ...to("KILL"), rotationTrigger: "2" }, second));
        stub.onRequest = () => undefined;
        const between = held("KILL")?.value;
        if (then === "1" && between !== old) {
          // The trigger was taken back, and the old value is lost: another pair is made, and that is said.
          assert.equal((await next(made, "kill", { ...to("KILL"), rotationTrigger: "1" })).diff.changes, "some");
        } else {
          const turned = await next(made, "kill", { ...to("KILL"), rotationTrigger: "2" });
          assert.equal(publicOf("KILL"), turned.properties["publicKey"]);
          if (between !== old) assert.equal(held("KILL")?.value, between);
          await remove(turned);
          assert.deepEqual(folder(), {});
          if (then === "2") Object.assign(made, await create("kill", { ...to("KILL"), rotationTrigger: "1" }));
        }
      }
      for (const name of Object.keys(folder())) delete folder()[name];
    }
  });

  it("survives what it replaces in the same place", async () => {
    const old = await create("again", to("AGAIN"));
    const anew = await create("again", to("AGAIN"));
    await remove(old);
    assert.equal(publicOf("AGAIN"), anew.properties["publicKey"]);
    await remove(anew);
    assert.deepEqual(folder(), {});
  });
});

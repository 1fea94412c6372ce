import assert from "node:assert/strict";
import { InfisicalStub } from "../../support/infisical";
import { CephMachines } from "../../support/ceph-lab";
import { hurried } from "../../support/environment";
import type { Properties } from "../../support/plugin";
import { registerSecret, secretValue } from "../../support/secret-values";

const project = "b7c9-project";
const foreign = secretValue("what somebody has put in place of a keyring");
const caps = { mon: "profile rbd", osd: "profile rbd pool=vm_ssd" };

describe("a client of Ceph whose keyring is written to Infisical", function () {
  let stub: InfisicalStub;
  let on: CephMachines;
  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    on = await CephMachines.start(
      stub.config(project),
      { ...hurried(), ...stub.credentials },
      await CephMachines.daemonsWorld(),
    );
  });
  afterEach(() => {
    stub.onRequest = () => undefined;
    for (const name of Object.keys(folder())) delete folder()[name];
    for (const name of Object.keys(on.ceph.cluster.auth))
      if (/^client\.b\d$/.test(name)) delete on.ceph.cluster.auth[name];
  });
  after(async () => {
    await on.close();
    await stub.close();
  });

  type Made = { id: string; properties: Properties; inputs: Properties };
  const folder = (path = "/") => stub.projects[project]?.["prod"]?.[path] ?? {};
  const held = (name: string, path = "/") => stub.folders.find(project, "prod", path, name);
  const keyring = (name: string): string => {
    const { key = "" } = on.ceph.cluster.auth[`client.${name}`] ?? {};
    registerSecret(`the key of client.${name}`, key);
    return `[client.${name}]\n\tkey = ${key}\n`;
  };
  const to = (secretName: string, more: Properties = {}): Properties => ({ writeTo: { secretName, ...more } });
  const args = (more: Properties): Properties => ({ node: "golf", caps, ...more });
  const create = (name: string, more: Properties): Promise<Made> => on.lab.create("CephClient", name, args(more));
  async function next(made: Made, name: string, more: Properties) {
    const { plugin } = on.lab;
    const { inputs, failures } = await plugin.check(
      "CephClient",
      made.inputs,
      on.lab.inputs("CephClient", name, args(more)),
    );
    assert.deepEqual(failures, []);
    const { changes, replaces } = await plugin.diff("CephClient", made.id, made.properties, inputs);
    assert.deepEqual(replaces, []);
    if (changes !== "some") return { ...made, inputs, changes };
    const { properties } = await plugin.update("CephClient", made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, changes };
  }
  const remove = ({ id, properties }: Made) => on.lab.plugin.delete("CephClient", id, properties);
  const noKey = (name: string, { properties }: { properties: Properties }): void => {
    assert.ok(
      !JSON.stringify(properties).includes(on.ceph.cluster.auth[`client.${name}`]!.key),
      "the state has the key",
    );
    assert.deepEqual([properties["key"], properties["keyring"]], [undefined, undefined]);
  };
  const said = () => on.lab.plugin.engine.messages.map(({ message }) => message).join("\n");

  it("stands there in a folder that is made too, and in no state; it goes with the client", async () => {
    const where = to("KEYRING", { path: "/ceph/clients", createFolders: true });
    const made = await create("b1", where);
    assert.equal(held("KEYRING", "/ceph/clients")?.value, keyring("b1"));
    noKey("b1", made);
    assert.deepEqual(made.properties["reference"], {
      ...{ secretRef: "KEYRING", from: "infisical", projectId: project, environment: "prod", path: "/ceph/clients" },
    });
    const read = await on.lab.plugin.read("CephClient", made.id, made.properties);
    const { __provider: _, ...seen } = read.properties;
    const { __provider: __, ...was } = made.properties;
    assert.deepEqual(seen, was);
    assert.equal((await next(made, "b1", where)).changes, "none");
    assert.equal(said().includes(on.ceph.cluster.auth["client.b1"]!.key), false);
    await remove(made);
    assert.deepEqual([folder("/ceph/clients"), on.ceph.cluster.auth["client.b1"]], [{}, undefined]);
  });

  it("is written again where the key is another one, or the store has lost it; what somebody has changed there stays", async () => {
    const made = await create("b2", to("B2"));
    on.ceph.cluster.auth["client.b2"]!.key = secretValue("a key that was made anew");
    on.lab.plugin.engine.messages.length = 0;
    // it may be somebody else's by now, and is not deleted before it was looked at
    await assert.rejects(
      remove(made),
      /not removed, nothing was touched: it has another key than this resource has made/,
    );
    const turned = await next(made, "b2", to("B2"));
    assert.match(said(), /its key is another one by now: the keyring is written there/);
    assert.equal(held("B2")?.value, keyring("b2"));
    noKey("b2", turned);
    delete folder()["B2"];
    const again = await next(turned, "b2", to("B2"));
    assert.equal(held("B2")?.value, keyring("b2"));
    folder()["B2"] = foreign;
    on.lab.plugin.engine.messages.length = 0;
    assert.equal((await next(again, "b2", to("B2"))).changes, "none");
    assert.match(said(), /secret B2: somebody has changed it since this stack wrote it; nothing was written/);
    on.ceph.cluster.auth["client.b2"]!.key = secretValue("a key that was made anew once more");
    await assert.rejects(next(again, "b2", to("B2")), /secret B2: somebody has changed it since this stack wrote it/);
    assert.equal(folder()["B2"], foreign);
    const taken = await next(again, "b2", to("B2", { adopt: true }));
    assert.equal(held("B2")?.value, keyring("b2"));
    folder()["B2"] = foreign;
    on.lab.plugin.engine.messages.length = 0;
    await remove(taken);
    assert.deepEqual([folder()["B2"], on.ceph.cluster.auth["client.b2"]], [foreign, undefined]);
    assert.match(said(), /B2 stays in Infisical: somebody has changed its value since/);
  });

  it("takes no place that is somebody else's; refused there, the client is recorded without its key, and the next run goes on", async () => {
    folder()["THEIRS"] = foreign;
    const problems = await on.preview("CephClient", "b3", args(to("THEIRS")));
    assert.match(problems.join(), /writeTo\.secretName: a secret of this name is there already/);
    const inputs = on.lab.inputs("CephClient", "b3", { name: "b3", ...args(to("THEIRS")) });
    const failure = await on.lab.plugin.create("CephClient", inputs).then(
      () => assert.fail("it was written"),
      (error: Error & { partial?: { id: string; properties: Properties; reasons: string[] } }) => error,
    );
    assert.match(failure.message + failure.partial!.reasons.join(), /a secret of this name is there already/);
    assert.equal(folder()["THEIRS"], foreign);
    noKey("b3", failure.partial!);
    delete folder()["THEIRS"];
    const { id, properties } = failure.partial!;
    // it may also go again: that it is this key is known
    const other = { ...properties, __storedHash: "another" };
    await assert.rejects(
      on.lab.plugin.delete("CephClient", id, other),
      /it has another key than this resource has made/,
    );
    const made = await next({ id, properties, inputs }, "b3", to("THEIRS"));
    assert.equal(held("THEIRS")?.value, keyring("b3"));
    await remove(made);
  });

  it("goes to the store and back into the state, as the program says: always the same key", async () => {
    const made = await create("b4", {});
    const key = made.properties["key"];
    assert.equal(made.properties["keyring"], keyring("b4"));
    const stored = await next(made, "b4", to("B4"));
    noKey("b4", stored);
    assert.equal(held("B4")?.value, keyring("b4"));
    const back = await next(stored, "b4", {});
    assert.deepEqual([back.properties["key"], back.properties["reference"]], [key, undefined]);
    assert.equal((await next(back, "b4", {})).changes, "none");
    await remove(back);
    assert.equal(on.ceph.cluster.auth["client.b4"], undefined);
  });

  it("killed when it was written, the next run takes up what is there", async () => {
    let writes = 0;
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("create")) writes++;
    };
    const first = await create("b5", to("B5"));
    // nothing was recorded of the first
    const second = await create("b5", to("B5"));
    assert.deepEqual([writes, held("B5")?.value], [1, keyring("b5")]);
    await remove(second);
    assert.equal(first.id, second.id);
    assert.deepEqual([folder()["B5"], on.ceph.cluster.auth["client.b5"]], [undefined, undefined]);
  });
});

import assert from "node:assert/strict";
import { InfisicalStub } from "../../support/infisical";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { registerSecret, secretValue } from "../../support/secret-values";

const project = "b7c9-project";
const foreign = secretValue("what somebody has put in place of a password");

describe("a password that is generated and written to Infisical, through Pulumi's plugin", function () {
  let stub: InfisicalStub;
  let lab: Lab;
  /** The same stack with the password of root@pam, who alone may set passwords. */
  let root: Lab;
  const runs: Lab[] = [];
  const config = () => stub.config(project);
  const asRoot = () => ({ ...config(), "proxmox:username": "root@pam", "proxmox:password": lab.sim.password });
  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    lab = await Lab.start({}, config(), stub.credentials);
    root = await Lab.on(lab.sim, asRoot(), lab.stackId, stub.credentials);
  });
  afterEach(async () => {
    stub.onRequest = () => undefined;
    for (const each of runs.splice(0)) await each.close();
    for (const name of Object.keys(folder())) delete folder()[name];
  });
  after(async () => {
    await root.close();
    await lab.close();
    await stub.close();
  });

  const folder = () => stub.projects[project]?.["prod"]?.["/"] ?? {};
  const access = () => {
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster);
    return cluster.access;
  };
  const held = (name: string): string => {
    const there = folder()[name];
    if (typeof there !== "string") return "";
    registerSecret("a generated password", there);
    return there;
  };
  const generated = (secretName: string, more: Properties = {}): Properties => ({
    generatedPassword: { writeTo: { secretName }, ...more },
  });
  type Made = { id: string; properties: Properties; inputs: Properties };
  const create = (name: string, args: Properties, on = lab): Promise<Made> => on.create("User", name, args);
  async function next(made: Made, name: string, args: Properties, on = root) {
    const { inputs, failures } = await on.plugin.check("User", made.inputs, lab.inputs("User", name, args));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    const diff = await on.plugin.diff("User", made.id, made.properties, inputs);
    if (diff.changes !== "some") return { ...made, inputs, diff };
    const { properties } = await on.plugin.update("User", made.id, made.properties, inputs);
    return { id: made.id, properties, inputs, diff };
  }
  const remove = ({ id, properties }: Made) => lab.plugin.delete("User", id, properties);
  const passwordsSet = () => lab.sim.requests.filter(({ path }) => path === "/access/password").length;

  it("is in the store before the user has it, and nowhere else; both go with the resource", async () => {
    const made = await create("ann@pve", generated("ANN", { length: 40, symbols: true }));
    assert.equal(held("ANN").length, 40);
    assert.equal(access().passwords["ann@pve"], held("ANN"));
    assert.ok(!JSON.stringify(made).includes(held("ANN")), "the state holds the password");
    assert.equal((made.properties["reference"] as Properties)["secretRef"], "ANN");
    const told = root.plugin.engine.messages.concat(lab.plugin.engine.messages);
    assert.ok(!told.some(({ message }) => message.includes(held("ANN"))));
    // Made by the stack's token alone, which may set no password of a user who is there.
    const same = await next(made, "ann@pve", generated("ANN", { length: 40, symbols: true }), lab);
    assert.equal(same.diff.changes, "none");
    const read = await lab.plugin.read("User", made.id, made.properties);
    assert.deepEqual(read.properties, made.properties);
    const commented = await next(
      made,
      "ann@pve",
      { ...generated("ANN", { length: 40, symbols: true }), comment: "x" },
      lab,
    );
    assert.equal(access().passwords["ann@pve"], held("ANN"));
    await remove(commented);
    assert.deepEqual([access().users["ann@pve"], folder()], [undefined, {}]);
  });

  it("is another one with a new trigger, set by root@pam, which the check says without it", async () => {
    const made = await create("bea@pve", generated("BEA", { rotationTrigger: "1" }));
    const first = held("BEA");
    await assert.rejects(
      next(made, "bea@pve", generated("BEA", { rotationTrigger: "2" }), lab),
      /generatedPassword: setting the password of bea@pve, .* is for root@pam with a password alone/,
    );
    assert.deepEqual([held("BEA"), access().passwords["bea@pve"]], [first, first]);
    const turned = await next(made, "bea@pve", generated("BEA", { rotationTrigger: "2" }));
    assert.notEqual(held("BEA"), first);
    assert.equal(access().passwords["bea@pve"], held("BEA"));
    const set = passwordsSet();
    // Another place is no other password.
    const moved = await next(turned, "bea@pve", generated("BEA_NEW", { rotationTrigger: "2" }));
    assert.deepEqual([held("BEA_NEW"), passwordsSet()], [access().passwords["bea@pve"], set]);
    await remove(moved);
    assert.equal(folder()["BEA_NEW"], undefined);
  });

  it("is made anew where the store has lost it; what somebody has written there is not written over", async () => {
    const made = await create("cid@pve", generated("CID"));
    const first = held("CID");
    delete folder()["CID"];
    await assert.rejects(next(made, "cid@pve", generated("CID"), lab));
    assert.deepEqual([folder()["CID"], access().passwords["cid@pve"]], [undefined, first]);
    const killed = await Lab.on(lab.sim, asRoot(), lab.stackId, stub.credentials);
    runs.push(killed);
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("create")) killed.plugin.signal("SIGKILL");
    };
    await assert.rejects(next(made, "cid@pve", generated("CID"), killed));
    stub.onRequest = () => undefined;
    assert.notEqual(held("CID"), "");
    assert.equal(access().passwords["cid@pve"], first);
    const anew = await next(made, "cid@pve", generated("CID"));
    assert.deepEqual([anew.diff.changes, access().passwords["cid@pve"]], ["some", held("CID")]);
    assert.notEqual(held("CID"), first);
    const second = held("CID");
    folder()["CID"] = foreign;
    await assert.rejects(
      next(anew, "cid@pve", generated("CID", { rotationTrigger: "2" })),
      /secret CID: somebody has changed it since this stack wrote it; nothing was written/,
    );
    assert.deepEqual([folder()["CID"], access().passwords["cid@pve"]], [foreign, second]);
    await remove(anew);
    assert.deepEqual([access().users["cid@pve"], folder()["CID"]], [undefined, foreign]);
  });

  it("killed between the store and Proxmox, the next run sets what the store has", async () => {
    const killed = await Lab.on(lab.sim, asRoot(), lab.stackId, stub.credentials);
    const first = await Lab.on(lab.sim, config(), lab.stackId, stub.credentials);
    runs.push(killed, first);
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("create")) first.plugin.signal("SIGKILL");
    };
    await assert.rejects(create("dot@pve", generated("DOT"), first));
    stub.onRequest = () => undefined;
    assert.equal(access().users["dot@pve"], undefined);
    const left = held("DOT");
    assert.notEqual(left, "");
    const made = await create("dot@pve", generated("DOT"));
    assert.deepEqual([held("DOT"), access().passwords["dot@pve"]], [left, left]);
    const turn = generated("DOT", { rotationTrigger: "2" });
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("update")) killed.plugin.signal("SIGKILL");
    };
    await assert.rejects(next(made, "dot@pve", turn, killed));
    stub.onRequest = () => undefined;
    const written = held("DOT");
    assert.notEqual(written, left);
    assert.equal(access().passwords["dot@pve"], left);
    const turned = await next(made, "dot@pve", turn);
    assert.deepEqual([held("DOT"), access().passwords["dot@pve"]], [written, written]);
    await remove(turned);
    assert.deepEqual(folder(), {});
  });

  it("is set for a user who is taken over, gives way to one that is written, and is refused where it cannot be", async () => {
    access().users["eve@pve"] = { enable: 1, expire: 0, tokens: {} };
    const made = await create("eve@pve", { ...generated("EVE"), adopt: true }, root);
    assert.equal(access().passwords["eve@pve"], held("EVE"));
    const silent = await next(made, "eve@pve", { adopt: true });
    // The password still works, and is nowhere but there.
    assert.equal(access().passwords["eve@pve"], held("EVE"));
    const again = await next(silent, "eve@pve", { ...generated("EVE"), adopt: true });
    assert.equal(access().passwords["eve@pve"], held("EVE"));
    await remove(again);
    assert.deepEqual(folder(), {});
    const problems = async (args: Properties) => (await lab.problems("User", args)).join("\n");
    const place = generated("X");
    assert.match(
      await problems({ userId: "x@pam", ...place }),
      /generatedPassword: the password of a user of the realm pam/,
    );
    assert.match(
      await problems({ userId: "x@pve", password: foreign, ...place }),
      /generatedPassword: a password is written already/,
    );
    assert.match(
      await problems({ userId: "x@pve", ...generated("X", { length: 8 }) }),
      /generatedPassword\.length: write at least 12/,
    );
    folder()["X"] = foreign;
    assert.match(
      await problems({ userId: "x@pve", ...place }),
      /generatedPassword\.writeTo\.secretName: a secret of this name is there already/,
    );
  });

  it("is not written for a user who is there already", async () => {
    access().users["fay@pve"] = { enable: 1, expire: 0, tokens: {} };
    await assert.rejects(
      lab.plugin.create("User", lab.inputs("User", "fay@pve", { userId: "fay@pve", ...generated("FAY") })),
      /user fay@pve exists already/,
    );
    assert.deepEqual(folder(), {});
  });
});

import assert from "node:assert/strict";
import fs, { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startSimulator, type Simulator } from "../../../simulator";
import { InfisicalStub } from "../../support/infisical";
import { Lab, labWorld, sshConfig } from "../../support/lab";
import { withoutCluster } from "../../support/learnt-cluster";
import type { Properties } from "../../support/plugin";

interface Written {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** What the engine has written of a stack of that day, a `TerraformUser` among it; its secrets are of that stack alone. */
const written = JSON.parse(readFileSync(path.resolve("test/fixtures/states/2026-11-30.json"), "utf8")) as Record<
  string,
  Written
>;

/** What is drawn or counted anew for each object, and so is that of the object which is there now. */
const drawn: Readonly<Record<string, readonly string[]>> = {
  ApiToken: ["__made", "__secretId", "madeAt"],
  InfisicalSecret: ["__hash", "__instance", "__key", "__secretId"],
  SystemUser: ["__made"],
};

describe("a state of users, keys and written secrets, that earlier code has written", function () {
  let lab: Lab;
  let stub: InfisicalStub;
  const made: { kind: string; id: string; state: Properties }[] = [];

  before(async () => {
    const world = labWorld();
    world.nodes["pve1"]!.packages = { installed: { sudo: "1.9.16p2-3" } };
    const project = String((written["InfisicalSecret"]?.state["reference"] as Properties)["projectId"]);
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
    const stackId = String(written["SystemUser"]?.state["__stack"]);
    lab = await Lab.on(
      await startSimulator({ seed: world }),
      (sim) => ({ ...sshConfig(sim), ...stub.config(project) }),
      stackId,
      stub.credentials,
    );
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
    await stub.close();
  });

  for (const [kind, { id, inputs, state }] of Object.entries(written))
    it(`is read without a difference, and nothing is done for it: ${kind}`, async () => {
      // A key pair is in its state alone.
      const now = kind === "SshKey" ? state : (await create(kind, id, inputs)).properties;
      const old = { ...state, ...Object.fromEntries((drawn[kind] ?? []).map((key) => [key, now[key]])) };
      made.push({ kind, id, state: old });
      const from = lab.sim.requests.length;
      const ssh = lab.sim.sshRecords.length;
      const { inputs: checked, failures } = await lab.plugin.check(kind, inputs, inputs);
      assert.deepEqual(failures, []);
      assert.equal((await lab.plugin.diff(kind, id, old, checked)).changes, "none");
      const read = withoutCluster(kind, (await lab.plugin.read(kind, id, old)).properties, lab.sim);
      assert.deepEqual(read, old);
      assert.deepEqual(
        lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
        [],
      );
      const changes = / (?:useradd|usermod|userdel|gpasswd|tee|mv|rm|install) /;
      assert.deepEqual(
        lab.sim.sshRecords.slice(ssh).filter(({ what }) => changes.test(what)),
        [],
      );
    });

  it("deletes what it tells of", async () => {
    for (const { kind, id, state } of made.reverse()) {
      await lab.plugin.delete(kind, id, state);
      if (kind !== "SshKey") assert.equal((await lab.plugin.read(kind, id, state)).id, "", kind);
    }
    assert.deepEqual(Object.values(Object.values(stub.projects)[0]?.["prod"] ?? {}), [{}]);
  });

  async function create(kind: string, id: string, inputs: Properties) {
    const { inputs: checked, failures } = await lab.plugin.check(kind, {}, inputs);
    assert.deepEqual(failures, []);
    const there = await lab.plugin.create(kind, checked);
    assert.equal(there.id, id);
    return there;
  }
});

/** One resource as the code of that day has written it, with its files. */
interface Stored extends Written {
  readonly kind: string;
  /** Contents by name, and where links lead to. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
}

describe("a state of files, realms and what stands in the store instead, that earlier code has written", function () {
  /** The home directory of whoever has made them. */
  const then = "/home/ann";
  const text = readFileSync(path.resolve("test/fixtures/states/2026-11-29-stored.json"), "utf8");
  /** Of a key pair that was made anew here; and what is drawn for each object, or counted. */
  const drawnAnew: Readonly<Record<string, readonly string[]>> = {
    ApiToken: ["__made", "__secretId", "madeAt", "rotatesAt"],
    SshKey: ["__secretId", "__storedInstance", "__storedHash", "__storedKey", "fingerprint", "publicKey"],
    User: ["__secretId", "__storedInstance", "__storedHash", "__storedKey"],
  };
  const home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "old-states-"));
  const all = JSON.parse(text.replaceAll(then, home)) as readonly Stored[];
  const project = String((all.find(({ kind }) => kind === "SshKey")?.state["reference"] as Properties)["projectId"]);
  let lab: Lab;
  let stub: InfisicalStub;
  const made: { kind: string; id: string; state: Properties }[] = [];
  const folders = () => stub.projects[project]?.["prod"] ?? {};

  before(async () => {
    stub = await InfisicalStub.start({
      projects: { [project]: { prod: { "/": { TF_TOKEN: "11111111-2222-4333-8444-555555555555" } } } },
    });
    const env = { ...stub.credentials, HOME: home, LDAP_PASSWORD: "only-for-a-fixture" };
    const config = (sim: Simulator) => ({ ...sshConfig(sim), ...stub.config(project) });
    lab = await Lab.on(await startSimulator({ seed: labWorld() }), config, String(all[0]?.state["__stack"]), env);
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
    await stub.close();
    fs.rmSync(home, { recursive: true });
  });

  for (const { kind, id, inputs, state, files, links } of all)
    it(`is read without a difference, and nothing is done for it: ${id.replace(home, "~")}`, async () => {
      const { inputs: wanted, failures: refused } = await lab.plugin.check(kind, {}, inputs);
      assert.deepEqual(refused, []);
      let old: Properties = state;
      let name = id;
      if (files) {
        const folder = path.dirname(id);
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const [file, content] of Object.entries(files))
          fs.writeFileSync(path.join(folder, file), content, { mode: 0o600 });
        for (const [link, to] of Object.entries(links ?? {})) fs.symlinkSync(to, path.join(folder, link));
      } else {
        const there = await lab.plugin.create(kind, wanted);
        if (kind === "SshKey") name = there.id;
        assert.equal(there.id, name);
        const anew = (drawnAnew[kind] ?? []).map((key) => {
          assert.notEqual(there.properties[key], undefined, key);
          return [key, there.properties[key]] as const;
        });
        old = { ...state, ...Object.fromEntries(anew) };
        assert.deepEqual(Object.keys(old).sort(), Object.keys(state).sort());
      }
      made.push({ kind, id: name, state: old });
      const from = lab.sim.requests.length;
      const stored = JSON.stringify(folders());
      const { inputs: checked, failures } = await lab.plugin.check(kind, inputs, inputs);
      assert.deepEqual(failures, []);
      assert.equal((await lab.plugin.diff(kind, name, old, checked)).changes, "none");
      const read = withoutCluster(kind, (await lab.plugin.read(kind, name, old)).properties, lab.sim);
      assert.deepEqual(read, old);
      assert.deepEqual(
        lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
        [],
      );
      assert.equal(JSON.stringify(folders()), stored);
    });

  it("deletes what it tells of, and nothing else", async () => {
    for (const { kind, id, state } of made.reverse()) {
      await lab.plugin.delete(kind, id, state);
      // A key pair is in its state alone.
      if (kind !== "SshKey") assert.equal((await lab.plugin.read(kind, id, state)).id, "", `${kind} ${id}`);
    }
    assert.deepEqual(fs.readdirSync(path.join(home, "pve")), []);
    const { "/": root, ...rest } = folders();
    assert.deepEqual(Object.keys(root ?? {}), ["TF_TOKEN"]);
    assert.deepEqual(Object.values(rest), [{}, {}, {}]);
    const { access } = Object.values(lab.sim.world.clusters)[0]!;
    assert.deepEqual([access.users["ann@pve"], Object.keys(access.domains).sort()], [undefined, ["pam", "pve"]]);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { startSimulator } from "../../../simulator";
import { InfisicalStub } from "../../support/infisical";
import { Lab, labWorld, sshConfig } from "../../support/lab";
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
      const { __provider: _, ...read } = (await lab.plugin.read(kind, id, old)).properties;
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

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { unreachedMatrixStack } from "../support/bare-matrix";
import { bareWorld } from "../support/bare-nodes";
import { Publisher } from "../support/publisher";
import { ok } from "../support/results";
import type { TestStack } from "../support/stack";

/**
 * The whole state of the stack matrix with Ceph, as the code of that day has written it, without the engine's notes of times and
 * places in sources. `{mirror}` stands for the mirror of the image.
 */
const stored = path.join(projectRoot, "test", "fixtures", "states", "2026-11-30-matrix.json.gz");

describe("the stack matrix that a release before has left, with the real engine", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let stack: TestStack;
  before(async () => {
    // What its config names is somewhere else: the state and the program alone say what is to be done.
    sim = await startSimulator({ seed: bareWorld() });
    publisher = await Publisher.start(sim.world);
    stack = await unreachedMatrixStack(sim, publisher);
    const file = path.join(stack.folder, "stored.json");
    const text = gunzipSync(fs.readFileSync(stored)).toString("utf8").replaceAll("{mirror}", publisher.origin);
    fs.writeFileSync(file, text);
    ok(await stack.command("stack", "import", "--file", file));
  });
  after(async () => {
    await stack.close();
    await publisher.close();
    await sim.close();
  });

  it("keeps every resource as it is, and gets only what it did not have", async () => {
    const { events } = ok(await stack.preview());
    const steps = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
    const named = (op: (op: string) => boolean): string[] =>
      steps
        .filter(({ op: its, type }) => op(its) && !type.startsWith("pulumi:"))
        .map(({ urn, type }) => `${type.replace(/^.*:/, "")} ${urn.replace(/^.*::/, "")}`)
        .sort();
    const nodes = ["foxtrot", "golf", "hotel"];
    assert.deepEqual(
      named((op) => op === "create"),
      [
        ...nodes.map((node) => `AptRepository ${node}-ceph-enterprise`),
        ...nodes.flatMap((node) => [`SystemPackage ${node}-ceph-modules`, `SystemPackage ${node}-sudo`]),
        ...nodes.map((node) => `SystemUser ${node}-terraform`),
        ...["Acl /:terraform-users:TerraformUser", "ApiToken terraform@pam!automation", "ClusterAccess matrix"],
        ...["Group terraform-users", "Role TerraformUser", "User terraform@pam"],
        ...["CephManagerModule dashboard", "CephManagerModule prometheus", "Vm app-1"],
      ].sort(),
    );
    assert.equal(named((op) => op === "same").length, 65);
    assert.deepEqual(
      named((op) => !["create", "same"].includes(op)),
      [],
    );
    assert.deepEqual([sim.requests, sim.sshRecords], [[], []]);
  });
});

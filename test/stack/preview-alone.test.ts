import assert from "node:assert/strict";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { bareMatrixConfig } from "../support/bare-matrix";
import { bareWorld } from "../support/bare-nodes";
import { debianMirror } from "../support/matrix-stack";
import { nowhere } from "../support/nowhere";
import { Publisher } from "../support/publisher";
import { failed, ok } from "../support/results";
import { TestStack } from "../support/stack";

describe("a preview of the whole matrix in a review that gets no secrets", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let stack: TestStack;
  before(async () => {
    sim = await startSimulator({ seed: bareWorld() });
    publisher = await Publisher.start(sim.world);
    debianMirror(publisher);
    // Nobody is there, and the environment has neither passwords nor a token.
    stack = await TestStack.create({
      ...{ project: projectRoot, stack: "matrix" },
      config: await nowhere(bareMatrixConfig(sim, publisher)),
    });
  });
  after(async () => {
    await stack.close();
    await publisher.close();
    await sim.close();
  });

  it("needs no cluster, and says what it could not know", async () => {
    const { stdout, changeSummary } = ok(await stack.preview());
    assert.deepEqual(Object.keys(changeSummary), ["create"]);
    assert.ok((changeSummary["create"] ?? 0) > 60, JSON.stringify(changeSummary));
    assert.match(
      stdout,
      /checked against the schema only: .* were not looked up, because there are no credentials in this preview: config proxmox:\w+: /,
    );
    assert.deepEqual([sim.requests, sim.sshRecords], [[], []]);
  });

  it("lets nothing be done without them", async () => {
    assert.match(failed(await stack.up()), /config proxmox:\w+: (?:no credentials|a token needs both)/);
    assert.deepEqual([sim.requests, sim.sshRecords], [[], []]);
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { unreachedMatrixStack } from "../support/bare-matrix";
import { bareWorld } from "../support/bare-nodes";
import { Publisher } from "../support/publisher";
import { failed, ok } from "../support/results";
import type { TestStack } from "../support/stack";

describe("a preview of the whole matrix in a review that gets no secrets", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let stack: TestStack;
  before(async () => {
    sim = await startSimulator({ seed: bareWorld() });
    publisher = await Publisher.start(sim.world);
    stack = await unreachedMatrixStack(sim, publisher);
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

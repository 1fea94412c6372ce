import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld } from "../support/lab";
import { counts, ok } from "../support/results";

describe("two clusters in one program, with the real engine", function () {
  let sim: Simulator;
  let other: Simulator;
  let lab: DescribedStack;

  before(async () => {
    [sim, other] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
  });
  after(async () => {
    await lab.stack.close();
    await Promise.all([sim.close(), other.close()]);
  });

  const guests = (where: Simulator) =>
    Object.values(Object.values(where.world.clusters)[0]?.guests ?? {}).map(({ vmid, config }) => [
      vmid,
      config["name"],
    ]);
  const blank = (name: string, provider?: string): Described => ({
    kind: "Vm",
    name,
    args: { vmid: 3001, source: { empty: true }, started: false },
    ...(provider === undefined ? {} : { options: { provider } }),
  });

  it("takes the config of the second as lists and numbers, and keeps its token encrypted", async () => {
    const provider: Described = {
      kind: "Provider",
      name: "lab",
      args: {
        "proxmox:endpoints": other.nodes.map(({ url }) => url),
        "proxmox:fingerprints": other.nodes.map(({ fingerprint }) => fingerprint),
        "proxmox:tokenId": other.token.id,
        "proxmox:tokenSecret": "$OTHER_TOKEN",
        "proxmox:parallelPerNode": 3,
      },
    };
    const resources = [provider, blank("here"), blank("there", "lab")];
    lab = await DescribedStack.create(sim, resources, {}, { OTHER_TOKEN: other.token.secret });
    ok(await lab.stack.preview());
    ok(await lab.stack.up());
    assert.deepEqual(guests(sim), [[3001, "here"]]);
    assert.deepEqual(guests(other), [[3001, "there"]]);
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, {});
    const { same: __, ...drifted } = counts(ok(await lab.stack.refresh()));
    assert.deepEqual(drifted, {});
    assert.ok(!JSON.stringify(await lab.stack.export()).includes(other.token.secret));
  });

  it("deletes from each what it made there", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual([guests(sim), guests(other)], [[], []]);
  });
});

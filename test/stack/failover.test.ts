import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("a node that dies in the middle of an up, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  /** What happens when the n-th clone was asked for. */
  let atClone: { nth: number; act: () => void } | undefined;
  let clones = 0;

  const nodes = ["golf", "hotel"] as const;
  const templates = nodes.flatMap((node): Described[] => [
    { ...debianImage, name: `image-${node}`, args: { ...debianImage.args, node } },
    {
      ...debianTemplate,
      name: `debian-${node}`,
      args: { ...debianTemplate.args, node, imageVolumeId: `@image-${node}.volumeId` },
    },
  ]);
  const vms = (prefix: string, timeouts = {}) =>
    [0, 1, 2, 3].map((index) =>
      vm(`${prefix}-${index}`, {
        source: { clone: { template: `@debian-${nodes[index % 2]}.vmid`, full: true } },
        timeouts,
      }),
    );
  const names = (node: string) =>
    Object.values(guestsOf(sim))
      .filter((guest) => guest.node === node && guest.running && guest.config["lock"] === undefined)
      .map(({ config }) => config["name"] ?? "")
      .sort();
  const turn = (node: string, state: "online" | "off") => {
    const found = sim.world.nodes[node];
    assert.ok(found);
    found.state = state;
  };

  before(async () => {
    sim = await startSimulator({
      ...{ seed: labWorld("matrix"), clock: "auto", speed: 5 },
      onRequest: ({ route }) => {
        if (route !== "POST /nodes/{node}/qemu/{vmid}/clone") return;
        if (++clones === atClone?.nth) atClone.act();
      },
    });
    lab = await DescribedStack.create(sim, templates);
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("is replaced by another endpoint, when it is the one that was asked so far", async () => {
    const from = sim.requests.length;
    let diedAt = 0;
    atClone = {
      nth: clones + 2,
      act: () => {
        diedAt = sim.requests.length;
        turn("foxtrot", "off");
      },
    };
    lab.describe([...templates, ...vms("web")]);
    ok(await lab.stack.up());
    assert.ok(sim.requests.slice(from, diedAt).every(({ node }) => node === "foxtrot"));
    const after = sim.requests.slice(diedAt + 1);
    assert.ok(after.length > 10 && after.every(({ node }) => node !== "foxtrot"));
    assert.deepEqual(
      [names("golf"), names("hotel")],
      [
        ["web-0", "web-2"],
        ["web-1", "web-3"],
      ],
    );
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 10 });
    turn("foxtrot", "online");
  });

  it("holds nobody up who changes nothing on it", async () => {
    turn("hotel", "off");
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 10 });
    turn("hotel", "online");
  });

  it("fails what is to be made on it, and nothing else; when it is back, the next up completes the rest", async () => {
    atClone = { nth: clones + 4, act: () => turn("hotel", "off") };
    lab.describe([...templates, ...vms("web"), ...vms("db", { create: "20s" })]);
    assert.match(failed(await lab.stack.up()), /hotel/);
    assert.deepEqual(names("golf"), ["db-0", "db-2", "web-0", "web-2"]);
    turn("hotel", "online");
    ok(await lab.stack.up());
    assert.deepEqual(names("hotel"), ["db-1", "db-3", "web-1", "web-3"]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 14 });
    assert.equal(Object.keys(guestsOf(sim)).length, 10);
  });
});

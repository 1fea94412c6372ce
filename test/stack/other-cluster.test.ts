import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { identityOf } from "../../providers/kernel/identity/cluster-identity";
import { DescribedStack, type Described } from "../support/described";
import { labWorld, stackConfig } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import type { CommandResult } from "../support/stack";

/** The config of a stack, or of a Provider in it, that leads to another cluster than the one that its resources are in. */
describe("a config that leads to another cluster, with the real engine", function () {
  let sim: Simulator;
  let other: Simulator;
  let lab: DescribedStack;

  const described = (where: Simulator): readonly Described[] => [
    {
      kind: "Provider",
      name: "second",
      args: {
        "proxmox:endpoints": where.nodes.map(({ url }) => url),
        "proxmox:fingerprints": where.nodes.map(({ fingerprint }) => fingerprint),
        "proxmox:tokenId": where.token.id,
        "proxmox:tokenSecret": "$OTHER_TOKEN",
      },
    },
    { kind: "Pool", name: "team", args: {} },
    { kind: "Pool", name: "others", args: {}, options: { provider: "second" } },
    { kind: "Role", name: "Operators", args: { privileges: ["VM.Audit"] } },
    { kind: "Vm", name: "blank", args: { vmid: 3001, source: { empty: true }, started: false } },
    // A deletion leaves it, and asks nobody.
    { kind: "TimeZone", name: "zone", args: { node: "pve1", timeZone: "Europe/Berlin" } },
  ];
  const ids = ["3001", "Operators", "others", "pve1", "team"];

  const leadTo = (where: Simulator, rebuilt = ""): void =>
    lab.describe(described(where), { ...stackConfig(where), "proxmox:rebuilt": rebuilt });
  const resources = async () => {
    const { resources: found = [] } = await lab.stack.export();
    return found.filter(({ type }) => /proxmox:(?!StackIdentity)/.test(type));
  };
  const kept = async (): Promise<string[]> => (await resources()).map(({ id }) => id ?? "").sort();
  const clusters = async (): Promise<unknown[]> => [
    ...new Set((await resources()).map(({ outputs }) => outputs?.["__cluster"])),
  ];
  const identity = (of: Simulator): string => identityOf(of.ca);
  const unchanged = (result: CommandResult): void => {
    const { same: _, ...changed } = counts(ok(result));
    assert.deepEqual(changed, {});
  };

  before(async () => {
    [sim, other] = await Promise.all([startSimulator({ seed: labWorld() }), startSimulator({ seed: labWorld() })]);
    // Both have it, so that only addresses and certificates change.
    assert.equal(sim.token.secret, other.token.secret);
    lab = await DescribedStack.create(sim, described(sim), {}, { OTHER_TOKEN: sim.token.secret });
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await Promise.all([sim.close(), other.close()]);
  });

  it("leaves a state that knows no cluster without a difference, and a refresh adds it", async () => {
    assert.deepEqual(await clusters(), [identity(sim)]);
    const file = path.join(lab.stack.folder, "project", "earlier.json");
    ok(await lab.stack.command("stack", "export", "--file", file));
    const earlier = fs.readFileSync(file, "utf8").replace(/"__cluster": "[^"]*",?\s*/g, "");
    fs.writeFileSync(file, earlier);
    ok(await lab.stack.command("stack", "import", "--file", file));
    assert.deepEqual(await clusters(), [undefined]);
    unchanged(await lab.stack.preview("--refresh"));
    unchanged(await lab.stack.up());
    assert.deepEqual(await clusters(), [undefined]);
    unchanged(await lab.stack.refresh());
    assert.deepEqual(await clusters(), [identity(sim)]);
  });

  it("is refused by every command, and nothing leaves the state", async () => {
    leadTo(other);
    const commands: readonly [string, () => Promise<CommandResult>][] = [
      ["preview", () => lab.stack.preview()],
      ["preview --refresh", () => lab.stack.preview("--refresh")],
      ["up", () => lab.stack.up()],
      ["up --refresh", () => lab.stack.up("--refresh")],
      ["refresh --run-program", () => lab.stack.refresh("--run-program")],
      // The refused up has left the config in the state.
      ["refresh", () => lab.stack.refresh()],
      ["destroy", () => lab.stack.destroy()],
    ];
    for (const [what, run] of commands) {
      const said = failed(await run());
      assert.match(said, /another cluster answers than the one that this resource is in/, what);
      assert.ok(said.includes(identity(sim)) && said.includes(identity(other)), what);
      assert.deepEqual(await kept(), ids, what);
      assert.deepEqual(await clusters(), [identity(sim)], what);
    }
    const written = other.requests.filter(({ method }) => method !== "GET");
    assert.deepEqual(written, []);
  });

  it("and changes nothing when it is put back", async () => {
    leadTo(sim);
    const { same: _, ...changed } = counts(ok(await lab.stack.up()));
    assert.deepEqual(changed, { update: 1 }, "the Provider's config alone");
    unchanged(await lab.stack.refresh());
    assert.deepEqual(await kept(), ids);
  });

  it("is taken where it says that the cluster was made anew: what is not there is made there", async () => {
    leadTo(other, `${identity(sim)}=${identity(other)}`);
    ok(await lab.stack.refresh("--run-program"));
    // The zone of a node is always there.
    assert.deepEqual(await kept(), ["pve1"]);
    ok(await lab.stack.up());
    assert.deepEqual(await kept(), ids);
    assert.deepEqual(await clusters(), [identity(other)]);
    // It is needed no more.
    leadTo(other);
    ok(await lab.stack.up());
    unchanged(await lab.stack.up());
    leadTo(sim);
    assert.match(failed(await lab.stack.preview()), /another cluster answers/);
    leadTo(other);
    ok(await lab.stack.destroy());
    const [cluster] = Object.values(other.world.clusters);
    assert.deepEqual([Object.keys(cluster?.guests ?? {}), Object.keys(cluster?.pools ?? {})], [[], []]);
  });
});

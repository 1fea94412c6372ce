import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { eventually } from "../support/eventually";
import { sshConfig, testWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("the network of a bare node, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const bridge = (name: string, args: Record<string, unknown>, options = {}): Described => ({
    ...{ kind: "Bridge", name: `foxtrot-${name}`, args: { node: "foxtrot", name, ...args }, options },
  });
  const management = (args: Record<string, unknown> = {}) =>
    bridge(
      "vmbr0",
      { adopt: true, ports: ["enp4s0"], address: "192.168.3.5/24", gateway: "192.168.3.1", ...args },
      { retainOnDelete: true },
    );
  const program = (mgmt = management({ vlanAware: true, vlanIds: [9] })): Described[] => [
    mgmt,
    { kind: "NetworkPort", name: "foxtrot-10g", args: { node: "foxtrot", name: "enp5s0f0np0", mtu: 9000 } },
    bridge("vmbr1", { ports: ["enp5s0f0np0"], address: "192.168.5.5/24", mtu: 9000 }),
    {
      kind: "Vlan",
      name: "foxtrot-ring",
      args: { node: "foxtrot", name: "vlan9", parent: "vmbr0", vlanId: 9, address: "192.168.8.5/24" },
    },
  ];

  before(async () => {
    sim = await startSimulator({ seed: testWorld("matrix:bare") });
    const config = { ...sshConfig(sim), "proxmox:endpoints": [sim.nodes[0]!.url] };
    lab = await DescribedStack.create(sim, [management()], config);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const network = () => sim.world.nodes["foxtrot"]!.network;
  const reloads = () =>
    sim.requests.filter(({ method, path }) => method === "PUT" && path.endsWith("/nodes/foxtrot/network")).length;

  it("adopts the installer's bridge without a change", async () => {
    const before = network().interfaces;
    assert.match(ok(await lab.stack.preview()).stdout, /bridge vmbr0 of foxtrot is as described/);
    ok(await lab.stack.up());
    assert.deepEqual([network().interfaces, reloads()], [before, 0]);
  });

  it("shows the reload in the preview, and makes all of it with one; then there is nothing to change", async () => {
    lab.describe(program());
    const { stdout } = ok(await lab.stack.preview());
    assert.match(stdout, /foxtrot-vmbr0 .*reload: vlanAware, vlanIds/);
    assert.match(stdout, /bridge vmbr1 of foxtrot; reload: its network, once for all changes/);
    assert.equal(reloads(), 0);
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 3, same: 2, update: 1 });
    assert.equal(reloads(), 1);
    assert.equal(network().running, network().interfaces);
    for (const result of [await lab.stack.up(), await lab.stack.refresh(), await lab.stack.up()])
      assert.deepEqual(counts(ok(result)), { same: 6 });
    assert.equal(reloads(), 1);
  });

  it("is what it was after a change that would have cut it off, and so says the state", async () => {
    const before = network().interfaces;
    lab.describe(program(management({ vlanAware: true, vlanIds: [9], address: "192.168.3.6/24" })));
    const text = failed(await lab.stack.up());
    assert.match(text, /the network of foxtrot is as it was before, because .*(?:does|did) not answer/);
    assert.match(text, /\+\s+address 192\.168\.3\.6\/24/);
    assert.deepEqual([network().interfaces, network().running], [before, before]);
    lab.describe(program());
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 6 });
  });

  it("comes back although the engine, its language host and the plugin were killed right after the reload", async () => {
    const before = network().interfaces;
    lab.describe([...program(), bridge("vmbr2", { ports: ["enp5s0f1np1"] })]);
    const made = reloads();
    const running = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("the reload", () => reloads() > made && network().interfaces !== before);
    for (const { pid } of lab.stack.processes()) process.kill(pid, "SIGKILL");
    await running.done;
    sim.clock.advance(70_000);
    assert.deepEqual([network().interfaces, network().running], [before, before]);
    ok(await lab.stack.cancel());
    ok(await lab.stack.up());
    assert.match(network().running ?? "", /iface vmbr2 /);
  });

  it("has a bond under a bridge, which comes up with both of its cards and is at rest", async () => {
    const bond: Described = {
      kind: "Bond",
      name: "foxtrot-bond0",
      args: {
        ...{ node: "foxtrot", name: "bond0", ports: ["enp3s0", "enp5s0f1np1"] },
        ...{ mode: "active-backup", primary: "enp5s0f1np1" },
      },
    };
    const bonded = [...program(), bond, bridge("vmbr2", { ports: ["bond0"], address: "192.168.7.5/24" })];
    lab.describe(bonded);
    const made = reloads();
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 1, same: 6, update: 1 });
    assert.equal(reloads(), made + 1);
    assert.equal(network().running, network().interfaces);
    assert.match(
      network().interfaces,
      /iface bond0 inet manual\n\tbond-slaves enp3s0 enp5s0f1np1\n\tbond-miimon 100\n\tbond-mode active-backup\n\tbond-primary enp5s0f1np1\n/,
    );
    assert.match(network().interfaces, /iface vmbr2 [^#]*bridge-ports bond0\n/);
    for (const result of [await lab.stack.up(), await lab.stack.refresh()])
      assert.deepEqual(counts(ok(result)), { same: 8 });
    assert.equal(reloads(), made + 1);
    lab.describe([
      ...program(),
      { ...bond, args: { ...bond.args, mode: "balance-xor", primary: undefined } },
      bonded[5]!,
    ]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 7, update: 1 });
    assert.match(network().running ?? "", /bond-mode balance-xor\n/);
    assert.doesNotMatch(network().running ?? "", /bond-primary/);
  });

  it("is destroyed but for the way to the node", async () => {
    ok(await lab.stack.destroy());
    assert.doesNotMatch(network().interfaces, /vmbr1|vmbr2|bond0|vlan9|mtu/);
    assert.match(network().interfaces, /address 192\.168\.3\.5\/24[^]*source \/etc\/network\/interfaces\.d\/\*/);
    assert.deepEqual(sim.world.nodes["foxtrot"]!.timers ?? {}, {});
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { dhcpGuests, dhcpWorld } from "../support/dhcp-guests";
import { counts, failed, ok } from "../support/results";

describe("the SDN of three nodes with guests, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;

  const zone = (args: Record<string, unknown> = {}): Described => ({
    kind: "SdnZone",
    name: "lab",
    args: { type: "simple", ipam: "pve", dhcp: "dnsmasq", ...args },
  });
  const networks = (args: Record<string, unknown> = {}): Described[] => [
    zone(args),
    { kind: "SdnVnet", name: "web", args: { zone: "lab", alias: "web servers" } },
    {
      kind: "SdnSubnet",
      name: "net",
      args: {
        ...{ vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true },
        dhcpRanges: [{ start: "10.80.0.100", end: "10.80.0.199" }],
      },
    },
  ];
  const { template, guests: onWeb } = dhcpGuests("@web.vnetId");
  const guests = onWeb.map((one) => ({ ...one, options: { dependsOn: ["net"] } }));

  before(async () => {
    sim = await startSimulator({ seed: dhcpWorld() });
    lab = await DescribedStack.create(sim, [...networks(), ...template, ...guests]);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const sdn = () => Object.values(sim.world.clusters)[0]?.sdn ?? assert.fail("no SDN");
  const applies = () => sim.requests.filter(({ route }) => route === "PUT /cluster/sdn").length;
  const held = () =>
    Object.entries(sdn().addresses["lab"]?.["10.80.0.0/24"] ?? {})
      .filter(([, entry]) => !entry.gateway)
      .map(([ip]) => ip)
      .sort();
  const bridges = () =>
    Object.values(sim.world.nodes).map(({ network }) => Object.keys(network.sdnRunning?.ifaces ?? {}).join());

  it("comes with one apply; guests get leases, and the address that one of them has is reserved for it", async () => {
    assert.match(ok(await lab.stack.preview()).stdout, /vnet web; reload: the networks of all nodes, once/);
    assert.equal(applies(), 0);
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 10 });
    assert.equal(applies(), 1);
    assert.deepEqual(bridges(), ["web", "web", "web"]);
    const { stdout } = ok(await lab.stack.command("stack", "output", "--json"));
    const ips = JSON.parse(stdout) as Record<string, string[]>;
    const leases = [...(ips["web-1"] ?? []), ...(ips["web-2"] ?? [])].sort();
    for (const lease of leases) assert.match(lease, /^10\.80\.0\.1\d\d$/);
    assert.deepEqual([leases.length, ips["web-3"]], [2, ["10.80.0.50"]]);
    assert.deepEqual(held(), [...leases, "10.80.0.50"]);
    assert.equal(sdn().lock, undefined);
  });

  it("has nothing to change in a second up, nor in a refresh", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 10 });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 10 });
    assert.equal(applies(), 1);
  });

  it("tells the node whose reload fails, with everything put back; then the same up converges", async () => {
    sim.simulation.faults.add({
      ...{ task: "srvreload", after: 2, count: 1 },
      effect: { kind: "task-fail", text: "command 'ifreload -a' failed: exit code 1", steps: 2 },
    });
    lab.describe([...networks({ mtu: 1400 }), ...template, ...guests]);
    const output = failed(await lab.stack.up());
    assert.match(output, /mable lacks vnet web \(error web\)\. Everything is as it was before \(zones lab\)/);
    assert.equal(sdn().running?.zones["lab"]?.["mtu"], undefined);
    assert.deepEqual([bridges(), sdn().lock, held().length], [["web", "web", "web"], undefined, 3]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 9, update: 1 });
    assert.equal(sdn().running?.zones["lab"]?.["mtu"], "1400");
  });

  it("goes with one apply, after its guests have given their addresses back", async () => {
    const before = applies();
    ok(await lab.stack.destroy());
    assert.equal(applies(), before + 1);
    assert.deepEqual([sdn().running?.zones, sdn().zones, sdn().lock], [{}, {}, undefined]);
    assert.deepEqual([held(), bridges()], [[], ["", "", ""]]);
  });
});

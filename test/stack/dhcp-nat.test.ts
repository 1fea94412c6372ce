import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { dhcpGuests, dhcpWorld } from "../support/dhcp-guests";
import { guestsOf } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("networks with DHCP and NAT, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;

  const nat = (more: Record<string, unknown> = {}): Described => ({
    kind: "DhcpNat",
    name: "lab",
    args: { networks: { web: { cidr: "10.80.0.0/24" }, ...more } },
  });
  const { template, guests } = dhcpGuests("@lab.bridges.web");

  before(async () => {
    sim = await startSimulator({ seed: dhcpWorld() });
    lab = await DescribedStack.create(sim, [nat(), ...template, ...guests]);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const sdn = () => Object.values(sim.world.clusters)[0]?.sdn ?? assert.fail("no SDN");
  const lines = () => sim.requests.map(({ method, path }) => `${method} ${path}`);
  const applies = () => lines().filter((line) => line === "PUT /cluster/sdn").length;
  const held = (cidr: string) =>
    Object.entries(sdn().addresses["lab"]?.[cidr] ?? {})
      .filter(([, entry]) => !entry.gateway)
      .map(([ip]) => ip)
      .sort();
  const addresses = async (): Promise<Record<string, string[]>> =>
    JSON.parse(ok(await lab.stack.command("stack", "output", "--json")).stdout) as Record<string, string[]>;

  it("come with one reload, before their guests: two with leases, and one with the address that is reserved for it", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 11 });
    assert.equal(applies(), 1);
    assert.ok(lines().lastIndexOf("PUT /cluster/sdn") < lines().findIndex((line) => line.endsWith("/clone")));
    const ips = await addresses();
    const leases = [...(ips["web-1"] ?? []), ...(ips["web-2"] ?? [])].sort();
    // Of the upper half of the network, and each another one.
    for (const lease of leases) assert.match(lease, /^10\.80\.0\.1[2-9]\d$/);
    assert.equal(new Set(leases).size, 2);
    assert.deepEqual(ips["web-3"], ["10.80.0.50"]);
    assert.deepEqual(held("10.80.0.0/24"), [...leases, "10.80.0.50"]);
    for (const { network } of Object.values(sim.world.nodes)) {
      assert.deepEqual(network.sdnRunning?.dhcp, ["web"]);
      const web = network.sdnRunning?.ifaces["web"]?.join("\n") ?? "";
      assert.match(web, /^address 10\.80\.0\.1\/24$/m);
      assert.match(web, /POSTROUTING -s '10\.80\.0\.0\/24' -o vmbr0 -j SNAT/);
    }
  });

  it("have nothing to change in a second up, nor in a refresh, and show what somebody has changed", async () => {
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 11 });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 11 });
    for (const config of [sdn(), sdn().running])
      Object.assign(config?.subnets["lab-10.80.0.0-24"] ?? {}, { snat: "0" });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 10, update: 1 });
    assert.match(ok(await lab.stack.preview()).stdout, /reload: snat/);
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 10, update: 1 });
    assert.equal(sdn().running?.subnets["lab-10.80.0.0-24"]?.["snat"], "1");
  });

  it("get another network beside the first, and lose it, without touching a guest", async () => {
    const before = { applies: applies(), guests: structuredClone(Object.keys(guestsOf(sim))) };
    lab.describe([nat({ db: { cidr: "10.81.0.0/24", alias: "databases" } }), ...template, ...guests]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { create: 2, same: 11 });
    assert.deepEqual(Object.keys(sdn().running?.vnets ?? {}).sort(), ["db", "web"]);
    lab.describe([nat(), ...template, ...guests]);
    assert.deepEqual(counts(ok(await lab.stack.up())), { delete: 2, same: 11 });
    assert.deepEqual([applies(), Object.keys(guestsOf(sim))], [before.applies + 2, before.guests]);
    assert.deepEqual(held("10.80.0.0/24").length, 3);
  });

  it("are refused in the preview as a whole when a network of them overlaps another", async () => {
    lab.describe([nat({ db: { cidr: "10.80.0.0/16" } }), ...template, ...guests]);
    assert.match(
      failed(await lab.stack.preview()),
      /networks\.(?:db|web)\.cidr: 10\.80\.0\.0\/\d+ overlaps 10\.80\.0\.0\/\d+ of/,
    );
    lab.describe([nat(), ...template, ...guests]);
  });

  it("go with one reload, after their guests", async () => {
    const before = applies();
    ok(await lab.stack.destroy());
    assert.equal(applies(), before + 1);
    assert.deepEqual([sdn().running?.zones, sdn().running?.vnets, sdn().lock], [{}, {}, undefined]);
    const removed = lines().findLastIndex((line) => /^DELETE \/nodes\/[^/]+\/qemu\/\d+/.test(line));
    assert.ok(removed > 0 && removed < lines().lastIndexOf("PUT /cluster/sdn"));
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { readMark } from "../../providers/vm/config/mark-line";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { dhcpGuests, dhcpWorld } from "../support/dhcp-guests";
import { guestsOf, sshConfig, stackConfig, testWorld } from "../support/lab";
import { signal } from "../support/processes";
import { counts, ok } from "../support/results";
import { sampled } from "../support/sample";
import { removeTornSidecar } from "../support/torn-state";

/** A stack whose `up` is killed at the n-th answer to a request of a kind, with its language host and its plugin. */
class KilledStack {
  private constructor(
    private readonly lab: DescribedStack,
    private readonly world: World,
  ) {}

  /** What is described is there before each run. */
  static async create(seed: World, resources: readonly Described[]): Promise<KilledStack> {
    const sim = await startSimulator({ seed });
    try {
      const lab = await DescribedStack.create(sim, resources, sshConfig(sim));
      ok(await lab.stack.up());
      fs.cpSync(path.join(lab.stack.folder, "state"), path.join(lab.stack.folder, "state.base"), { recursive: true });
      return new KilledStack(lab, sim.simulation.save());
    } finally {
      await sim.close();
    }
  }

  close(): Promise<void> {
    return this.lab.stack.close();
  }

  /** Kills the `up` in its midst; two more find everything in order, and the second one nothing to do. */
  async kill(
    resources: readonly Described[],
    route: string,
    nth: number,
    prove: (sim: Simulator) => Promise<void> | void,
  ): Promise<void> {
    const { stack } = this.lab;
    const state = path.join(stack.folder, "state");
    fs.rmSync(state, { recursive: true });
    fs.cpSync(`${state}.base`, state, { recursive: true });
    let strike: () => void = () => undefined;
    let answers = 0;
    const sim = await startSimulator({
      seed: structuredClone(this.world),
      onRequest: (request) => {
        if (request.route === route && ++answers === nth) strike();
      },
    });
    try {
      this.lab.describe(resources, { ...stackConfig(sim), ...sshConfig(sim) });
      const running = stack.start("up", "--yes", "--skip-preview");
      let struck = false;
      strike = () => {
        struck = true;
        running.signal("SIGKILL");
        for (const { pid, role } of stack.processes())
          if (role === "language-host" || role === "plugin") signal(pid, "SIGKILL");
      };
      const { stdout, stderr } = await running.done;
      assert.ok(struck, `the moment never came\n${stdout}${stderr}`);
      removeTornSidecar(state, "described", stack.name);
      ok(await stack.cancel());
      ok(await stack.up());
      assert.deepEqual(Object.keys(counts(ok(await stack.up()))), ["same"]);
      await prove(sim);
      assert.deepEqual(
        sim.sshRecords.filter(({ unbuilt }) => unbuilt),
        [],
      );
    } finally {
      await sim.close();
    }
  }
}

describe("kill -9 of the CLI, its language host and its plugin in an up of SDN with guests", function () {
  let lab: KilledStack;
  const { template, guests: onWeb } = dhcpGuests("@web.vnetId");
  const networks: Described[] = [
    { kind: "SdnZone", name: "lab", args: { type: "simple", ipam: "pve", dhcp: "dnsmasq" } },
    { kind: "SdnVnet", name: "web", args: { zone: "lab" } },
    {
      kind: "SdnSubnet",
      name: "net",
      args: {
        ...{ vnet: "web", cidr: "10.80.0.0/24", gateway: "10.80.0.1", snat: true },
        dhcpRanges: [{ start: "10.80.0.100", end: "10.80.0.199" }],
      },
    },
  ];
  const all = [...networks, ...template, ...onWeb.map((one) => ({ ...one, options: { dependsOn: ["net"] } }))];

  before(async () => {
    lab = await KilledStack.create(dhcpWorld(), template);
  });
  after(() => lab.close());

  /** Applied and nothing else, the lock free, and three guests that run with the addresses that the IPAM has for them. */
  const prove = (sim: Simulator): void => {
    const sdn = Object.values(sim.world.clusters)[0]?.sdn ?? assert.fail("no SDN");
    assert.equal(sdn.lock, undefined);
    assert.deepEqual([Object.keys(sdn.zones), Object.keys(sdn.vnets)], [["lab"], ["web"]]);
    assert.deepEqual(
      [sdn.running?.zones, sdn.running?.vnets, sdn.running?.subnets],
      [sdn.zones, sdn.vnets, sdn.subnets],
    );
    for (const { network } of Object.values(sim.world.nodes))
      assert.deepEqual(Object.keys(network.sdnRunning?.ifaces ?? {}), ["web"]);
    const ours = Object.values(guestsOf(sim)).filter(({ config }) => config["template"] !== "1");
    assert.deepEqual(ours.map(({ config }) => config["name"]).sort(), ["web-1", "web-2", "web-3"]);
    for (const { vmid, config, running } of ours) {
      assert.ok(running, `VM ${vmid} does not run`);
      assert.equal(config["lock"], undefined);
      assert.ok(readMark(config["description"]).mark);
    }
    const held = Object.entries(sdn.addresses["lab"]?.["10.80.0.0/24"] ?? {}).filter(([, { gateway }]) => !gateway);
    const addresses = held.map(([address]) => address).sort();
    assert.equal(addresses.length, 3, addresses.join());
    assert.equal(addresses.filter((address) => /^10\.80\.0\.1\d\d$/.test(address)).length, 2);
    assert.ok(addresses.includes("10.80.0.50"));
    // Each entry is of a card that a guest has, and each guest has one.
    const macs = ours.map(({ config }) => /[0-9A-F:]{17}/i.exec(config["net0"] ?? "")?.[0].toLowerCase());
    assert.deepEqual(held.map(([, { mac }]) => mac?.toLowerCase()).sort(), macs.sort());
  };

  const moments = [
    ["POST /cluster/sdn/zones", 1],
    ["POST /cluster/sdn/lock", 1],
    ["PUT /cluster/sdn", 1],
    ["POST /cluster/sdn/vnets", 1],
    ["POST /cluster/sdn/vnets/{vnet}/subnets", 1],
    ["POST /nodes/{node}/qemu/{vmid}/clone", 2],
    ["PUT /nodes/{node}/qemu/{vmid}/config", 2],
    ["POST /nodes/{node}/qemu/{vmid}/status/start", 1],
    ["POST /nodes/{node}/qemu/{vmid}/status/start", 3],
  ] as const;
  for (const [route, nth] of sampled(moments, 5, 2)) it(`${route} no. ${nth}`, () => lab.kill(all, route, nth, prove));
});

describe("kill -9 of the CLI, its language host and its plugin between two writes of the firewall's rules", function () {
  let lab: KilledStack;
  const place = { datacenter: true };
  const accept = (destinationPort: string) => ({ direction: "in", action: "ACCEPT", protocol: "tcp", destinationPort });
  const rules = (...ports: string[]): Described => ({
    ...{ kind: "FirewallRules", name: "rules", args: { place, rules: ports.map(accept) } },
  });
  const on: Described = {
    ...{ kind: "FirewallOptions", name: "options", args: { place, enable: true } },
    options: { dependsOn: ["rules"] },
  };

  before(async () => {
    lab = await KilledStack.create(testWorld("matrix"), [rules("22,8006", "25"), on]);
  });
  after(() => lab.close());

  const moments = [
    ["POST /cluster/firewall/rules", 1],
    ["POST /cluster/firewall/rules", 2],
    ["PUT /cluster/firewall/rules/{pos}", 1],
    ["DELETE /cluster/firewall/rules/{pos}", 1],
  ] as const;
  for (const [route, nth] of sampled(moments, 4, 1))
    it(`${route} no. ${nth}`, () =>
      lab.kill([rules("22,8006", "443", "80"), on], route, nth, (sim) => {
        const file = Object.values(sim.world.clusters)[0]?.firewallFiles?.["firewall/cluster.fw"] ?? "";
        assert.deepEqual(
          file.match(/^IN .*$/gm),
          ["22,8006", "443", "80"].map((port) => `IN ACCEPT -p tcp -dport ${port}`),
        );
        for (const { timers, ssh } of Object.values(sim.world.nodes)) {
          assert.equal(timers, undefined);
          // Of what was put aside one copy stays, for whoever wrote it.
          const left = Object.keys(ssh?.files ?? {}).filter((name) => /pulumi-proxmox-cluster\/firewall\//.test(name));
          assert.deepEqual(
            left.filter((name) => !/\/firewall\/replaced-[0-9a-f]{12}$/.test(name)),
            [],
          );
        }
      }));
});

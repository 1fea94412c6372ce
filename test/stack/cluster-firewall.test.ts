import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { clientVerdict } from "../../simulator/firewall/packet-verdicts.js";
import { DescribedStack, type Described } from "../support/described";
import { sshConfig, testWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("the firewall of a cluster as one component, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  let client: string;

  const accept = (more: Record<string, unknown>) => ({ direction: "in", action: "ACCEPT", ...more });
  const described = (more: Record<string, unknown> = {}): Described[] => [
    {
      kind: "ClusterFirewall",
      name: "matrix",
      args: {
        nodes: { foxtrot: {}, golf: { firewall: { options: { logLevelIn: "info" } } } },
        firewall: {
          aliases: {
            us: { cidr: client },
            // A part of the nodes' network without the client, which Proxmox lets in by itself otherwise.
            local_network: { cidr: client.replace(/\.\d+$/, ".0/25") },
          },
          ipSets: { management: { entries: [{ cidr: "us" }] } },
          groups: { web: { rules: [accept({ macro: "Web" })] } },
          rules: [accept({ macro: "Ping", source: "+management" }), { group: "web" }],
          options: { enable: true, policyIn: "DROP" },
          node: { rules: [accept({ macro: "SNMP", source: "us", comment: "{{name}}" })] },
          ...more,
        },
      },
    },
  ];

  before(async () => {
    sim = await startSimulator({ seed: testWorld("matrix") });
    client = sim.world.wiring?.client.address.split("/")[0] ?? assert.fail("the world has no client");
    lab = await DescribedStack.create(sim, described(), sshConfig(sim));
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const files = () => Object.values(sim.world.clusters)[0]?.firewallFiles ?? {};
  const cluster = () => files()["firewall/cluster.fw"] ?? "";
  const isReached = () =>
    Object.values(sim.world.nodes).every((node) =>
      [8006, 22].every((port) => clientVerdict(sim.world, node, port) === "accept"),
    );
  const writes = (from: number) =>
    sim.requests
      .slice(from)
      .filter(({ method, path }) => method !== "GET" && path.includes("/firewall/"))
      .map(({ method, path, params }) => `${method} ${path} ${JSON.stringify(params)}`);

  it("comes in one up, the switch after all that lets somebody in, and is at rest then", async () => {
    const from = sim.requests.length;
    const made = ok(await lab.stack.up()).changeSummary["create"];
    const all = writes(from);
    const last = all.findIndex((one) => /^PUT \/cluster\/firewall\/options .*"enable":"?1/.test(one));
    assert.equal(last, all.length - 1, all.join("\n"));
    assert.match(cluster(), /^enable: 1$/m);
    assert.match(cluster(), /^\[IPSET management\]\n+dc\/us|^\[IPSET management\]\n+us/im);
    assert.match(files()["nodes/foxtrot/host.fw"] ?? "", /SNMP.*foxtrot/);
    assert.match(files()["nodes/golf/host.fw"] ?? "", /^log_level_in: info$/m);
    assert.equal(files()["nodes/hotel/host.fw"], undefined);
    assert.ok(isReached());
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: made });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: made });
  });

  it("shuts nobody out unasked: the change is refused in the preview, and nothing was changed", async () => {
    const before = JSON.stringify(files());
    lab.describe(described({ ipSets: { management: { entries: [{ cidr: "192.0.2.7" }] } } }));
    assert.match(failed(await lab.stack.preview()), /shut|reach/i);
    failed(await lab.stack.up());
    assert.equal(JSON.stringify(files()), before);
    lab.describe(described());
    ok(await lab.stack.up());
  });

  it("goes with the switch first, and leaves nothing behind", async () => {
    const from = sim.requests.length;
    ok(await lab.stack.destroy());
    const [first = ""] = writes(from);
    assert.match(first, /^PUT \/cluster\/firewall\/options .*"delete"/);
    assert.doesNotMatch(cluster(), /management|\bweb\b|Ping|enable/);
    assert.ok(isReached());
  });
});

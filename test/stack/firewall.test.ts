import assert from "node:assert/strict";
import { connect, wire, type Connection } from "../../pve";
import { startSimulator, type Simulator } from "../../simulator";
import { clientVerdict } from "../../simulator/firewall/packet-verdicts.js";
import { DescribedStack, type Described } from "../support/described";
import { eventually } from "../support/eventually";
import { sshConfig, testWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";

describe("the firewall of a cluster, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  let others: Connection;
  let client: string;

  const place = { datacenter: true };
  const accept = (more: Record<string, unknown>) => ({ direction: "in", action: "ACCEPT", ...more });
  const described = (rules: Record<string, unknown>[], set = [{ cidr: "@us.alias" }]): Described[] => [
    { kind: "FirewallAlias", name: "us", args: { place, cidr: client } },
    // A part of the nodes' network without the client, which Proxmox lets in by itself otherwise.
    { kind: "FirewallAlias", name: "local_network", args: { place, cidr: client.replace(/\.\d+$/, ".0/25") } },
    { kind: "FirewallIpSet", name: "management", args: { place, entries: set } },
    { kind: "FirewallGroup", name: "web", args: { rules: [accept({ macro: "Web" })] } },
    { kind: "FirewallRules", name: "rules", args: { place, rules } },
    {
      ...{ kind: "FirewallOptions", name: "options", args: { place, enable: true, policyIn: "DROP" } },
      options: { dependsOn: ["management", "rules", "local_network"] },
    },
  ];
  const first = [{ group: "@web.group" }, accept({ macro: "Ping" })];

  before(async () => {
    sim = await startSimulator({ seed: testWorld("matrix") });
    client = sim.world.wiring?.client.address.split("/")[0] ?? assert.fail("the world has no client");
    lab = await DescribedStack.create(sim, [], sshConfig(sim));
    others = connect({
      endpoints: [sim.nodes[0]?.url ?? ""],
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
      tls: { fingerprints: [sim.nodes[0]?.fingerprint ?? ""] },
    });
  });
  after(async () => {
    others.close();
    await lab.stack.close();
    await sim.close();
  });

  const listOf = async (what: string) =>
    wire.list((await others.transport.request("GET", `/cluster/firewall/${what}`)).data);
  const isOn = async () =>
    wire.object((await others.transport.request("GET", "/cluster/firewall/options")).data)["enable"];

  it("is made in one up, at rest in the next one and in a refresh, and changed", async () => {
    lab.describe(described(first));
    ok(await lab.stack.up());
    assert.equal(await isOn(), 1);
    assert.deepEqual(
      (await listOf("rules")).map(({ type, action, enable }) => [type, action, enable]),
      [
        ["group", "web", 1],
        ["in", "ACCEPT", 1],
      ],
    );
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 8 });
    assert.deepEqual(counts(ok(await lab.stack.refresh())), { same: 8 });
    lab.describe(described([...first, accept({ macro: "SSH", comment: "more" })]));
    ok(await lab.stack.up());
    assert.deepEqual(
      (await listOf("rules")).map(({ macro, action }) => macro ?? action),
      ["web", "Ping", "SSH"],
    );
  });

  const isReached = () =>
    Object.values(sim.world.nodes).every((node) =>
      [8006, 22].every((port) => clientVerdict(sim.world, node, port) === "accept"),
    );
  const file = () => Object.values(sim.world.clusters)[0]?.firewallFiles?.["firewall/cluster.fw"] ?? "";
  const wrong = () => {
    const drop = { direction: "in", action: "DROP", protocol: "tcp", destinationPort: "22,8006" };
    const all = described([drop, ...first]);
    return all.map((one) => (one.name === "rules" ? { ...one, args: { ...one.args, lockout: "accept" } } : one));
  };

  it("is what it was after a change that shut this program out and was accepted by mistake", async () => {
    const before = file();
    lab.describe(wrong());
    const said = failed(await lab.stack.up());
    assert.match(said, /guarded: after 60 s the nodes put the old firewall back/);
    assert.match(said, /the firewall is as it was before, because .*does not answer a new connection/);
    assert.equal(file(), before);
    assert.ok(isReached());
  });

  it("comes back within the timer although the engine, its language host and the plugin were killed right after the write", async () => {
    const before = file();
    const running = lab.stack.start("up", "--yes", "--skip-preview");
    await eventually("the write", () => !isReached());
    for (const { pid } of lab.stack.processes()) process.kill(pid, "SIGKILL");
    await running.done;
    assert.notEqual(file(), before);
    sim.clock.advance(61_000);
    assert.equal(file(), before);
    assert.ok(isReached());
    ok(await lab.stack.cancel());
    lab.describe(described([...first, accept({ macro: "SSH", comment: "more" })]));
    assert.deepEqual(counts(ok(await lab.stack.up())), { same: 8 });
  });

  it("is gone after a destroy, which leaves no timer on the nodes", async () => {
    ok(await lab.stack.destroy());
    assert.deepEqual(
      Object.values(sim.world.nodes).flatMap(({ timers }) => Object.keys(timers ?? {})),
      [],
    );
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
    assert.deepEqual(
      [
        (await isOn()) ?? 0,
        await listOf("rules"),
        await listOf("ipset"),
        await listOf("aliases"),
        await listOf("groups"),
      ],
      [0, [], [], [], []],
    );
  });

  it("is refused in the preview when it would shut out this program", async () => {
    lab.describe(described([accept({ macro: "Ping" })], []));
    const out = failed(await lab.stack.preview());
    assert.match(out, /this would shut out: /);
    assert.equal(Number((await isOn()) ?? 0), 0);
  });
});

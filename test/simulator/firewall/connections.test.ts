import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import { isLinkUp } from "../../../simulator/corosync.js";
import { ask } from "../api-client.js";

const cluster = "firewall/cluster.fw";
const on = "[OPTIONS]\n\nenable: 1\n\n";
const cut = `${on}[RULES]\n\nIN ACCEPT -p tcp\nIN DROP -p udp\nOUT DROP -p udp\n\n`;

/** net/netfilter/nf_conntrack_proto_udp.c: what the kernel knows goes on, whatever new rules say. */
describe("links of corosync under a rule that would cut them", () => {
  let sim: Simulator;
  afterEach(() => sim.close());

  const start = async (): Promise<void> => {
    sim = await startSimulator({ seed: "matrix", clock: "manual" });
  };
  const api = async (method: string, path: string, params: Record<string, string> = {}): Promise<void> => {
    const headers = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
    const { status, reason } = await ask(sim.nodes[0]!, method, path, { params, headers });
    assert.equal(status, 200, reason);
  };
  const quorate = (): boolean[] => sim.nodes.map(({ name }) => sim.simulation.isQuorate(sim.simulation.node(name)));
  const rule = (type: string): Record<string, string> => ({
    type,
    action: "DROP",
    proto: "udp",
    enable: "1",
    pos: "0",
  });
  const cutByRules = async (): Promise<void> => {
    await api("POST", "/cluster/firewall/rules", { type: "in", action: "ACCEPT", proto: "tcp", enable: "1" });
    for (const type of ["in", "out"]) await api("POST", "/cluster/firewall/rules", rule(type));
    sim.clock.advance(11_000);
  };
  const switchOn = async (): Promise<void> => {
    await api("PUT", "/cluster/firewall/options", { enable: "1" });
    sim.clock.advance(11_000);
  };

  it("go on while they are established, also through a restart of corosync, and end where a node boots", async () => {
    await start();
    await switchOn();
    await cutByRules();
    assert.deepEqual(quorate(), [true, true, true]);
    await api("POST", "/nodes/golf/services/corosync/restart");
    sim.clock.advance(5_000);
    assert.deepEqual(quorate(), [true, true, true]);
    await api("POST", "/nodes/golf/status", { command: "reboot" });
    sim.clock.advance(60_000);
    assert.deepEqual(quorate(), [true, false, true]);
    await api("POST", "/nodes/hotel/status", { command: "reboot" });
    sim.clock.advance(60_000);
    assert.deepEqual(quorate(), [false, false, false]);
  });

  it("end at once where the firewall is switched on with it: no kernel has tracked anything before", async () => {
    await start();
    await cutByRules();
    assert.deepEqual(quorate(), [true, true, true]);
    await switchOn();
    assert.deepEqual(quorate(), [false, false, false]);
  });

  it("are remembered for two minutes while nothing filters", async () => {
    await start();
    await switchOn();
    for (const [pause, expected] of [
      [60_000, true],
      [130_000, false],
    ] as const) {
      await api("PUT", "/cluster/firewall/options", { enable: "0" });
      sim.clock.advance(11_000);
      assert.deepEqual(quorate(), [true, true, true]);
      const own = Object.values(sim.world.clusters)[0]!;
      own.firewallFiles = { [cluster]: cut.replace("enable: 1", "enable: 0") };
      sim.clock.advance(pause);
      await switchOn();
      assert.deepEqual(quorate(), [expected, expected, expected]);
    }
  });

  it("send from the port of their number: what lets in link 0 does not let in link 1", async () => {
    await start();
    const { corosync } = Object.values(sim.world.clusters)[0]!;
    assert.ok(corosync);
    const last: Record<string, string> = { foxtrot: "5", golf: "6", hotel: "7" };
    for (const [name, { links }] of Object.entries(corosync.nodes)) links["1"] = `192.168.3.${last[name] ?? ""}`;
    const [foxtrot, golf] = ["foxtrot", "golf"].map((name) => sim.simulation.node(name));
    const up = (): boolean[] => ["0", "1"].map((number) => isLinkUp(sim.world, corosync, foxtrot!, golf!, number));
    assert.deepEqual(up(), [true, true]);
    await api("PUT", "/cluster/firewall/options", { enable: "1", policy_out: "DROP" });
    sim.clock.advance(11_000);
    assert.deepEqual(up(), [true, false]);
  });
});

describe("the daemon that filters on a node with the option nftables", () => {
  it("is proxmox-firewall, as soon as pve-firewall has gone out of its way, and back", async () => {
    const sim = await startSimulator({ seed: "matrix", clock: "manual" });
    try {
      const headers = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
      const put = async (path: string, params: Record<string, string>): Promise<void> => {
        const { status, reason } = await ask(sim.nodes[0]!, "PUT", path, { params, headers });
        assert.equal(status, 200, reason);
      };
      const golf = sim.simulation.node("golf");
      const by = (): string => (golf.firewall ? (golf.firewall.by ?? "pve-firewall") : "nobody");
      await put("/cluster/firewall/options", { enable: "1" });
      sim.clock.advance(11_000);
      // Where it is not installed the option means nothing (get_nftables_option).
      await put("/nodes/golf/firewall/options", { nftables: "1" });
      sim.clock.advance(16_000);
      assert.equal(by(), "pve-firewall");
      golf.units = { "proxmox-firewall": { description: "Proxmox nftables firewall", running: true, unit: "enabled" } };
      await put("/nodes/golf/firewall/options", { nftables: "1", ndp: "1" });
      sim.clock.advance(16_000);
      assert.equal(by(), "proxmox-firewall");
      golf.services["proxmox-firewall"] = "dead";
      await put("/nodes/golf/firewall/options", { nftables: "0" });
      sim.clock.advance(16_000);
      assert.equal(by(), "pve-firewall");
    } finally {
      await sim.close();
    }
  });
});

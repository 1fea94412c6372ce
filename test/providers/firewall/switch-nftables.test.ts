import assert from "node:assert/strict";
import type { NodeState } from "../../../simulator/world/world.js";
import { clusterFw, datacenter, letIn as letUsIn, SwitchLab } from "./switch-lab";

// proxmox-firewall lets no migration in by itself.
const open = "[OPTIONS]\n\nenable: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 22,8006,60000:60050\n";
const letIn = { ...letUsIn, destinationPort: "22,8006,60000:60050" };
const hostFw = "nodes/golf/host.fw";
const place = { node: "golf" };

describe("a change of the daemon that filters on a node", function () {
  let lab: SwitchLab;
  afterEach(() => lab.close());

  const start = async (nftables: boolean): Promise<NodeState> => {
    lab = await SwitchLab.start(
      { [clusterFw]: open, ...(nftables ? { [hostFw]: "[OPTIONS]\n\nnftables: 1\n" } : {}) },
      (world) => {
        for (const node of Object.values(world.nodes))
          node.units = {
            "proxmox-firewall": { description: "Proxmox nftables firewall", running: true, unit: "enabled" },
          };
      },
    );
    lab.sim.clock.advance(16_000);
    return lab.sim.simulation.node("golf");
  };
  const by = ({ firewall }: NodeState): string => (firewall ? (firewall.by ?? "pve-firewall") : "nobody");
  /** Who filters when the timers are stopped. */
  const byWhenStopped = (golf: NodeState): { seen?: string } => {
    const found: { seen?: string } = {};
    lab.heard = () => {
      if (Object.keys(golf.ssh?.files ?? {}).some((file) => /\.stopped$/.test(file))) found.seen ??= by(golf);
    };
    return found;
  };

  for (const [nftables, daemon] of [
    [true, "proxmox-firewall"],
    [false, "pve-firewall"],
  ] as const)
    it(`is found in order when ${daemon} filters, and not before`, async () => {
      const golf = await start(!nftables);
      assert.notEqual(by(golf), daemon);
      const found = byWhenStopped(golf);
      await lab.run().create("FirewallOptions", { place, nftables });
      assert.equal(found.seen, daemon);
      assert.match(lab.files[hostFw] ?? "", nftables ? /nftables: 1/ : /nftables: 0/);
      assert.ok(lab.isReached);
      assert.deepEqual(lab.left, []);
    });

  it("goes back to pve-firewall with the option that is taken away", async () => {
    const golf = await start(false);
    const { id, outs } = await lab.run().create("FirewallOptions", { place, nftables: true });
    assert.equal(by(golf), "proxmox-firewall");
    const found = byWhenStopped(golf);
    await lab.run().delete("FirewallOptions", id, outs);
    assert.equal(found.seen, "pve-firewall");
    assert.doesNotMatch(lab.files[hostFw] ?? "", /nftables/);
  });

  it("is not made where the other daemon does not run, and taken back where it never takes over", async () => {
    const golf = await start(false);
    golf.services["proxmox-firewall"] = "dead";
    await assert.rejects(
      lab.run().create("FirewallOptions", { place, nftables: true }),
      /nothing was changed, because proxmox-firewall of golf does not run/,
    );
    delete golf.services["proxmox-firewall"];
    // pve-firewall, which would leave the filtering to it, is stopped by somebody else.
    lab.heard = () => {
      if (/nftables/.test(lab.files[hostFw] ?? "")) golf.services["pve-firewall"] = "dead";
    };
    await assert.rejects(
      lab.run().create("FirewallOptions", { place, nftables: true }),
      /as it was before, because pve-firewall of golf has not left the filtering to proxmox-firewall yet/,
    );
    assert.doesNotMatch(lab.files[hostFw] ?? "", /nftables/);
    assert.deepEqual(lab.left, []);
  });

  it("is waited for by a change of the rules as well, also where the filter is switched on with it", async () => {
    const golf = await start(true);
    assert.equal(by(golf), "proxmox-firewall");
    await lab
      .run()
      .create("FirewallRules", { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] });
    assert.match(golf.firewall?.files[clusterFw] ?? "", /443/);
    assert.deepEqual(lab.left, []);
  });

  it("is started again beside pve-firewall, which tells of pending changes all the time, where a switch has stopped both", async () => {
    const golf = await start(true);
    const rules = [{ direction: "in", action: "DROP", protocol: "tcp", destinationPort: "22,8006" }];
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    const wrong = { place: datacenter, rules, lockout: "accept" };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", wrong), /killed/);
    lab.heard = () => undefined;
    lab.sim.clock.advance(12_000);
    const isolate = (state: "isolated" | "online") => {
      for (const name of ["foxtrot", "hotel"]) lab.sim.simulation.node(name).state = state;
    };
    isolate("isolated");
    lab.sim.clock.advance(100_000);
    // Somebody has ended the timers by hand.
    for (const node of lab.nodes) delete node.timers;
    isolate("online");
    assert.deepEqual([golf.services["pve-firewall"], golf.services["proxmox-firewall"]], ["dead", "dead"]);
    await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    assert.match(lab.said.join("\n"), /was stopped, because .*; it runs again|the old firewall was put back/);
    assert.deepEqual([golf.services["pve-firewall"], golf.services["proxmox-firewall"]], ["running", "running"]);
    assert.ok(lab.isReached);
    assert.deepEqual(lab.left, []);
  });
});

import assert from "node:assert/strict";
import { readFirewalls } from "../../../simulator/firewall/firewall-daemon.js";
import { CephLab } from "../ceph/ceph-lab.js";

/** Ceph between machines whose packet filters let nothing of it through (FACT 8: a machine that is not heard any more). */
describe("simulated Ceph behind the firewall", function () {
  let lab: CephLab;

  beforeEach(async () => {
    lab = await CephLab.start();
    await lab.osds();
  });

  afterEach(() => lab.close());

  const filter = (files: Record<string, string>): void => {
    const { simulation } = lab.sim;
    simulation.clusterOf(simulation.node("foxtrot")).firewallFiles = files;
    readFirewalls(simulation.world, simulation.clock.seconds());
  };
  const on = "[OPTIONS]\nenable: 1\n";

  it("loses the OSDs of a machine that the others cannot reach, and has them back when they can", () => {
    filter({
      "firewall/cluster.fw": `${on}policy_in: ACCEPT\n`,
      "nodes/golf/host.fw": "[RULES]\nIN DROP -p tcp -dport 6800:7300\n",
    });
    lab.wait(5);
    assert.equal(lab.message("OSD_DOWN"), undefined);
    lab.wait(30);
    assert.match(lab.message("OSD_DOWN") ?? "", /osds down/);
    filter({});
    lab.wait(10);
    assert.equal(lab.message("OSD_DOWN"), undefined);
  });

  it("loses a monitor that neither finds the others nor is found", () => {
    const rule = "DROP -p tcp -dport 3300,6789";
    filter({
      "firewall/cluster.fw": `${on}policy_in: ACCEPT\n`,
      "nodes/golf/host.fw": `[RULES]\nIN ${rule}\nOUT ${rule}\n`,
    });
    lab.wait(40);
    assert.match(lab.message("MON_DOWN") ?? "", /1\/3 mons down, quorum foxtrot,hotel/);
  });

  it("keeps a monitor that finds the others, though they do not find it", () => {
    filter({
      "firewall/cluster.fw": `${on}policy_in: ACCEPT\n`,
      "nodes/golf/host.fw": "[RULES]\nIN DROP -p tcp -dport 3300,6789\n",
    });
    lab.wait(40);
    assert.equal(lab.message("MON_DOWN"), undefined);
  });

  it("is let through where the macro Ceph says so", () => {
    filter({ "firewall/cluster.fw": `${on}[RULES]\nIN Ceph(ACCEPT)\n` });
    lab.wait(40);
    assert.equal(lab.message("MON_DOWN"), undefined);
    assert.equal(lab.message("OSD_DOWN"), undefined);
  });

  it("ends everywhere where the firewall is switched on without a rule for it", async () => {
    filter({ "firewall/cluster.fw": on });
    lab.wait(40);
    await lab.refused("GET", "/nodes/foxtrot/ceph/status", {}, "got timeout");
  });
});

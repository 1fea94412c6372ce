import assert from "node:assert/strict";
import { clusterFw, datacenter, letIn, SwitchLab } from "./switch-lab";

const open = "[OPTIONS]\n\nenable: 1\n\n[RULES]\n\nIN ACCEPT -p tcp -dport 22,8006\n";

describe("what the preview says of a change of the firewall", function () {
  let lab: SwitchLab;
  afterEach(() => lab.close());

  const said = async (...args: Parameters<ReturnType<SwitchLab["run"]>["problems"]>): Promise<string> => {
    lab.said.length = 0;
    assert.equal(await lab.run().problems(...args), "");
    return lab.said.join("\n");
  };

  it("is the time after which the nodes put the old one back, with what its requests take", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const rules = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ ...letIn, destinationPort: String(9000 + at) }));
    assert.match(await said("FirewallRules", { place: datacenter, rules: [letIn] }), /guarded: after 60 s/);
    // Three requests for each of 101 rules, of which 50 are free.
    assert.match(
      await said("FirewallRules", { place: datacenter, rules: [letIn, ...rules(100)] }),
      /guarded: after 111 s/,
    );
    assert.match(await said("FirewallGroup", { group: "web", rules: rules(60) }), /guarded: after 86 s/);
  });

  it("is no guard for a node that is not online", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const { outs } = await lab.run().create("FirewallRules", { place: { node: "golf" }, rules: [letIn] });
    lab.sim.simulation.node("golf").state = "off";
    const more = [letIn, { ...letIn, destinationPort: "443" }];
    const words = await said("FirewallRules", { place: { node: "golf" }, rules: more }, outs);
    assert.match(words, /unguarded: golf is not online/);
    assert.doesNotMatch(words, /unless all that answered/);
  });

  it("is that it switches the firewall off, of all or of one node", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const off = /switches the firewall of all nodes and guests off\. guarded: after 60 s/;
    assert.match(await said("FirewallOptions", { place: datacenter, enable: false }), off);
    assert.match(
      await said("FirewallOptions", { place: { node: "golf" }, enable: false }),
      /switches the firewall of golf off\. guarded/,
    );
    assert.doesNotMatch(await said("FirewallOptions", { place: datacenter, enable: true, policyIn: "REJECT" }), /off/);
    await lab.run().create("FirewallOptions", { place: datacenter, enable: false });
    assert.match(lab.files[clusterFw] ?? "", /enable: 0/);
    assert.doesNotMatch(await said("FirewallOptions", { place: { node: "golf" }, enable: false }), /off/);
  });

  it("is nothing of a limit of the log that Proxmox would not take: what it has to be told is written", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const limit = { place: datacenter, logRateLimit: { rate: "5/minute" } };
    const { id, outs } = await lab.run().create("FirewallOptions", limit);
    assert.match(lab.files[clusterFw] ?? "", /^log_ratelimit: enable=1,rate=5\/minute$/m);
    assert.deepEqual(await lab.run().diff("FirewallOptions", id, outs), { changes: false });
    const { props } = await lab.run().read("FirewallOptions", id, outs);
    assert.deepEqual(props["logRateLimit"], outs["logRateLimit"]);
  });
});

import assert from "node:assert/strict";
import { clusterFw, datacenter, letIn, SwitchLab } from "./switch-lab";

const rulesText = (...lines: string[]) => ["[RULES]", "", ...lines, ""].join("\n");
const open = `[OPTIONS]\n\nenable: 1\n\n${rulesText("IN ACCEPT -p tcp -dport 22,8006")}`;
const cut = [
  letIn,
  { direction: "in", action: "DROP", protocol: "udp" },
  { direction: "out", action: "DROP", protocol: "udp", destinationPort: "5405" },
];

describe("a change of the firewall that cuts corosync", function () {
  let lab: SwitchLab;
  afterEach(() => lab.close());

  const reboot = (): void => {
    const golf = lab.sim.simulation.node("golf");
    // Its kernel knows of no connection any more.
    delete golf.connections;
  };

  it("would pass every look, and break the cluster at the next boot: the nodes know the links' connections", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    await lab.run().create("FirewallRules", { place: datacenter, rules: cut, lockout: "accept", unguarded: true });
    lab.sim.clock.advance(60_000);
    assert.ok(lab.isReached && lab.isQuorate);
    reboot();
    assert.equal(lab.sim.simulation.isQuorate(lab.sim.simulation.node("golf")), false);
  });

  it("is refused though it is accepted, in the preview and when it is applied, with the reason and both ways out", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const wrong = { place: datacenter, rules: cut, lockout: "accept" };
    const why =
      /this would cut corosync: .*corosync's link 0 of golf .*no look from outside sees that: .*Let its ports \(UDP 5405 to 5412\) pass between the nodes, or write unguarded: true/;
    assert.match(await lab.run().problems("FirewallRules", wrong), why);
    await assert.rejects(lab.run().create("FirewallRules", wrong), why);
    assert.equal(lab.files[clusterFw], open);
    assert.deepEqual(lab.left, []);
    // Without lockout: accept both are named at once.
    const { lockout: _, ...refused } = wrong;
    assert.match(
      await lab.run().problems("FirewallRules", refused),
      /this would shut out: .*lockout: accept and unguarded: true, for corosync is cut/,
    );
    assert.equal(await lab.run().problems("FirewallRules", { ...wrong, unguarded: true }), "");
    assert.match(lab.said.at(-1) ?? "", /^accepted: shuts out .*corosync's link 0.*unguarded/);
  });

  it("is no cut while one of the ways in is left, nor where a node is not in touch by that link already", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const oneWay = cut.slice(0, 2);
    await lab.run().create("FirewallRules", { place: datacenter, rules: oneWay });
    reboot();
    assert.ok(lab.isReached && lab.isQuorate);
    await lab.close();
    lab = await SwitchLab.start(
      {
        [clusterFw]: `[OPTIONS]\n\nenable: 1\n\n${rulesText("IN DROP -p udp", "OUT DROP -p udp", "IN ACCEPT -p tcp -dport 22,8006")}`,
      },
      (world) => {
        for (const node of Object.values(world.nodes)) node.services["pve-firewall"] = "dead";
      },
    );
    const wider = [...cut.slice(1), { direction: "in", action: "ACCEPT", protocol: "tcp" }];
    assert.equal(await lab.run().problems("FirewallRules", { place: datacenter, rules: wider, lockout: "accept" }), "");
  });

  it("waits half a minute for what lets corosync in by another resource of the program, and no longer", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const began = lab.sim.clock.now();
    const beside = {
      ...{ kind: "FirewallRules", resource: "golf", unknown: [] },
      args: { place: { node: "golf" }, rules: [{ direction: "out", action: "ACCEPT", protocol: "udp" }] },
    };
    const others = ["foxtrot", "hotel"].map((node) => ({
      ...beside,
      ...{ resource: node, args: { ...beside.args, place: { node } } },
    }));
    await assert.rejects(
      lab.run().create("FirewallRules", {
        ...{ place: datacenter, rules: cut, lockout: "accept", __beside: [beside, ...others] },
      }),
      /this would cut corosync: .*make this one depend on it \(dependsOn\)/,
    );
    assert.ok(lab.sim.clock.now() - began >= 30_000);
    assert.equal(lab.files[clusterFw], open);
  });
});

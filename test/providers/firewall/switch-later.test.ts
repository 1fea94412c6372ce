import assert from "node:assert/strict";
import { clusterFw, datacenter, letIn, SwitchLab } from "./switch-lab";

const rulesText = (...lines: string[]) => ["[RULES]", "", ...lines, ""].join("\n");
const open = `[OPTIONS]\n\nenable: 1\n\n${rulesText("IN ACCEPT -p tcp -dport 22,8006")}`;
const more = { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] };

describe("a change of the firewall that others have followed while a node was away", function () {
  let lab: SwitchLab;
  afterEach(() => lab.close());

  it("stays when the node comes back, though it has the same content as the one that was taken back", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", more), /killed/);
    lab.heard = () => undefined;
    // Every daemon has read the new file: a node that is away has it as it was then.
    lab.sim.clock.advance(12_000);
    const golf = lab.sim.simulation.node("golf");
    golf.state = "isolated";
    lab.sim.clock.advance(90_000);
    assert.equal(lab.files[clusterFw], open);
    assert.ok(golf.timers?.["pulumi-proxmox-firewall"], "its script does not try any more");
    // The next run makes it again with two of three, and finds it in order.
    await lab.run().create("FirewallRules", more);
    assert.match(lab.files[clusterFw] ?? "", /443/);
    lab.sim.clock.advance(3_600_000);
    assert.match(lab.files[clusterFw] ?? "", /443/);
    golf.state = "online";
    lab.sim.clock.advance(20_000);
    assert.match(lab.files[clusterFw] ?? "", /443/);
    await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    assert.match(lab.said.join("\n"), /on golf; somebody else has changed the same file since/);
  });

  it("does not put an old file over what somebody else has written days later, on a node that was off when the timers fired", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const killed = new AbortController();
    lab.heard = () => {
      if (/443/.test(lab.files[clusterFw] ?? "")) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", more), /killed/);
    lab.heard = () => undefined;
    const golf = lab.sim.simulation.node("golf");
    // The power fails: the timers are gone with it.
    golf.state = "off";
    delete golf.timers;
    lab.sim.clock.advance(90_000);
    assert.equal(lab.files[clusterFw], open);
    golf.state = "online";
    lab.sim.clock.advance(3 * 86_400_000);
    const theirs = open.replace("22,8006", "22,8006,9100");
    lab.writeByHand(clusterFw, theirs);
    lab.sim.clock.advance(60_000);
    await lab.run().create("FirewallRules", {
      ...{ place: datacenter, foreign: "keep" },
      rules: [{ direction: "in", action: "ACCEPT", protocol: "tcp", destinationPort: "9221" }],
    });
    assert.match(lab.files[clusterFw] ?? "", /9100/, lab.said.join("\n"));
    assert.match(
      lab.said.join("\n"),
      /on golf; somebody else has changed the same file since, and it was left as that is/,
    );
  });

  it("is told to who reads, and to who is to change, while a node cannot put its file back: neither waits for ever, nor begins a second script", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const first = await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).update("FirewallRules", first.id, first.outs, more), /killed/);
    lab.heard = () => undefined;
    lab.sim.clock.advance(12_000);
    for (const name of ["golf", "hotel"]) lab.sim.simulation.node(name).state = "isolated";
    lab.sim.clock.advance(55_000);
    // Their timers have gone with the first failure.
    for (const { timers } of lab.nodes) assert.ok(timers?.["pulumi-proxmox-firewall"]?.running);
    const why = /could not be put back on foxtrot \(without quorum its files cannot be written\)/;
    const scripts = () =>
      lab.sim.sshRecords.filter(({ kind, what }) => kind === "exec" && /restore\.sh$/.test(what)).length;
    const before = scripts();
    const { read, update } = lab.run();
    await assert.rejects(read("FirewallRules", first.id, first.outs), why);
    await assert.rejects(update("FirewallRules", first.id, first.outs, more), why);
    await assert.rejects(
      lab.run(undefined, undefined, "another").update("FirewallRules", first.id, first.outs, more),
      /another run/,
    );
    assert.equal(scripts(), before);
  });
});

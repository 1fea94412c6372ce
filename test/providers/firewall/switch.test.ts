import assert from "node:assert/strict";
import { NodeSwitch } from "../../../providers/firewall/guard/node-switch";
import { Armer } from "../../../providers/kernel/way-back/armer";
import { sshToNodes } from "../../simulator/ssh-to-nodes";
import { clusterFw, datacenter, letIn, SwitchLab } from "./switch-lab";

const rulesText = (...lines: string[]) => ["[RULES]", "", ...lines, ""].join("\n");
const on = "[OPTIONS]\n\nenable: 1\n\n";
const open = `${on}${rulesText("IN ACCEPT -p tcp -dport 22,8006")}`;
const drop = { direction: "in", action: "DROP", protocol: "tcp", destinationPort: "22,8006" };
const accepted = { place: datacenter, lockout: "accept" };

describe("a change of the firewall with a way back", function () {
  let lab: SwitchLab;
  afterEach(() => lab.close());

  const seen = () => lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt);

  it("stays when all that answered before answers again, and leaves nothing on the nodes", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    await lab
      .run()
      .create("FirewallRules", { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] });
    assert.match(lab.files[clusterFw] ?? "", /dport 443/);
    assert.ok(lab.isReached);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("is taken back when it was accepted by mistake, and the error tells who did not answer and what it was", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const began = lab.sim.clock.now();
    await assert.rejects(
      lab.run().create("FirewallRules", { ...accepted, rules: [drop] }),
      /the firewall is as it was before, because .*does not answer a new connection[^]*rules of the datacenter, in \/etc\/pve\/firewall\/cluster\.fw:[^]*\+IN DROP -p tcp -dport 22,8006/,
    );
    assert.ok(lab.isReached && lab.isQuorate);
    assert.equal(lab.files[clusterFw], open);
    assert.ok(lab.sim.clock.now() - began < 120_000);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("comes back within the timer though the run was killed right after the write", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const killed = new AbortController();
    lab.heard = () => {
      if (/DROP/.test(lab.files[clusterFw] ?? "") && !/ACCEPT/.test(lab.files[clusterFw] ?? ""))
        killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", { ...accepted, rules: [drop] }), /killed/);
    lab.sim.clock.advance(20_000);
    assert.ok(!lab.isReached, "the mistake was never in effect");
    lab.sim.clock.advance(61_000);
    assert.equal(lab.files[clusterFw], open);
    assert.ok(lab.isReached && lab.isQuorate);
    // The next run tells of it, and clears up.
    lab.heard = () => undefined;
    await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    assert.match(
      lab.said.join("\n"),
      /an interrupted run had left a change of the firewall on probation on foxtrot; the old firewall was put back/,
    );
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("is ended by the next run when its switch is armed still, and waited for by one that only reads", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const first = await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    const killed = new AbortController();
    const more = [letIn, { ...letIn, destinationPort: "443" }];
    lab.heard = () => {
      if (/443/.test(lab.files[clusterFw] ?? "") && lab.left.some((one) => /\.written$/.test(one)))
        killed.abort(new Error("killed"));
    };
    const olds = { ...first.outs };
    await assert.rejects(
      lab.run(killed.signal).update("FirewallRules", first.id, olds, { place: datacenter, rules: more }),
      /killed/,
    );
    lab.heard = () => undefined;
    assert.match(lab.files[clusterFw] ?? "", /443/);
    const before = lab.sim.clock.now();
    await lab.run().update("FirewallRules", first.id, olds, { place: datacenter, rules: [letIn] });
    assert.equal(lab.files[clusterFw], open);
    assert.ok(lab.sim.clock.now() - before < 30_000, "it has waited for the timer");
    assert.deepEqual(lab.left, []);
    const again = new AbortController();
    lab.heard = () => {
      if (/443/.test(lab.files[clusterFw] ?? "") && lab.left.some((one) => /\.written$/.test(one)))
        again.abort(new Error("killed"));
    };
    await assert.rejects(
      lab.run(again.signal).update("FirewallRules", first.id, olds, { place: datacenter, rules: more }),
      /killed/,
    );
    lab.heard = () => undefined;
    const { props } = await lab.run().read("FirewallRules", first.id, olds);
    assert.equal((props["rules"] as unknown[]).length, 1);
    assert.equal(lab.files[clusterFw], open);
  });

  it("leaves alone what somebody else has changed since", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", { ...accepted, rules: [drop] }), /killed/);
    lab.heard = () => undefined;
    const theirs = `${open}\n# by hand\n`;
    lab.files[clusterFw] = theirs;
    lab.sim.clock.advance(90_000);
    assert.equal(lab.files[clusterFw], theirs);
    await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    assert.match(lab.said.join("\n"), /somebody else has changed the same file since, and it was left as that is/);
    assert.deepEqual(lab.left, []);
  });

  for (const [words, rules, fails] of [
    ["stays", [letIn, { ...letIn, destinationPort: "443" }], false],
    ["is taken back", [drop], true],
  ] as const)
    it(`${words} whatever else of the same file the run is to make or to change meanwhile, which waits for it and stays`, async () => {
      lab = await SwitchLab.start({ [clusterFw]: `${open}\n[group web]\n\n` });
      const run = lab.run();
      const others: Promise<unknown>[] = [];
      const first = await run.create("FirewallGroup", { group: "db", comment: "one" });
      lab.heard = () => {
        if (others.length > 0 || !lab.left.some((one) => /\.written$/.test(one))) return;
        others.push(
          run.create("FirewallIpSet", { place: datacenter, ipSet: "us", entries: [] }),
          run.create("FirewallGroup", { group: "mail" }),
          run.update("FirewallGroup", first.id, first.outs, { group: "db", comment: "two" }),
        );
      };
      const [change] = await Promise.allSettled([
        run.create("FirewallRules", { ...accepted, rules: [...rules] as Record<string, unknown>[] }),
      ]);
      assert.equal(others.length, 3);
      await Promise.all(others);
      if (fails)
        assert.match(String(change.status === "rejected" && change.reason), /the firewall is as it was before/);
      else assert.equal(change.status, "fulfilled", String(change.status === "rejected" && change.reason));
      const file = lab.files[clusterFw] ?? "";
      assert.equal(/DROP/.test(file), false, file);
      for (const part of [/\[IPSET us\]/i, /\[group mail\]/i, /\[group db\] # two/i]) assert.match(file, part);
      assert.ok(lab.isReached);
      assert.deepEqual([lab.left, seen()], [[], []]);
    });

  it("stops the firewall of nodes that may not write their files without quorum, and starts it again with the old ones", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    await assert.rejects(lab.run(killed.signal).create("FirewallRules", { ...accepted, rules: [drop] }), /killed/);
    lab.heard = () => undefined;
    lab.sim.clock.advance(12_000);
    isolate("isolated");
    assert.ok(!lab.isQuorate);
    lab.sim.clock.advance(66_000);
    assert.match(lab.files[clusterFw] ?? "", /DROP/);
    assert.equal(dead().length, 3);
    isolate("online");
    lab.sim.clock.advance(15_000);
    assert.equal(lab.files[clusterFw], open);
    assert.ok(lab.isReached && lab.isQuorate);
    for (const node of lab.nodes) assert.equal(node.services["pve-firewall"] ?? "running", "running");
    await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  /** A mistake, a run that was killed, and no quorum for so long that the nodes have stopped their firewalls. */
  async function stoppedFirewalls(): Promise<{ id: string; outs: Record<string, unknown> }> {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const first = await lab.run().create("FirewallRules", { place: datacenter, rules: [letIn] });
    const killed = new AbortController();
    lab.heard = () => {
      if (lab.left.filter((one) => /\.written$/.test(one)).length === 3) killed.abort(new Error("killed"));
    };
    const wrong = { ...accepted, rules: [drop] };
    await assert.rejects(lab.run(killed.signal).update("FirewallRules", first.id, first.outs, wrong), /killed/);
    lab.heard = () => undefined;
    lab.sim.clock.advance(12_000);
    isolate("isolated");
    lab.sim.clock.advance(100_000);
    // Somebody has ended the timers by hand.
    for (const node of lab.nodes) delete node.timers;
    lab.sim.clock.advance(10_000);
    isolate("online");
    assert.equal(dead().length, 3);
    return first;
  }
  /** The switch between the nodes fails: there is no quorum, whatever is filtered. */
  const isolate = (state: "isolated" | "online") => {
    for (const name of ["golf", "hotel"]) lab.sim.simulation.node(name).state = state;
  };
  const dead = () => lab.nodes.filter(({ services }) => services["pve-firewall"] === "dead").map(({ name }) => name);

  it("leaves a firewall stopped that could not be put back at all, and the next run tells of it and puts all in order", async () => {
    const first = await stoppedFirewalls();
    assert.ok(lab.isReached && lab.isQuorate, "nothing filters");
    assert.match(lab.files[clusterFw] ?? "", /IN DROP/);
    const run = lab.run();
    assert.deepEqual(await run.diff("FirewallRules", first.id, first.outs), { changes: true });
    await run.update("FirewallRules", first.id, first.outs, { place: datacenter, rules: [letIn] });
    assert.equal(lab.files[clusterFw], open);
    assert.deepEqual(dead(), []);
    assert.match(lab.said.join("\n"), /the old firewall was put back/);
    lab.sim.clock.advance(20_000);
    assert.ok(lab.isReached && lab.isQuorate);
    assert.deepEqual([lab.left, seen()], [[], []]);
    assert.deepEqual(await lab.run().diff("FirewallRules", first.id, first.outs), { changes: false });
  });

  it("leaves it stopped while the files shut somebody out, and starts it after the change that lets them in, of another stack too", async () => {
    const first = await stoppedFirewalls();
    const theirs = `${lab.files[clusterFw] ?? ""}\n# by hand\n`;
    lab.files[clusterFw] = theirs;
    // Any other change: it neither starts them, nor is it forgotten that they are stopped.
    await lab.run().create("FirewallAlias", { place: datacenter, alias: "lan", cidr: "192.0.2.0/24" });
    assert.match(lab.said.join("\n"), /It stays stopped, for with the files as they are it would shut out/);
    assert.equal(dead().length, 3);
    const other = () => lab.run(undefined, undefined, "another");
    assert.deepEqual(await other().diff("FirewallRules", first.id, first.outs), { changes: true });
    await other().update("FirewallRules", first.id, first.outs, { place: datacenter, rules: [letIn] });
    assert.deepEqual(dead(), []);
    assert.match(lab.said.join("\n"), /was stopped, because .*; it runs again/);
    lab.sim.clock.advance(20_000);
    assert.ok(lab.isReached && lab.isQuorate);
    assert.deepEqual([lab.left, seen()], [[], []]);
    assert.deepEqual(await lab.run().diff("FirewallRules", first.id, first.outs), { changes: false });
  });

  it("stops it again when a node does not answer with it, and tries that again in the next run", async () => {
    const first = await stoppedFirewalls();
    lab.files[clusterFw] = `${open}\n# by hand\n`;
    // What nobody could work out: with its firewall this node is reached by nobody.
    const golf = lab.sim.simulation.node("golf");
    lab.heard = () => (golf.state = golf.services["pve-firewall"] === "dead" ? "online" : "isolated");
    const update = () => lab.run().update("FirewallRules", first.id, first.outs, { place: datacenter, rules: [letIn] });
    await update();
    assert.match(
      lab.said.join("\n"),
      /It was started again, and the timers on the nodes stop it again, because .*golf/,
    );
    lab.heard = () => undefined;
    golf.state = "online";
    lab.sim.clock.advance(61_000);
    assert.equal(dead().length, 3);
    await update();
    assert.deepEqual(dead(), []);
    assert.ok(lab.isReached && lab.isQuorate);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  /** No API answers from when the firewall has been worked out until the nodes are asked over SSH, of the changes after it. */
  const silentEndpoints = (): void => {
    const set = (state: "stopped" | "online") => {
      for (const node of lab.nodes) node.state = state;
    };
    lab.heard = () => {
      const what = lab.sim.sshRecords.at(-1)?.what ?? "";
      if (/printenv/.test(what)) set("stopped");
      else if (/corosync-cfgtool/.test(what)) set("online");
    };
  };

  it("is not made while no endpoint answers, which nobody would be seen by", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    silentEndpoints();
    await assert.rejects(
      lab.run().create("FirewallRules", { ...accepted, rules: [drop] }),
      /nothing was changed, because no endpoint answers a new connection, so that nothing would show what the change does: https:.*unguarded: true/,
    );
    lab.heard = () => undefined;
    assert.equal(lab.files[clusterFw], open);
    assert.ok(!lab.sim.sshRecords.some(({ what }) => /systemd-run/.test(what)));
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("starts no firewall again while no endpoint answers", async () => {
    const first = await stoppedFirewalls();
    lab.files[clusterFw] = `${open}\n# by hand\n`;
    silentEndpoints();
    const update = () => lab.run().update("FirewallRules", first.id, first.outs, { place: datacenter, rules: [letIn] });
    await update();
    assert.match(lab.said.join("\n"), /It stays stopped, because no endpoint answers a new connection: https:/);
    assert.equal(dead().length, 3);
    lab.heard = () => undefined;
    await update();
    assert.deepEqual(dead(), []);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("is not made where pve-firewall is stopped, and taken back when that stops meanwhile", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const golf = lab.sim.simulation.node("golf");
    golf.services["pve-firewall"] = "dead";
    const more = { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] };
    await assert.rejects(
      lab.run().create("FirewallRules", more),
      /nothing was changed, because pve-firewall of golf does not run.*Start it .*unguarded: true/,
    );
    assert.equal(lab.files[clusterFw], open);
    delete golf.services["pve-firewall"];
    lab.heard = () => {
      if (/443/.test(lab.files[clusterFw] ?? "")) golf.services["pve-firewall"] = "dead";
    };
    await assert.rejects(
      lab.run().create("FirewallRules", more),
      /as it was before, because pve-firewall of golf does not run/,
    );
    assert.equal(lab.files[clusterFw], open);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("is refused without SSH where it shuts somebody out, unless it is unguarded, and the preview says how it is made", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const wrong = { ...accepted, rules: [{ ...drop, destinationPort: "8006" }] };
    const harmless = { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] };
    const blind = () => lab.run(undefined, {});
    assert.match(
      await blind().problems("FirewallRules", wrong),
      /lockout: this would shut out: .*without SSH nothing puts the old firewall back/,
    );
    await assert.rejects(blind().create("FirewallRules", wrong), /nothing was changed: this would shut out: /);
    assert.equal(lab.files[clusterFw], open);
    assert.equal(await blind().problems("FirewallRules", harmless), "");
    assert.match(lab.said.at(-1) ?? "", /unguarded: nothing puts the old firewall back/);
    assert.equal(await lab.run().problems("FirewallRules", { ...harmless, restoreAfter: "90s" }), "");
    assert.match(lab.said.at(-1) ?? "", /^guarded: after 90 s the nodes put the old firewall back/);
    assert.equal(await lab.run().problems("FirewallRules", wrong), "");
    assert.match(lab.said.at(-1) ?? "", /^accepted: shuts out .*guarded: after 60 s/);
    await blind().create("FirewallRules", harmless);
    assert.match(lab.files[clusterFw] ?? "", /443/);
    await blind().create("FirewallRules", { ...wrong, unguarded: true });
    assert.match(lab.files[clusterFw] ?? "", /DROP/);
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ what }) => /systemd-run/.test(what)),
      [],
    );
  });

  it("is not made when a node has no SSH, and one of an alias, a set or nothing but a comment has no timer of its own kind", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open, "nodes/golf/host.fw": rulesText("IN DROP -p tcp -dport 22") });
    const closed = { direction: "in", action: "DROP", protocol: "tcp", destinationPort: "22" };
    await assert.rejects(
      lab
        .run()
        .create("FirewallRules", { place: { node: "golf" }, rules: [closed, { ...closed, destinationPort: "443" }] }),
      /nothing was changed, because no timer can be armed on golf/,
    );
    await lab.close();
    lab = await SwitchLab.start({ [clusterFw]: open });
    const armings = () => lab.sim.sshRecords.filter(({ what }) => /systemd-run/.test(what)).length;
    const rules = [{ ...letIn, comment: "us" }];
    await lab.run().create("FirewallRules", { place: datacenter, rules });
    const before = armings();
    const alias = await lab.run().create("FirewallAlias", { place: datacenter, alias: "lan", cidr: "192.0.2.0/24" });
    assert.equal(armings(), before + 6, "two timers on each node, once");
    await lab.run().update("FirewallAlias", alias.id, alias.outs, {
      ...{ place: datacenter, alias: "lan", cidr: "192.0.2.0/24", comment: "of a comment" },
    });
    const set = { place: { guest: 100 }, ipSet: "us", entries: [{ cidr: "192.0.2.1" }] };
    await lab.run().create("FirewallIpSet", { ...set, place: datacenter, entries: [] });
    assert.equal(armings(), before + 6);
    assert.deepEqual([lab.left, seen()], [[], []]);
  });

  it("never ends the switch of another run: what is armed is that one's until it ends", async () => {
    lab = await SwitchLab.start({ [clusterFw]: open });
    const ssh = sshToNodes(lab.sim);
    try {
      const [one, other] = ["one", "other"].map((stack) => new NodeSwitch(ssh, "golf", new Armer(stack).next()));
      assert.ok(one && other);
      const file = "/etc/pve/firewall/cluster.fw";
      await one.arm(file, Buffer.from(open), 60_000, undefined);
      const there = lab.left;
      await assert.rejects(
        other.arm(file, Buffer.from("another one"), 60_000, undefined),
        /another run is changing the firewall/,
      );
      await other.clear(undefined);
      assert.deepEqual(lab.left, there);
      await assert.rejects(
        lab.run().create("FirewallRules", { place: datacenter, rules: [letIn, { ...letIn, destinationPort: "443" }] }),
        /another run is changing the firewall at this moment/,
      );
      assert.equal(lab.files[clusterFw], open);
      assert.deepEqual(
        lab.sim.sshRecords.filter(({ what }) => /systemctl (?:start|stop)/.test(what)),
        [],
      );
    } finally {
      ssh.close();
    }
  });
});

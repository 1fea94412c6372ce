import assert from "node:assert/strict";
import { Ssh } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import { clientVerdict } from "../../../simulator/firewall/packet-verdicts.js";
import type { ClockMode } from "../../../simulator/simulated-clock.js";
import { ask } from "../api-client.js";
import { sshToNodes } from "../ssh-to-nodes";

/** Files of the firewall over SSH, and when the packet filter follows them (PVE/Service/pve_firewall.pm). */
describe("pve-firewall on a simulated node", () => {
  let sim: Simulator;
  let ssh: Ssh;

  const start = async (clock: ClockMode, seed = "matrix"): Promise<void> => {
    sim = await startSimulator({ seed, clock });
    ssh = sshToNodes(sim);
  };

  afterEach(async () => {
    ssh.close();
    await sim.close();
  });

  const run = (...argv: string[]): Promise<string> => ssh.run("foxtrot", argv);
  const put = async (path: string, params: Record<string, string>): Promise<void> => {
    const { status, reason } = await ask(sim.nodes[0]!, "PUT", path, {
      params,
      headers: { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` },
    });
    assert.equal(status, 200, reason);
  };
  /** What would become of a new connection of the client to a port that nothing lets in. */
  const verdicts = (): string[] => sim.nodes.map(({ name }) => clientVerdict(sim.world, sim.simulation.node(name), 9));
  const file = "/etc/pve/firewall/cluster.fw";
  const written = "[OPTIONS]\n\nenable: 1\n\n";

  it("looks at its files every ten seconds, each node in its own time", async () => {
    await start("manual");
    await put("/cluster/firewall/options", { enable: "1" });
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
    assert.equal(await run("pve-firewall", "status"), "Status: enabled/running (pending changes)\n");
    const seen = new Set<string>();
    for (let second = 0; second < 10; second++) {
      sim.clock.advance(1000);
      seen.add(verdicts().join());
    }
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
    assert.ok(seen.size > 2, "all nodes at one moment");
    assert.equal(await run("pve-firewall", "status"), "Status: enabled/running\n");
  });

  it("has done so when the request returns, with the clock that waits for nothing", async () => {
    await start("immediate");
    await put("/cluster/firewall/options", { enable: "1" });
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
    await put("/cluster/firewall/options", { enable: "0" });
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
  });

  it("follows at once on the node that is told to restart it, and lets all pass while it is stopped", async () => {
    await start("manual");
    await put("/cluster/firewall/options", { enable: "1" });
    await run("pve-firewall", "restart");
    assert.deepEqual(verdicts(), ["drop", "accept", "accept"]);
    await run("pve-firewall", "stop");
    assert.equal(await run("pve-firewall", "status"), "Status: enabled/stopped\n");
    sim.clock.advance(20_000);
    assert.deepEqual(verdicts(), ["accept", "drop", "drop"]);
    await run("systemctl", "start", "pve-firewall");
    assert.equal(await run("systemctl", "is-active", "pve-firewall.service"), "active\n");
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
  });

  it("takes an enable that is a moment for a minute, and looks at once where it was asked (set_options)", async () => {
    await start("manual");
    await put("/cluster/firewall/options", { enable: "2" });
    assert.match(await run("cat", file), /^enable: \d{10}$/m);
    assert.deepEqual(verdicts(), ["drop", "accept", "accept"]);
    sim.clock.advance(30_000);
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
    sim.clock.advance(50_000);
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
  });

  it("does what a file says that was written, copied, renamed or removed by hand", async () => {
    await start("immediate");
    await ssh.writeFile("foxtrot", file, written);
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
    await run("cp", "-p", "--", file, "/root/cluster.fw.before");
    await run("rm", "--", file);
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
    await run("cp", "-p", "--", "/root/cluster.fw.before", "/etc/pve/firewall/cluster.fw.new");
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
    await run("mv", "-T", "--", "/etc/pve/firewall/cluster.fw.new", file);
    assert.deepEqual(verdicts(), ["drop", "drop", "drop"]);
    await ssh.writeFile("foxtrot", "/etc/pve/local/host.fw", "[OPTIONS]\nenable: 0\n");
    assert.deepEqual(verdicts(), ["accept", "drop", "drop"]);
    assert.equal(await ssh.run("golf", ["cat", "/etc/pve/nodes/foxtrot/host.fw"]), "[OPTIONS]\nenable: 0\n");
  });

  it("lets a timer of the node put the old file back, though nobody gets in any more", async () => {
    await start("manual");
    await run("cp", "-p", "--", "/etc/hostname", "/root/nothing");
    await ssh.writeFile("foxtrot", "/root/restore.sh", `#!/bin/sh\nset -e\nrm -f -- ${file}\npve-firewall restart\n`, {
      mode: 0o700,
    });
    await run(
      ...["systemd-run", "--quiet", "--collect", "--on-active=60s", "--timer-property=AccuracySec=1s"],
      ...["--unit=restore-firewall", "/bin/sh", "/root/restore.sh"],
    );
    await ssh.writeFile("foxtrot", file, `${written}[RULES]\nIN DROP\n`);
    sim.clock.advance(15_000);
    assert.equal(clientVerdict(sim.world, sim.simulation.node("foxtrot"), 22), "drop");
    sim.clock.advance(60_000);
    assert.deepEqual(verdicts(), ["accept", "accept", "accept"]);
  });

  it("tells the network of the node and its partners (localnet)", async () => {
    await start("immediate");
    assert.equal(
      await run("pve-firewall", "localnet"),
      [
        ...["local hostname: foxtrot", "local IP address: 192.168.3.5", "network auto detect: 192.168.3.0/24"],
        ...["using detected local_network: 192.168.3.0/24", "", "accepting corosync traffic from/to:"],
        ...[" - golf: 192.168.8.6 (link: 0)", " - hotel: 192.168.8.7 (link: 0)", ""],
      ].join("\n"),
    );
  });

  it("tells of lines that it cannot read (status)", async () => {
    await start("immediate");
    await ssh.writeFile("foxtrot", file, "[RULES]\nnonsense\n");
    const { stdout, stderr } = await ssh.exec("foxtrot", ["pve-firewall", "status"]);
    assert.equal(stdout, "Status: disabled/running\n");
    assert.equal(stderr, "/etc/pve/firewall/cluster.fw (line 2) - unable to parse rule: nonsense\n");
  });
});

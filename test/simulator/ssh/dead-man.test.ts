import assert from "node:assert/strict";
import { isProxmoxError, Ssh } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import type { ClockMode } from "../../../simulator/simulated-clock.js";
import { ask, type Answer } from "../api-client.js";
import { newKey } from "../../support/sshd";

describe("a dead man's switch on a simulated node", () => {
  let sim: Simulator;
  let ssh: Ssh;
  const key = newKey();

  const start = async (clock: ClockMode, seed: Parameters<typeof startSimulator>[0] = {}): Promise<void> => {
    sim = await startSimulator({ seed: "empty:1", clock, ...seed });
    const { port, fingerprint } = sim.nodes[0]!.ssh;
    sim.simulation.node(sim.nodes[0]!.name).ssh!.authorizedKeys = [key.public];
    ssh = new Ssh({
      privateKey: key.private,
      hostKeys: { fingerprints: [fingerprint] },
      lookUp: async () => `127.0.0.1:${port}`,
    });
  };

  afterEach(async () => {
    ssh.close();
    await sim.close();
  });

  const api = (method: string, path: string, params = {}): Promise<Answer> =>
    ask(sim.nodes[0]!, method, path, {
      params,
      headers: { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` },
    });
  const isReached = (): Promise<boolean> =>
    api("GET", "/version").then(
      ({ status }) => status === 200,
      () => false,
    );
  const run = (...argv: string[]): Promise<string> => ssh.run(sim.nodes[0]!.name, argv);

  const arm = async (): Promise<void> => {
    await run("cp", "-p", "--", "/etc/network/interfaces", "/root/interfaces.before");
    await ssh.writeFile(
      "pve1",
      "/root/restore.sh",
      "#!/bin/sh\nset -e\n# back to what was\ncp -p /root/interfaces.before /etc/network/interfaces\nifreload -a\n",
      { mode: 0o700 },
    );
    await run(
      "systemd-run",
      "--quiet",
      "--collect",
      "--on-active=60s",
      "--timer-property=AccuracySec=1s",
      "--unit=restore-network",
      "/bin/sh",
      "/root/restore.sh",
    );
  };

  const stage = async (cidr: string): Promise<void> => {
    const bridge = { type: "bridge", cidr, gateway: "10.11.0.1", bridge_ports: "eno1", autostart: "1" };
    assert.equal((await api("PUT", "/nodes/pve1/network/vmbr0", bridge)).status, 200);
  };

  it("restores the old network by the simulator's clock, though nobody is connected", async () => {
    await start("manual");
    const before = await run("cat", "/etc/network/interfaces");
    await arm();
    assert.equal(await run("systemctl", "is-active", "restore-network.timer"), "active\n");
    await stage("10.11.0.111/24");
    assert.match(await run("cat", "/etc/network/interfaces.new"), /10\.11\.0\.111\/24/);
    assert.equal((await api("PUT", "/nodes/pve1/network")).status, 200);
    sim.clock.advance(2000);
    assert.equal(await isReached(), false);
    await assert.rejects(run("cat", "/etc/hosts"), (error) => isProxmoxError(error, "unavailable"));
    sim.clock.advance(70_000);
    assert.equal(await isReached(), true);
    assert.equal(await run("cat", "/etc/network/interfaces"), before);
    const fired = sim.sshRecords.filter(({ kind }) => kind === "timer");
    assert.deepEqual(fired, [{ node: "pve1", kind: "timer", what: "/bin/sh /root/restore.sh", code: 0 }]);
    assert.equal(
      sim.sshRecords.some(({ unbuilt }) => unbuilt),
      false,
    );
  });

  it("lets time pass for whoever tries to get in, with the immediate clock too", async () => {
    await start("immediate");
    await arm();
    await stage("10.11.0.111/24");
    await api("PUT", "/nodes/pve1/network");
    assert.equal(await isReached(), false);
    let attempts = 1;
    while (!(await isReached()) && attempts < 60) attempts++;
    assert.ok(attempts > 10 && attempts < 30, String(attempts));
  });

  it("does nothing once it is disarmed", async () => {
    await start("manual");
    await arm();
    await run("systemctl", "stop", "restore-network.timer");
    await assert.rejects(run("systemctl", "is-active", "restore-network.timer"));
    await assert.rejects(run("systemctl", "stop", "restore-network.timer"));
    await stage("10.11.0.111/24");
    await api("PUT", "/nodes/pve1/network");
    sim.clock.advance(600_000);
    assert.equal(await isReached(), false);
  });

  it("has no timer any more when its script has failed, and begins it again as a service until that is stopped", async () => {
    await start("manual");
    const units = ["restore-network.timer", "restore-network.service"];
    const states = async () =>
      (await run("systemctl", "show", "--property=ActiveState,Description", ...units)).match(/(?<=ActiveState=)\w+/g);
    const failing = ["--unit=restore-network", "--property=Restart=on-failure", "--property=RestartSec=5s"];
    const arming = [
      "systemd-run",
      "--on-active=60s",
      ...failing,
      "--property=StartLimitIntervalSec=0",
      "/bin/sh",
      "-c",
      "exit 1",
    ];
    await run(...arming);
    assert.deepEqual(await states(), ["active", "inactive"]);
    // By hand before: the timer waits on.
    await run("systemctl", "start", "--no-block", "restore-network.service");
    assert.deepEqual(await states(), ["active", "activating"]);
    sim.clock.advance(130_000);
    assert.deepEqual(await states(), ["inactive", "activating"]);
    await assert.rejects(run("systemctl", "is-active", "restore-network.timer"));
    await assert.rejects(run(...arming), /restore-network\.service was already loaded/);
    await assert.rejects(run("systemctl", "stop", ...units), /restore-network\.timer not loaded/);
    assert.deepEqual(await states(), ["inactive", "inactive"]);
    const ended = sim.sshRecords.length;
    sim.clock.advance(60_000);
    assert.equal(sim.sshRecords.length, ended);
  });

  it("survives the end of the simulator, and no reboot", async () => {
    await start("manual");
    await arm();
    await stage("10.11.0.111/24");
    await api("PUT", "/nodes/pve1/network");
    sim.clock.advance(2000);
    const world = sim.simulation.save();
    await sim.close();
    ssh.close();
    await start("manual", { seed: structuredClone(world) });
    assert.equal(await isReached(), false);
    sim.clock.advance(70_000);
    assert.equal(await isReached(), true);
    await arm();
    await api("POST", "/nodes/pve1/status", { command: "reboot" });
    sim.clock.advance(60_000);
    await assert.rejects(run("systemctl", "is-active", "restore-network.timer"));
  });

  it("fires late where its accuracy is systemd's own, and not twice under one name", async () => {
    await start("manual");
    const timer = ["systemd-run", "--on-active=60", "--unit=late", "cp", "/etc/hosts", "/root/hosts.copy"];
    await run(...timer);
    await assert.rejects(run(...timer), /already loaded/);
    sim.clock.advance(61_000);
    assert.equal(await run("systemctl", "is-active", "late.timer"), "active\n");
    sim.clock.advance(60_000);
    await assert.rejects(run("systemctl", "is-active", "late.timer"));
    assert.equal(await run("cat", "/root/hosts.copy"), await run("cat", "/etc/hosts"));
  });

  it("knows in its script how the command before has ended, also in the branch that this has led to", async () => {
    await start("immediate");
    const script = (code: number): string =>
      `set -e\nif cmp -s -- /etc/hostname /none; then\necho same\nelse\ntest $? -eq ${code}\necho trouble\nfi\n`;
    assert.equal(await run("sh", "-c", script(2)), "trouble\n");
    assert.equal((await ssh.exec(sim.nodes[0]!.name, ["sh", "-c", script(1)])).code, 1);
  });

  it("is not made of what a shell would have to interpret: that is a hole, and counted", async () => {
    await start("manual");
    for (const script of ["cp a b || reboot\n", "ifreload -a > /dev/null\n", "for f in a; do cp a b; done\n"]) {
      await ssh.writeFile("pve1", "/root/restore.sh", script);
      await assert.rejects(run("sh", "/root/restore.sh"), (error) => isProxmoxError(error, "unsupported"));
    }
    for (const argv of [
      ["ifreload", "vmbr0"],
      ["ip", "link"],
      ["systemd-run", "ls"],
      ["ping", "-f", "10.11.0.1"],
      ["cp", "-r", "/etc", "/tmp"],
    ])
      await assert.rejects(run(...argv), (error) => isProxmoxError(error, "unsupported"));
    assert.equal(sim.sshRecords.filter(({ unbuilt }) => unbuilt).length, 8);
  });

  it("tells addresses and what gets through, whole", async () => {
    await start("manual", { seed: "matrix" });
    const rows = JSON.parse(await run("ip", "-j", "addr")) as {
      ifname: string;
      mtu: number;
      operstate: string;
      addr_info: { local: string }[];
    }[];
    const shown = rows
      .filter(({ ifname }) => /^(?:vmbr1|vlan9|enp3s0)$/.test(ifname))
      .map(({ ifname, mtu, operstate, addr_info }) => [ifname, mtu, operstate, ...addr_info.map(({ local }) => local)]);
    assert.deepEqual(shown.sort(), [
      ["enp3s0", 1500, "DOWN"],
      ["vlan9", 1500, "UP", "192.168.8.5"],
      ["vmbr1", 9000, "UP", "192.168.5.5"],
    ]);
    const ping = (...argv: string[]): Promise<string> => run("ping", "-M", "do", "-c", "1", "-W", "1", ...argv);
    assert.match(await ping("-s", "8972", "192.168.5.6"), /1 received, 0% packet loss/);
    await ping("-s", "1472", "192.168.3.1");
    await assert.rejects(ping("-s", "1473", "192.168.3.1"), /message too long, mtu=1500/);
    sim.world.wiring!.switches["switch1"]!.mtu = 1500;
    await assert.rejects(ping("-s", "8972", "192.168.5.6"));
    await ping("-s", "1472", "192.168.5.6");
    await assert.rejects(ping("192.168.5.66"));
    sim.world.nodes["golf"]!.state = "off";
    await assert.rejects(ping("192.168.5.6"));
  });
});

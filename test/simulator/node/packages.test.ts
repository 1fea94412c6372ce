import assert from "node:assert/strict";
import { isProxmoxError, Ssh } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import { powerNode } from "../../../simulator/node/node-power.js";
import { compareVersions } from "../../../simulator/packages/debian-versions.js";
import { refreshIndex } from "../../../simulator/packages/node-packages.js";

describe("packages of a simulated node", () => {
  let sim: Simulator;
  let ssh: Ssh;
  const node = () => sim.simulation.node("pve1");
  beforeEach(async () => {
    sim = await startSimulator({ seed: "empty:1", clock: "manual" });
    const [{ ssh: server }] = sim.nodes as [Simulator["nodes"][number]];
    ssh = new Ssh({
      password: sim.password,
      hostKeys: { fingerprints: [server.fingerprint] },
      lookUp: async () => `127.0.0.1:${server.port}`,
    });
  });
  afterEach(async () => {
    ssh.close();
    await sim.close();
  });

  const run = (...argv: string[]) => ssh.exec("pve1", argv, { timeoutMs: 3_600_000 });
  const service = (unit: string, env: string[], ...argv: string[]) =>
    run(
      ...["systemd-run", "--wait", "--quiet", "--collect", `--unit=${unit}`, ...env.map((one) => `--setenv=${one}`)],
      ...["--property=StandardOutput=truncate:/run/log", "--", ...argv],
    );

  it("have versions in Debian's order", () => {
    const sorted = ["1.0~rc1-1", "1.0-1", "1.0-1+b1", "1.0-10", "1.0a-1", "1.2-1", "1.10-1", "1:0.1-1"];
    assert.deepEqual([...sorted].reverse().sort(compareVersions), sorted);
  });

  it("are known from the repositories that let the node in, after a refresh", async () => {
    assert.match((await run("apt-get", "-s", "install", "htop")).stderr, /Unable to locate package htop/);
    assert.deepEqual(refreshIndex(sim.simulation, node()), [
      "Err:1 https://enterprise.proxmox.com/debian/ceph-squid trixie InRelease",
      "  401  Unauthorized",
      "Err:2 https://enterprise.proxmox.com/debian/pve trixie InRelease",
      "  401  Unauthorized",
      "E: Failed to fetch https://enterprise.proxmox.com/debian/ceph-squid/dists/trixie/InRelease  401  Unauthorized",
      "E: The repository 'https://enterprise.proxmox.com/debian/ceph-squid trixie InRelease' is not signed.",
      "E: Failed to fetch https://enterprise.proxmox.com/debian/pve/dists/trixie/InRelease  401  Unauthorized",
      "E: The repository 'https://enterprise.proxmox.com/debian/pve trixie InRelease' is not signed.",
    ]);
    const { stdout } = await run("apt-get", "-s", "install", "htop");
    assert.match(stdout, /^0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded\.\nInst htop \(3\.4\.1-5 /);
    assert.equal(node().packages?.installed["htop"], undefined);
  });

  it("ask where nobody answers: without -y, a frontend, or a word on changed configuration files", async () => {
    refreshIndex(sim.simulation, node());
    assert.match((await run("apt-get", "install", "htop")).stdout, /Abort/);
    delete node().packages!.installed["postfix"];
    await assert.rejects(run("apt-get", "-y", "install", "postfix"), (error) => isProxmoxError(error, "timeout"));
    assert.match((await run("apt-get", "-y", "dist-upgrade")).stderr, /conffile prompt/);
    const confold = ["-o", "Dpkg::Options::=--force-confold"];
    assert.equal(
      (await service("a", ["DEBIAN_FRONTEND=noninteractive"], "apt-get", "-y", ...confold, "install", "postfix")).code,
      0,
    );
    assert.match((await run("cat", "/run/log")).stdout, /1 newly installed/);
  });

  it("are kept by a lock, and a service by its name", async () => {
    refreshIndex(sim.simulation, node());
    const later = sim.clock.now() + 30_000;
    node().jobs = { one: later };
    node().packages!.locked = { until: later, by: "unattended-upgr" };
    assert.equal((await run("systemctl", "is-active", "one.service")).stdout, "active\n");
    assert.match((await service("one", [], "apt-get", "-y", "install", "vim")).stderr, /already loaded/);
    assert.match((await run("apt-get", "-y", "install", "vim")).stderr, /held by process 4711 \(unattended-upgr\)/);
    assert.equal((await run("apt-get", "-y", "-o", "DPkg::Lock::Timeout=60", "install", "vim")).code, 0);
    assert.ok(sim.clock.now() > later);
    assert.equal((await run("systemctl", "is-active", "one.service")).stdout, "inactive\n");
    assert.equal((await service("one", [], "apt-get", "-y", "install", "htop")).code, 0);
  });

  it("bring kernels, of which a boot takes the newest, with what /etc/sysctl.d says", async () => {
    refreshIndex(sim.simulation, node());
    node().packages!.index!.push({ name: "proxmox-kernel-6.17.9-1-pve-signed", version: "6.17.9-1" });
    await run("apt-get", "-y", "install", "proxmox-kernel-6.17.9-1-pve-signed");
    await ssh.writeFile("pve1", "/etc/sysctl.d/90-a.conf", "# of ours\nvm.swappiness = 10\nno.such = 1\n");
    assert.equal((await run("sysctl", "-p", "/etc/sysctl.d/90-a.conf")).code, 1);
    const before = (await run("cat", "/proc/sys/kernel/random/boot_id")).stdout;
    await assert.rejects(ssh.writeFile("pve1", "/proc/sys/kernel/random/boot_id", "x"));
    powerNode(sim.simulation, node(), "reboot", () => undefined);
    sim.clock.advance(60_000);
    assert.equal(node().hardware.kernel?.release, "6.17.9-1-pve");
    assert.equal((await run("sysctl", "vm.swappiness")).stdout, "vm.swappiness = 10\n");
    assert.notEqual((await run("cat", "/proc/sys/kernel/random/boot_id")).stdout, before);
  });
});

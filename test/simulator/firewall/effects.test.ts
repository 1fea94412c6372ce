import assert from "node:assert/strict";
import https from "node:https";
import { isProxmoxError, Ssh } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import { clientVerdict } from "../../../simulator/firewall/packet-verdicts.js";
import { placeClient } from "../../../simulator/network/place-client.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import type { ClockMode } from "../../../simulator/simulated-clock.js";
import { ask, type Answer } from "../api-client.js";
import { sshToNodes } from "../ssh-to-nodes";

/** What the packet filter does to those who use the nodes: the API, SSH, the cluster, migrations. */
describe("behind the firewall of simulated nodes", () => {
  let sim: Simulator;
  let ssh: Ssh;

  const start = async (options: Parameters<typeof startSimulator>[0] = {}): Promise<void> => {
    sim = await startSimulator({ seed: "matrix", ...options });
    ssh = sshToNodes(sim);
  };

  afterEach(async () => {
    ssh.close();
    await sim.close();
  });

  const headers = (): Record<string, string> => ({ Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` });
  const api = (method: string, path: string, params: Record<string, string> = {}, node = 0): Promise<Answer> =>
    ask(sim.nodes[node]!, method, path, { params, headers: headers() });
  /** Writes cluster.fw past the API, as somebody else would. */
  const write = (text: string, files: Record<string, string> = {}): Promise<void> =>
    Object.entries({ "/etc/pve/firewall/cluster.fw": `[OPTIONS]\nenable: 1\n${text}`, ...files }).reduce(
      (before, [name, content]) => before.then(() => ssh.writeFile("hotel", name, content)),
      Promise.resolve(),
    );
  const quorum = (): boolean[] => sim.nodes.map(({ name }) => sim.simulation.isQuorate(sim.simulation.node(name)));

  it("lets the client of the nodes' network go on, and shuts out one elsewhere, at its next connection", async () => {
    await start();
    await write("");
    assert.equal((await api("GET", "/version")).status, 200);
    assert.equal(await ssh.run("golf", ["cat", "/etc/hostname"]), "golf\n");
    ssh.close();
    await sim.close();
    await start({ client: "203.0.113.9" });
    await write("");
    const before = sim.clock.now();
    await assert.rejects(api("GET", "/version"));
    assert.equal(sim.clock.now() - before, 3000, "dropped: nobody answers");
    await assert.rejects(sshToNodes(sim).run("golf", ["cat", "/etc/hostname"]), (error) =>
      isProxmoxError(error, "unavailable"),
    );
  });

  it("answers a rejected connection at once", async () => {
    await start();
    await write("[RULES]\nIN REJECT -p tcp -dport 8006\n");
    const before = sim.clock.now();
    await assert.rejects(api("GET", "/version"), { code: "ECONNRESET" });
    assert.equal(sim.clock.now(), before);
  });

  it("keeps connections that are there: the kernel knows them", async () => {
    await start();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const get = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const { port } = sim.nodes[0]!;
        https
          .get({ host: "127.0.0.1", port, path: "/api2/json/version", headers: headers(), agent }, (response) => {
            response.resume().on("end", () => resolve(response.statusCode ?? 0));
          })
          .on("error", reject);
      });
    assert.equal(await get(), 200);
    await ssh.run("foxtrot", ["cat", "/etc/hostname"]);
    await write("[RULES]\nIN DROP\n");
    await assert.rejects(api("GET", "/version"));
    assert.equal(await get(), 200);
    assert.equal(await ssh.run("foxtrot", ["cat", "/etc/hostname"]), "foxtrot\n");
    agent.destroy();
  });

  it("keeps nodes from passing calls on: 595 after thirty seconds, or at once", async () => {
    await start();
    await write("", { "/etc/pve/nodes/golf/host.fw": "[RULES]\nIN DROP -source 192.168.3.5 -p tcp -dport 8006\n" });
    const before = sim.clock.now();
    const { status, reason } = await api("GET", "/nodes/golf/status");
    assert.deepEqual([status, reason], [595, "Connection timed out"]);
    assert.equal(sim.clock.now() - before, 30_000);
    await write("", { "/etc/pve/nodes/golf/host.fw": "[RULES]\nIN REJECT -source 192.168.3.5 -p tcp -dport 8006\n" });
    assert.equal((await api("GET", "/nodes/golf/status")).reason, "Connection refused");
    // others and the client still get there
    assert.equal((await api("GET", "/nodes/golf/status", {}, 2)).status, 200);
    assert.equal((await api("GET", "/nodes/golf/status", {}, 1)).status, 200);
  });

  it("ends quorum where corosync may neither send nor receive, and the files cannot be changed there any more", async () => {
    await start();
    await write("", {
      "/etc/pve/nodes/golf/host.fw": "[RULES]\nIN DROP -p udp -dport 5405\nOUT DROP -p udp -dport 5405\n",
    });
    // What is established goes on, until its kernel knows of it no more.
    assert.deepEqual(quorum(), [true, true, true]);
    await api("POST", "/nodes/golf/status", { command: "reboot" });
    assert.deepEqual(quorum(), [true, false, true]);
    await assert.rejects(ssh.run("golf", ["rm", "--", "/etc/pve/nodes/golf/host.fw"]), /Permission denied/);
    // taken away by the others, it stays in force on the node that does not hear of it
    await ssh.run("hotel", ["rm", "--", "/etc/pve/nodes/golf/host.fw"]);
    assert.deepEqual(quorum(), [true, false, true]);
    // until the filter itself is taken away there
    await ssh.run("golf", ["pve-firewall", "stop"]);
    assert.deepEqual(quorum(), [true, true, true]);
    await ssh.run("golf", ["pve-firewall", "start"]);
    assert.deepEqual(quorum(), [true, true, true]);
  });

  it("ends a migration whose source cannot log in on the target", async () => {
    await start();
    await write("", { "/etc/pve/nodes/golf/host.fw": "[RULES]\nIN DROP -p tcp -dport 22\n" });
    const created = await api("POST", "/nodes/foxtrot/qemu", { vmid: "100", memory: "64" });
    assert.equal(created.status, 200, created.reason);
    const { json } = await api("POST", "/nodes/foxtrot/qemu/100/migrate", { target: "golf" });
    const upid = String(json?.data);
    const log = await api("GET", `/nodes/foxtrot/tasks/${encodeURIComponent(upid)}/log`);
    const lines = (log.json?.data as { t: string }[]).map(({ t }) => t).join("\n");
    assert.match(lines, /ssh: connect to host 192\.168\.3\.6 port 22: Connection timed out/);
    assert.match(lines, /Can't connect to destination address using public key/);
  });

  it("keeps a node from joining through a member that does not let it in", async () => {
    await start({ seed: "matrix:bare" });
    ssh.close();
    const asRoot = async (node: number, path: string, params: Record<string, string>): Promise<Answer> => {
      const login = { username: sim.username, password: sim.password };
      const { json } = await ask(sim.nodes[node]!, "POST", "/access/ticket", { params: login });
      const { ticket = "", CSRFPreventionToken = "" } = json?.data as Record<string, string>;
      const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, CSRFPreventionToken };
      return ask(sim.nodes[node]!, "POST", path, { headers: cookie, params });
    };
    const created = await asRoot(0, "/cluster/config", { clustername: "lab" });
    assert.equal(created.status, 200, created.reason);
    sim.simulation.clusterOf(sim.simulation.node("foxtrot")).firewallFiles = {
      "firewall/cluster.fw": "[OPTIONS]\nenable: 1\n[RULES]\nIN DROP -source 192.168.3.6\n",
    };
    await api("PUT", "/cluster/firewall/options", { policy_in: "DROP" });
    const golf = sim.nodes[1]!;
    const joined = await asRoot(1, "/cluster/config/join", {
      ...{ hostname: "192.168.3.5", fingerprint: sim.nodes[0]!.fingerprint, password: sim.password },
    });
    const upid = String(joined.json?.data);
    const { json } = await ask(golf, "GET", `/nodes/golf/tasks/${encodeURIComponent(upid)}/status`, {
      headers: headers(),
    });
    assert.match(
      String((json?.data as { exitstatus?: string }).exitstatus),
      /^500 Can't connect to 192\.168\.3\.5:8006 \(Connection timed out\)/,
    );
    // once it is let in, the cluster's files are its own
    assert.equal((await api("DELETE", "/cluster/firewall/rules/0")).status, 200);
    await asRoot(1, "/cluster/config/join", {
      ...{ hostname: "192.168.3.5", fingerprint: sim.nodes[0]!.fingerprint, password: sim.password },
    });
    assert.deepEqual(quorum(), [true, true, true]);
    assert.equal(clientVerdict(sim.world, sim.simulation.node("golf"), 9), "drop");
  });

  it("goes on with a world that was saved, and with what its nodes had not read yet", async () => {
    const world = seedWorld("matrix");
    const cluster = Object.values(world.clusters)[0]!;
    cluster.firewallFiles = { "firewall/cluster.fw": "[OPTIONS]\nenable: 1\n[RULES]\nIN DROP -p tcp -dport 8006\n" };
    await start({ seed: world, clock: "manual" satisfies ClockMode });
    await assert.rejects(api("GET", "/version"));
    const saved = sim.simulation.saved();
    ssh.close();
    await sim.close();
    const again = JSON.parse(saved) as typeof world;
    Object.values(again.clusters)[0]!.firewallFiles = {};
    await start({ seed: again, clock: "manual" });
    await assert.rejects(api("GET", "/version"));
    sim.clock.advance(10_000);
    assert.equal((await api("GET", "/version")).status, 200);
  });
});

describe("where the client of a simulator is", () => {
  it("may be any address: in a network of the nodes, or behind the router", () => {
    const world = seedWorld("matrix");
    placeClient(world, "192.168.3.77");
    assert.deepEqual(
      { ...world.wiring?.client },
      { address: "192.168.3.77/24", switch: "switch0", mtu: 1500, gateway: "192.168.3.1" },
    );
    placeClient(world, "198.51.100.1");
    assert.deepEqual(
      { ...world.wiring?.client },
      { address: "198.51.100.1/24", switch: "outside", mtu: 1500, gateway: "198.51.100.2" },
    );
    assert.throws(() => placeClient(world, "192.168.3.1"), /is the router's address/);
    assert.throws(() => placeClient(world, "fd00::1"), /is no IPv4 address/);
  });
});

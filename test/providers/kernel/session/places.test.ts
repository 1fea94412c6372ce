import assert from "node:assert/strict";
import { createSession, type Session } from "../../../../providers/kernel/session/session";
import type { Call } from "../../../../providers/kernel/call/call";
import { startSimulator, type SimulatedNode, type Simulator } from "../../../../simulator";
import { labWorld, pluginConfig } from "../../../support/lab";
import { secretValue } from "../../../support/secret-values";
import { silentReport } from "../../../support/silent-report";

const call = (): Call => ({
  ...{ operation: "read", urn: "urn:pulumi:test::lab::x::y", inputs: {}, mark: "", whenRecorded: () => undefined },
  signal: new AbortController().signal,
  changes: { sent: 0 },
  remainingMs: () => 30_000,
  report: silentReport(),
  safePoint: async () => undefined,
});

describe("places", () => {
  let sim: Simulator;
  let sessions: Session[] = [];
  const warnings: string[] = [];
  const passwordOf = (name: string): string => secretValue(`the password of root on ${name}`);

  before(async () => {
    const world = labWorld("empty:3");
    for (const { name, cluster } of Object.values(world.nodes))
      world.clusters[cluster]!.access.passwords["root@pam"] = passwordOf(name);
    sim = await startSimulator({ seed: world });
  });
  after(() => sim.close());
  beforeEach(() => {
    sessions = [];
    warnings.length = 0;
  });

  const nodeOf = (name: string, more: object = {}) => {
    const { url, fingerprint, ssh } = sim.nodes.find((node) => node.name === name)!;
    return {
      ...{ endpoint: url, fingerprint, password: passwordOf(name) },
      ...{ ssh: `127.0.0.1:${ssh.port}`, sshFingerprint: ssh.fingerprint },
      ...more,
    };
  };
  /** pve1 is the cluster of the config; the others are as the installer has left them. */
  const session = (nodes: object, more: Record<string, unknown> = {}): Session => {
    const { url, fingerprint } = sim.nodes[0]!;
    const config: Record<string, unknown> = {
      ...pluginConfig(sim),
      "proxmox:endpoints": [url],
      "proxmox:fingerprints": [fingerprint],
      "proxmox:nodes": nodes,
      ...more,
    };
    const made = createSession({
      lifeline: {
        signal: new AbortController().signal,
        hold: (work) => work(),
        assertEngine: async () => undefined,
        whenRecorded: () => undefined,
      },
      reporter: () => silentReport(warnings),
      env: {},
    });
    made.configure({ get: (key) => config[key] });
    sessions.push(made);
    return made;
  };
  it("ask a node that is no member at its own address, as its own root, and a member through the cluster", async () => {
    const here = session({ pve2: nodeOf("pve2"), pve3: nodeOf("pve3") });
    const before = sim.requests.length;
    const dns = await (await here.node(call(), "pve2")).api.nodes.$("pve2").dns.$get();
    assert.equal(dns["dns1"], "10.11.0.1");
    assert.deepEqual(
      sim.requests
        .slice(before)
        .filter(({ node }) => node === "pve2")
        .map(({ method, path }) => `${method} ${path}`),
      ["POST /access/ticket", "GET /version", "GET /cluster/status", "GET /nodes/pve2/dns"],
    );
    const { user, connection } = (await here.node(call(), "pve2")).process;
    assert.equal(user, "root@pam");
    assert.equal(connection.identity, "root@pam");
    const member = await here.node(call(), "pve1");
    assert.equal(member.process.user, sim.token.id);
    assert.equal(member.process.connection, (await here.pve(call())).process.connection);
  });

  it("reach a node by SSH at its own address, and nobody's values are shown", async () => {
    const here = session({ pve2: nodeOf("pve2") });
    const { ssh } = (await here.node(call(), "pve2")).process;
    await ssh!.writeFile("pve2", "/root/note", "here");
    assert.equal((await ssh!.readFile("pve2", "/root/note"))?.toString(), "here");
    assert.deepEqual([...new Set(sim.sshRecords.map(({ node }) => node))], ["pve2"]);
    assert.equal(here.secrets.redact(`it is ${passwordOf("pve2")}`).includes(passwordOf("pve2")), false);
    ssh!.close();
  });

  it("never take a node for another one", async () => {
    const { endpoint, fingerprint } = nodeOf("pve3");
    const here = session({ pve2: nodeOf("pve2", { endpoint, fingerprint, password: passwordOf("pve3") }) });
    await assert.rejects(
      here.node(call(), "pve2"),
      /^Error: config proxmox:nodes\.pve2\.endpoint: the node that answers there is pve3, not pve2; nothing was done/,
    );
    // A certificate that is another one ends it before anything is sent.
    const pinned = session({ pve2: nodeOf("pve2", { fingerprint }) });
    await assert.rejects(pinned.node(call(), "pve2"), /has the fingerprint .* Nothing was sent/);
  });

  it("name the nodes that there are when one is unknown", async () => {
    const here = session({ pve2: nodeOf("pve2") });
    await assert.rejects(
      here.node(call(), "pve22"),
      /^Error: there is no node pve22; there are pve1, pve2 \(a node that has not joined .*\); did you mean "pve2"\?$/,
    );
  });

  it("tell mistakes at preview, and go on without what is only out of reach", async () => {
    const here = session({ pve2: nodeOf("pve2", { password: "wrong" }), pve3: nodeOf("pve3") });
    const wrong = await here.lookAtNode(call(), "pve2", "node");
    assert.equal(wrong.pve, undefined);
    assert.equal(wrong.problems[0]?.path, "node");
    assert.match(wrong.problems[0]?.message ?? "", /authentication failure/);
    assert.match((await here.lookAtNode(call(), "pve4", "node")).problems[0]?.message ?? "", /there is no node pve4/);
    assert.deepEqual((await here.lookAtNode(call(), "pve3", "node")).problems, []);
    assert.ok((await here.lookAtNode(call(), "pve3", "node")).pve);

    const away = session(
      { pve2: nodeOf("pve2", { endpoint: "https://127.0.0.1:9" }) },
      { "proxmox:previewTimeout": "2s" },
    );
    for (let times = 0; times < 2; times++)
      assert.deepEqual(await away.lookAtNode(call(), "pve2", "node"), { problems: [] });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^what concerns node pve2 was checked against the schema only: /);
  });

  it("have root beside the token where the config has it, and say at preview where it has not", async () => {
    const none = session({});
    assert.deepEqual(
      none.rootProblems("joining a node").map(({ message }) => message),
      [
        "joining a node is for root@pam with a password alone: Proxmox refuses tokens, root's own too. " +
          "Set proxmox:username to root@pam and proxmox:password to its password; the token goes on serving everything else",
      ],
    );
    await assert.rejects(none.root(call()), /is for root@pam with a password alone/);

    const root = { "proxmox:username": "root@pam", "proxmox:password": passwordOf("pve1") };
    const both = session({}, root);
    assert.deepEqual(both.rootProblems("joining a node"), []);
    assert.equal((await both.pve(call())).process.user, sim.token.id);
    assert.equal((await both.root(call())).process.user, "root@pam");
    assert.equal((await (await both.root(call())).api.cluster.status.$get()).length, 1);

    const ticket = session({}, { ...root, "proxmox:tokenId": undefined, "proxmox:tokenSecret": undefined });
    assert.equal((await ticket.root(call())).process.connection, (await ticket.pve(call())).process.connection);
  });

  it("ask through the cluster what is a member, and refuse a node of another cluster", async () => {
    const cluster = await startSimulator({ seed: labWorld("matrix") });
    try {
      const [echo, foxtrot] = cluster.nodes as unknown as [SimulatedNode, SimulatedNode];
      const entry = {
        ...{ endpoint: foxtrot.url, fingerprint: foxtrot.fingerprint, password: cluster.password },
        ...{ ssh: `127.0.0.1:${foxtrot.ssh.port}`, sshFingerprint: foxtrot.ssh.fingerprint },
      };
      const there = { "proxmox:endpoints": [echo.url], "proxmox:fingerprints": [echo.fingerprint] };
      const members = session(
        // What it had before it joined is of no use any more, and in nobody's way.
        { [foxtrot.name]: { ...entry, endpoint: "https://127.0.0.1:9", fingerprint: foxtrot.fingerprint } },
        { ...there, "proxmox:tokenSecret": cluster.token.secret },
      );
      const { api, process } = await members.node(call(), foxtrot.name);
      assert.equal(process.user, cluster.token.id);
      assert.ok((await api.nodes.$(foxtrot.name).dns.$get())["search"]);
      await process.ssh!.writeFile(foxtrot.name, "/root/note", "its own SSH goes on being its own");
      process.ssh!.close();
      assert.deepEqual([...new Set(cluster.sshRecords.map(({ node }) => node))], [foxtrot.name]);

      // Nor is the password with which it was reached, which may be nowhere any more.
      const gone = { ...entry, password: "secret:NO_LONGER_THERE" };
      const before = cluster.sshRecords.length;
      const keyless = session({ [foxtrot.name]: gone }, { ...there, "proxmox:tokenSecret": cluster.token.secret });
      const joined = await keyless.node(call(), foxtrot.name);
      assert.ok((await joined.api.nodes.$(foxtrot.name).dns.$get())["search"]);
      await assert.rejects(
        joined.process.ssh!.readFile(foxtrot.name, "/root/note"),
        /^ProxmoxError: no way to log in to \w+ by SSH: config proxmox:nodes\.\w+\.password: .*NO_LONGER_THERE/,
      );
      joined.process.ssh!.close();
      const login = { "proxmox:sshPassword": cluster.password };
      const keyed = session(
        { [foxtrot.name]: gone },
        {
          ...there,
          ...login,
          "proxmox:sshFingerprints": foxtrot.ssh.fingerprint,
          "proxmox:tokenSecret": cluster.token.secret,
        },
      );
      const { ssh } = (await keyed.node(call(), foxtrot.name)).process;
      await ssh!.writeFile(foxtrot.name, "/root/note", "with the password of all nodes");
      ssh!.close();
      assert.ok(cluster.sshRecords.length > before);

      const elsewhere = session({ [foxtrot.name]: entry });
      await assert.rejects(
        elsewhere.node(call(), foxtrot.name),
        /is a member of cluster Matrix, and proxmox:endpoints lead/,
      );
    } finally {
      await cluster.close();
    }
  });
});

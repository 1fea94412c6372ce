import assert from "node:assert/strict";
import net from "node:net";
import { isProxmoxError, Ssh, type SshOptions } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import type { SshRecord } from "../../../simulator/ssh/ssh-record.js";
import { labWorld } from "../../support/lab";
import { fingerprintOf, newKey } from "../../support/sshd";

/** What must hold wherever the tests run, OpenSSH's server or not. */
describe("the SSH client on a simulated node", () => {
  let sim: Simulator;
  const opened: Ssh[] = [];
  const other = fingerprintOf(newKey().public);
  const node = () => {
    const [first] = sim.nodes;
    assert.ok(first);
    return first.ssh;
  };
  const client = (options: Partial<SshOptions> = {}): Ssh => {
    const ssh = new Ssh({
      password: sim.password,
      hostKeys: { fingerprints: [node().fingerprint] },
      lookUp: async () => `127.0.0.1:${node().port}`,
      ...options,
    });
    opened.push(ssh);
    return ssh;
  };
  const records = (kind: SshRecord["kind"]): SshRecord[] => sim.sshRecords.filter((one) => one.kind === kind);
  const files = () => Object.keys(sim.world.nodes["pve1"]?.ssh?.files ?? {});
  /** Calls back as soon as the server notes something. */
  const when = (what: RegExp, act: () => void): void => {
    const notes = sim.sshRecords as SshRecord[];
    notes.push = (...items) => {
      if (items.some((one) => what.test(one.what))) act();
      return Array.prototype.push.apply(notes, items);
    };
  };

  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld() });
  });
  afterEach(async () => {
    for (const ssh of opened.splice(0)) ssh.close();
    await sim.close();
  });

  it("holds no small packet back: each command waits for several answers", async () => {
    const { connect } = net;
    const asked: unknown[] = [];
    net.connect = ((options: net.TcpNetConnectOpts) => {
      asked.push(options.noDelay);
      return connect(options);
    }) as typeof connect;
    try {
      await client().writeFile("pve1", "/root/a", "x");
    } finally {
      net.connect = connect;
    }
    assert.deepEqual(asked, [true]);
  });

  it("sends nothing to a server whose key is not the one that is trusted, insecure or not", async () => {
    for (const hostKeys of [
      { fingerprints: [other] },
      { fingerprints: [other], insecure: true },
      { knownHosts: `pve1 ${newKey().public}\n`, insecure: true },
      { knownHosts: "" },
      {},
    ])
      await assert.rejects(
        client({ hostKeys }).run("pve1", ["true"]),
        (error: unknown) => isProxmoxError(error, "untrusted") && /Nothing was sent/.test(error.message),
        JSON.stringify(hostKeys),
      );
    assert.deepEqual(sim.sshRecords, []);
    await client().writeFile("pve1", "/root/a", "x");
    assert.deepEqual(
      records("login").map(({ code }) => code),
      [0],
    );
  });

  it("hands over an argument with every character of a shell as it is", async () => {
    const odd = "/root/a;b&c|d$(e)`f`'g'\"h\"<i>*?[j]{k}~#l!\\ m";
    const ssh = client();
    await ssh.writeFile("pve1", odd, "content");
    assert.match(await ssh.run("pve1", ["sha256sum", "--", odd]), /^[0-9a-f]{64} {2}/);
    assert.deepEqual(
      records("exec").filter(({ unbuilt, code }) => unbuilt || code !== 0),
      [],
    );
  });

  it("lets nobody else read a file that is still being written", async () => {
    await client().writeFile("pve1", "/root/secret.yaml", "password: x\n", { mode: 0o644 });
    const made = records("sftp").filter(({ mode }) => mode !== undefined);
    assert.deepEqual(
      made.map(({ what, mode = 0 }) => [
        /^write \/root\/\.secret\.yaml\.[0-9a-f]{12}\.tmp$/.test(what),
        mode.toString(8),
      ]),
      [[true, "600"]],
    );
    assert.equal(sim.world.nodes["pve1"]?.ssh?.files["/root/secret.yaml"]?.mode, 0o644);
  });

  it("takes away what a write had begun that is given up, and leaves the old content", async () => {
    const ssh = client();
    await ssh.writeFile("pve1", "/root/data", "old");
    const controller = new AbortController();
    when(/^write .*\.tmp$/, () => controller.abort());
    const large = Buffer.alloc(4 * 2 ** 20, "x");
    await assert.rejects(ssh.writeFile("pve1", "/root/data", large, { signal: controller.signal }), (error: unknown) =>
      isProxmoxError(error, "aborted"),
    );
    assert.deepEqual(files(), ["/root/data"]);
    assert.equal(String(await ssh.readFile("pve1", "/root/data")), "old");
  });

  it("never begins a command that was given up while it waited for its turn", async () => {
    const ssh = client();
    for (const name of ["from", ...Array.from({ length: 6 }, (_, i) => `f${i}`)])
      await ssh.writeFile("pve1", `/root/${name}`, name);
    const controller = new AbortController();
    // As many as a connection takes at once, then the one that waits.
    const busy = Array.from({ length: 6 }, (_, i) => ssh.run("pve1", ["sha256sum", "--", `/root/f${i}`]));
    const moving = ssh.run("pve1", ["mv", "--", "/root/from", "/root/to"], { signal: controller.signal });
    const last = ssh.run("pve1", ["sha256sum", "--", "/root/from"]);
    when(/sha256sum -- \/root\/f0$/, () => controller.abort());
    await assert.rejects(moving, (error: unknown) => isProxmoxError(error, "aborted"));
    await Promise.all([...busy, last]);
    assert.deepEqual(
      records("exec").filter(({ what }) => / mv /.test(what)),
      [],
    );
    assert.ok(files().includes("/root/from"));
  });
});

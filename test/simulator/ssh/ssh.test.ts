import assert from "node:assert/strict";
import { utils } from "ssh2";
import { isProxmoxError, Ssh, type SshOptions } from "../../../pve";
import { startSimulator, type Simulator } from "../../../simulator";
import { shellWords } from "../../../simulator/ssh/words.js";
import { readableKeyPair } from "../../../simulator/ssh/host-key.js";
import { labWorld } from "../../support/lab";
import { newKey } from "../../support/sshd";
import { ask } from "../api-client.js";

describe("the SSH server of a simulated node", () => {
  let sim: Simulator;
  const key = newKey();
  const opened: Ssh[] = [];
  const client = (options: Partial<SshOptions> = {}): Ssh => {
    const { port, fingerprint } = sim.nodes[0]!.ssh;
    const ssh = new Ssh({
      privateKey: key.private,
      hostKeys: { fingerprints: [fingerprint] },
      lookUp: async () => `127.0.0.1:${port}`,
      ...options,
    });
    opened.push(ssh);
    return ssh;
  };
  const listed = async (content: string): Promise<string[]> => {
    const headers = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
    const { json } = await ask(sim.nodes[0]!, "GET", `/nodes/pve1/storage/local/content?content=${content}`, {
      headers,
    });
    return (json?.data as { volid: string }[]).map(({ volid }) => volid);
  };

  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld() });
    // The host key is made when it is first asked for.
    assert.match(sim.nodes[0]!.ssh.fingerprint, /^SHA256:[\w+/]{43}$/);
    sim.world.nodes["pve1"]!.ssh!.authorizedKeys.push(key.public);
  });
  afterEach(async () => {
    for (const ssh of opened.splice(0)) ssh.close();
    await sim.close();
  });

  it("lets root in by key or password, and nobody else", async () => {
    const file = "/etc/pve/storage.cfg";
    const { password } = sim;
    assert.match(String(await client().readFile("pve1", file)), /^dir: local$/m);
    assert.ok(await client({ privateKey: undefined, password }).readFile("pve1", file));
    for (const wrong of [
      { privateKey: newKey().private },
      { privateKey: undefined, password: "wrong" },
      { user: "admin", password },
    ])
      await assert.rejects(client(wrong).readFile("pve1", file), (error) => isProxmoxError(error, "unauthenticated"));
  });

  it("shows what is written into a storage's directory in the API's lists, but nothing hidden", async () => {
    const ssh = client();
    await ssh.writeFile("pve1", "/var/lib/vz/snippets/a.yaml", "#cloud-config\n", { mode: 0o600 });
    await ssh.writeFile("pve1", "/var/lib/vz/snippets/.hidden", "x");
    assert.deepEqual(await listed("snippets"), ["local:snippets/a.yaml"]);
    await ssh.writeFile("pve1", "/var/lib/vz/snippets/a.yaml", "#cloud-config\nusers: []\n");
    assert.equal(String(await ssh.readFile("pve1", "/var/lib/vz/snippets/a.yaml")), "#cloud-config\nusers: []\n");
    assert.equal(await ssh.removeFile("pve1", "/var/lib/vz/snippets/a.yaml"), true);
    assert.deepEqual(await listed("snippets"), []);
    assert.deepEqual(
      Object.keys(sim.world.nodes["pve1"]!.ssh!.files).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("has no directory for content that the storage does not allow", async () => {
    sim.world.clusters["pve1"]!.storages["local"]!["content"] = "iso";
    const write = client().writeFile("pve1", "/var/lib/vz/snippets/a.yaml", "x");
    await assert.rejects(write, (error) => isProxmoxError(error, "not-found"));
  });

  it("keeps /etc/pve to itself", async () => {
    const ssh = client();
    await assert.rejects(ssh.writeFile("pve1", "/etc/pve/storage.cfg", "x"), (error) =>
      isProxmoxError(error, "denied"),
    );
    assert.equal(await ssh.readFile("pve1", "/etc/pve/qemu-server/100.conf"), undefined);
  });

  it("runs what it knows; anything else is missing, and counted", async () => {
    const ssh = client();
    await ssh.writeFile("pve1", "/root/it's", "content\n");
    assert.match(await ssh.run("pve1", ["sha256sum", "--", "/root/it's"]), /^[0-9a-f]{64} {2}\/root\/it's\n$/);
    await assert.rejects(ssh.run("pve1", ["rm", "-rf", "/"]), (error) => isProxmoxError(error, "unsupported"));
    const holes = sim.sshRecords.filter(({ unbuilt }) => unbuilt).map(({ what }) => what);
    assert.deepEqual(holes, ["timeout -k 5 60 rm -rf /"]);
  });

  it("keeps its host key with the world, and shows it to no API", async () => {
    const { fingerprint } = sim.nodes[0]!.ssh;
    const again = await startSimulator({ seed: sim.simulation.save() });
    assert.equal(again.nodes[0]!.ssh.fingerprint, fingerprint);
    await again.close();
  });

  it("is off when its node is", async () => {
    sim.world.nodes["pve1"]!.state = "off";
    await assert.rejects(client().readFile("pve1", "/x"), (error) => isProxmoxError(error, "unavailable"));
  });

  it("reads command lines as a shell does, and refuses what it would have to interpret", () => {
    assert.deepEqual(shellWords("a 'b c' d\\'e 'it'\\''s' ''"), ["a", "b c", "d'e", "it's", ""]);
    for (const line of ["a; b", "a | b", "$(a)", 'a "b"', "a > b", "a &", "*"])
      assert.equal(shellWords(line), undefined);
  });

  it("has host keys that can be read, each time", () => {
    for (let round = 0; round < 1500; round++)
      assert.ok(!(utils.parseKey(readableKeyPair("root@pve1").private) instanceof Error));
  });
});

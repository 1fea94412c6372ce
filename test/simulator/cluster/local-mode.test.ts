import assert from "node:assert/strict";
import type { Ssh } from "../../../pve";
import { readableKeyPair } from "../../../simulator/ssh/host-key.js";
import { nodeMachine } from "../../../simulator/ssh/machines.js";
import { startSimulator, type Simulator } from "../../../simulator";
import { labWorld } from "../../support/lab";
import { ask } from "../api-client.js";
import { sshToNodes } from "../ssh-to-nodes.js";

// "Separate a Node Without Reinstalling" of pvecm's documentation; main in src/pmxcfs/pmxcfs.c of pve-cluster.
describe("a cluster file system in local mode", () => {
  let sim: Simulator;
  let ssh: Ssh;
  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld("matrix") });
    ssh = sshToNodes(sim);
  });
  afterEach(async () => {
    ssh.close();
    await sim.close();
  });

  const codeOf = async (node: string, line: string): Promise<number> => (await ssh.exec(node, line.split(" "))).code;
  const newGroup = async (at: number, groupid: string) => {
    const headers = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
    const { status, reason } = await ask(sim.nodes[at]!, "POST", "/access/groups", { headers, params: { groupid } });
    return `${status} ${reason}`;
  };
  const separate = async (node: string): Promise<void> => {
    for (const line of [
      "systemctl stop pve-cluster corosync",
      "pmxcfs -l",
      "rm -f -- /etc/pve/corosync.conf",
      "rm -f -- /etc/corosync/corosync.conf /etc/corosync/authkey",
      "killall --quiet --wait --ns 1 pmxcfs",
      "systemctl start pve-cluster",
    ])
      assert.equal(await codeOf(node, line), 0, line);
  };

  it("leaves a node its own copy, and those that are left without quorum only to read", async () => {
    const [first, second, third] = sim.nodes.map(({ name }) => name);
    await ssh.run(first!, ["cp", "--", "/etc/hostname", "/etc/pve/pulumi-note"]);
    await separate(third!);
    assert.equal(await newGroup(0, "with-two"), "200 OK");
    await separate(second!);
    assert.match(await newGroup(0, "alone"), /^500 create group failed: cfs-lock 'file-user_cfg' error: no quorum!/);
    assert.notEqual(await codeOf(first!, "cp -- /etc/hostname /etc/pve/pulumi-note"), 0);
    assert.equal(await newGroup(1, "own"), "200 OK");
    assert.equal(await newGroup(2, "own"), "200 OK");
    assert.equal(String(await ssh.readFile(third!, "/etc/pve/pulumi-note")), `${first}\n`);
    await ssh.run(third!, ["rm", "-f", "--", "/etc/pve/pulumi-note"]);
    assert.equal(String(await ssh.readFile(second!, "/etc/pve/pulumi-note")), `${first}\n`);
    assert.equal((await ssh.exec(third!, ["test", "-d", `/etc/pve/nodes/${first}`])).code, 0);
    const groups = sim.nodes.map(({ name }) =>
      Object.keys(sim.simulation.clusterOf(sim.world.nodes[name]!).access.groups).filter((one) => one !== "group"),
    );
    assert.deepEqual(
      groups.map((one) => one.filter((name) => /with-two|own|alone/.test(name)).sort()),
      [["with-two"], ["own", "with-two"], ["own"]],
    );
  });

  it("is ended before the service starts, and a node whose corosync.conf stayed is a member again", async () => {
    const { name } = sim.nodes[2]!;
    const before = sim.world.nodes[name]!.cluster;
    assert.notEqual(await codeOf(name, "pmxcfs -l"), 0, "beside the service");
    await ssh.run(name, ["systemctl", "stop", "pve-cluster", "corosync"]);
    assert.equal(await ssh.readFile(name, "/etc/pve/storage.cfg"), undefined);
    await ssh.run(name, ["pmxcfs", "-l"]);
    assert.notEqual(await codeOf(name, "pmxcfs -l"), 0, "a second one");
    assert.notEqual(await codeOf(name, "systemctl start pve-cluster"), 0, "the service beside it");
    await ssh.run(name, ["killall", "--quiet", "--wait", "--ns", "1", "pmxcfs"]);
    await ssh.run(name, ["systemctl", "start", "corosync"]);
    await ssh.run(name, ["systemctl", "start", "pve-cluster"]);
    assert.equal(sim.world.nodes[name]!.cluster, before);
    assert.equal(sim.world.nodes[name]!.clusterService, undefined);
    assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), true);
  });

  it("lets nobody sign in by a key that stands in it while it is away, unless the file of keys is no link", async () => {
    const node = sim.world.nodes[sim.nodes[2]!.name]!;
    const key = readableKeyPair("somebody");
    const machine = () => nodeMachine(sim.simulation, node.name).keys();
    sim.simulation.clusterOf(node).keyFiles = { authorized: `${key.public}\n`, hosts: "" };
    assert.ok(machine().includes(key.public));
    await ssh.run(node.name, ["cp", "--", "/etc/pve/priv/authorized_keys", "/run/keys"]);
    assert.equal((await ssh.exec(node.name, ["mountpoint", "-q", "/etc/pve"])).code, 0);
    await ssh.run(node.name, ["systemctl", "stop", "pve-cluster", "corosync"]);
    assert.equal((await ssh.exec(node.name, ["mountpoint", "-q", "/etc/pve"])).code, 32);
    assert.deepEqual(machine(), []);
    await ssh.run(node.name, ["mv", "-T", "--", "/run/keys", "/root/.ssh/authorized_keys"]);
    assert.ok(machine().includes(key.public));
    const file = "/root/.ssh/authorized_keys";
    assert.equal((await ssh.exec(node.name, ["readlink", "--", file])).code, 1);
    await ssh.run(node.name, ["ln", "-s", "-f", "-n", "--", "/etc/pve/priv/authorized_keys", file]);
    assert.deepEqual(machine(), []);
    assert.equal((await ssh.exec(node.name, ["readlink", "--", file])).stdout, "/etc/pve/priv/authorized_keys\n");
  });

  it("writes corosync.conf of its database back where it starts, and no key", async () => {
    const { name } = sim.nodes[2]!;
    await ssh.run(name, ["systemctl", "stop", "pve-cluster", "corosync"]);
    const files = ["/etc/corosync/corosync.conf", "/etc/corosync/authkey"];
    await ssh.run(name, ["rm", "-f", "--", ...files]);
    assert.equal(await ssh.readFile(name, files[0]!), undefined);
    await ssh.run(name, ["systemctl", "start", "pve-cluster"]);
    assert.match(String(await ssh.readFile(name, files[0]!)), /cluster_name/);
    assert.equal(await ssh.readFile(name, files[1]!), undefined);
    assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), false);
  });
});

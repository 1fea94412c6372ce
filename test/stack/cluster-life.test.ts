import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { bareConfig, bareWorld, rootOf } from "../support/bare-nodes";
import { DescribedStack, type Described } from "../support/described";
import { newMachine, withMoreNetworks } from "../support/matrix-lab";
import { keyConfig, qnetdAddress, withQnetd } from "../support/qdevice-lab";
import { counts, failed, ok } from "../support/results";
import { reviewed } from "../support/reviewed";
import { writesTo } from "../support/writes";

const octets: Readonly<Record<string, number>> = { foxtrot: 5, golf: 6, hotel: 7 };

/** The cluster of some nodes, with golf's own lines of /etc/hosts while it is one of them. */
function program(names: readonly string[], { nets = [3], more = {}, golf = {} }: Partial<Shape> = {}): Described[] {
  const hosts: Described = {
    kind: "HostsEntries",
    name: "golf-hosts",
    args: { node: "golf", block: "own", entries: [{ address: "10.9.9.9", names: ["nine"] }] },
    options: { dependsOn: ["Matrix"] },
  };
  const nodes = names.map((name) => ({
    name,
    links: Object.fromEntries(nets.map((net, number) => [number, `192.168.${net}.${octets[name]}`])),
    ...(name === "golf" ? golf : {}),
  }));
  const twoNode = names.length === 2 ? { twoNode: true } : {};
  return [
    { kind: "Cluster", name: "Matrix", args: { nodes, ...twoNode, ...more } },
    ...(names.includes("golf") ? [hosts] : []),
  ];
}

interface Shape {
  /** The networks of the links, by their numbers. */
  readonly nets: readonly number[];
  readonly more: object;
  readonly golf: object;
}

const all = ["foxtrot", "golf", "hotel"];

describe("the life of a cluster, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  /** Passwords by reference: the config would hold them in clear. */
  const config = (): Record<string, unknown> => {
    const plain = bareConfig(sim);
    const nodes = Object.entries(plain["proxmox:nodes"] as Record<string, object>).map(([name, one]) => [
      name,
      { ...one, password: `secret:ROOT_${name}` },
    ]);
    return {
      ...plain,
      "proxmox:nodes": Object.fromEntries(nodes) as object,
      ...keyConfig(sim),
    };
  };
  before(async () => {
    const seed = bareWorld();
    withMoreNetworks(seed);
    withQnetd(seed);
    sim = await startSimulator({ seed, clock: "immediate" });
    const env = Object.fromEntries(all.map((name) => [`ROOT_${name}`, rootOf(name)]));
    lab = await DescribedStack.create(sim, program(["foxtrot", "hotel"]), config(), env);
    ok(await lab.stack.up());
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const corosync = () => sim.simulation.clusterOf(sim.world.nodes["foxtrot"]!).corosync!;
  const members = () => Object.keys(corosync().nodes).sort();
  const writes = (from: number) => writesTo(sim, from);
  /** A refresh and another up in one: nothing is left to do. */
  const atRest = async (): Promise<void> => {
    const from = sim.requests.length;
    const result = ok(await lab.stack.up("--refresh"));
    assert.deepEqual(Object.keys(counts(result)), ["same"]);
    assert.deepEqual(writes(from), []);
    for (const name of members()) assert.equal(sim.simulation.isQuorate(sim.world.nodes[name]!), true, name);
  };
  const fingerprints = async (): Promise<Record<string, string>> => {
    const state = ((await lab.stack.export()).resources ?? []).find(({ urn }) => urn.endsWith("::Matrix"));
    return state?.outputs?.["fingerprints"] as Record<string, string>;
  };

  it("takes a node in that is added to the list", async () => {
    lab.describe(program(all));
    ok(await lab.stack.up());
    assert.deepEqual(members(), all);
    await atRest();
  });

  let dead = "";
  it("replaces a node that died by another machine, in one up", async () => {
    dead = (await fingerprints())["golf"]!;
    newMachine(sim.simulation, "golf");
    lab.describe(program(all, { golf: { replaces: dead } }), { "proxmox:nodes": config()["proxmox:nodes"] });
    const { stdout } = ok(await lab.stack.preview());
    assert.match(stdout, /leave: nodes\[1\]\.replaces \(golf, whose machine is dead\).*join/s);
    assert.match(stdout, /replaces golf \(node id 3, certificate/);
    const from = sim.requests.length;
    ok(await lab.stack.up());
    assert.deepEqual(
      writes(from).filter((one) => one.includes("cluster/config")),
      ["DELETE /cluster/config/nodes/golf", "POST /cluster/config/join"],
    );
    assert.deepEqual(members(), all);
    assert.notEqual((await fingerprints())["golf"], dead);
    ok(await lab.stack.up("--refresh"));
    await atRest();
  });

  it("changes links while it runs", async () => {
    lab.describe(program(all, { golf: { replaces: dead }, nets: [3, 5], more: { linkPriorities: { 1: 20 } } }));
    assert.match(
      ok(await lab.stack.preview()).stdout,
      /adds link 1 \(192\.168\.5\.5, 192\.168\.5\.6, 192\.168\.5\.7\)/,
    );
    ok(await lab.stack.up());
    assert.equal(corosync().nodes["golf"]!.links["1"], "192.168.5.6");
    await atRest();
  });

  it("says that there is no quorum, and changes nothing, when it goes in the midst", async () => {
    const before = structuredClone(corosync());
    lab.describe(program(all, { golf: { replaces: dead }, nets: [3, 6], more: { linkPriorities: { 1: 20 } } }));
    ok(await lab.stack.preview());
    for (const name of ["golf", "hotel"]) sim.world.nodes[name]!.state = "off";
    assert.match(failed(await lab.stack.up()), /has no quorum: links, votes and priorities are changed when it has/);
    assert.deepEqual(corosync(), before);
    for (const name of ["golf", "hotel"]) sim.world.nodes[name]!.state = "online";
    ok(await lab.stack.up());
    assert.equal(corosync().nodes["golf"]!.links["1"], "192.168.6.6");
    await atRest();
  });

  it("lets a node go that is taken off the list, with what the program had on it", async () => {
    lab.describe(program(["foxtrot", "hotel"], { nets: [3, 6], more: { linkPriorities: { 1: 20 } } }));
    const review = await reviewed(lab.stack, "preview");
    assert.match(review, /### Removes or joins a node \(1\)\n\n- `Cluster Matrix`: /);
    assert.match(
      review,
      /### Is no longer looked after, and stays \(1\)\n\n- `HostsEntries golf-hosts`: stays on its machine as it is, for `golf` leaves the cluster `Matrix`\n/,
    );
    const { stdout } = ok(await lab.stack.up());
    assert.match(
      stdout,
      /golf is no member of Matrix any more: nothing was done there, and block "own" of its \/etc\/hosts/,
    );
    assert.deepEqual(members(), ["foxtrot", "hotel"]);
    assert.match(sim.world.nodes["golf"]!.network.hosts, /10\.9\.9\.9 nine/);
    await atRest();
  });

  it("gets a vote from outside instead of twoNode, which keeps the quorum when a node dies, and goes on without", async () => {
    const pair = (more: object) =>
      program(["foxtrot", "hotel"], { nets: [3, 6], more: { linkPriorities: { 1: 20 }, ...more } });
    const ssh = { ssh: `127.0.0.1:${sim.qnetd!.ssh.port}`, sshFingerprint: sim.qnetd!.ssh.fingerprint };
    const witness: Described = {
      kind: "ClusterQdevice",
      name: "witness",
      args: { cluster: "@Matrix.name", host: qnetdAddress, ...ssh },
    };
    lab.describe([...pair({ twoNode: undefined }), witness]);
    assert.match(ok(await lab.stack.preview()).stdout, /changes quorum votes: Matrix gets 1 of 3 from QNetd/);
    ok(await lab.stack.up());
    assert.equal(corosync().device?.net["host"], qnetdAddress);
    await atRest();
    sim.world.nodes["hotel"]!.state = "off";
    assert.equal(sim.simulation.isQuorate(sim.world.nodes["foxtrot"]!), true);
    sim.world.nodes["hotel"]!.state = "online";
    lab.describe(pair({}));
    assert.match(ok(await lab.stack.up()).stdout, /Matrix goes on without the vote of QNetd/);
    assert.equal(corosync().device, undefined);
    assert.deepEqual(members(), ["foxtrot", "hotel"]);
  });

  it("is taken apart by a destroy that names it, and by nothing else, and made again by the next up", async () => {
    const pair = (more: object) =>
      program(["foxtrot", "hotel"], { nets: [3, 6], more: { linkPriorities: { 1: 20 }, ...more } });
    const isWhole = (): void => {
      for (const name of ["foxtrot", "hotel"])
        assert.deepEqual(
          Object.keys(sim.simulation.clusterOf(sim.world.nodes[name]!).corosync?.nodes ?? {}),
          ["foxtrot", "hotel"],
          name,
        );
    };
    lab.describe(pair({ destroyOnDelete: "Matrix" }));
    assert.match(ok(await lab.stack.preview()).stdout, /takes Matrix apart from now on/);
    ok(await lab.stack.up());
    await atRest();
    const { urn } = ((await lab.stack.export()).resources ?? []).find((one) => one.urn.endsWith("::Matrix"))!;
    assert.match(
      await reviewed(lab.stack, "preview", "--replace", urn),
      /### Replaces \(1\)\n\n- `Cluster Matrix`.*; the old one: leaves the cluster running, which the program describes still\n/,
    );
    assert.match(ok(await lab.stack.up("--replace", urn)).stdout, /cluster Matrix goes on running: Cluster Matrix/);
    isWhole();
    await atRest();
    // What a pull request shows that takes it out of the program.
    lab.describe([]);
    const apart = await reviewed(lab.stack, "preview");
    assert.match(
      apart,
      /### Takes a cluster apart \(1\)\n\n- `Cluster Matrix`: takes the cluster apart \(`destroyOnDelete`\): /,
    );
    assert.match(apart, /\*\*1 to delete\.\*\*/);
    assert.doesNotMatch(apart, /stays/);
    const [cluster] = pair({ destroyOnDelete: "Matrix" });
    lab.describe([{ ...cluster!, options: { retainOnDelete: true } }]);
    ok(await lab.stack.up());
    lab.describe([]);
    const retained = await reviewed(lab.stack, "preview");
    assert.match(
      retained,
      /### Is no longer looked after, and stays \(1\)\n\n- `Cluster Matrix`: is only forgotten \(`retainOnDelete`\), and stays as it is\n/,
    );
    assert.match(retained, /\*\*1 to let go of\.\*\*/);
    lab.describe(pair({ destroyOnDelete: "Matrix" }));
    ok(await lab.stack.up());
    isWhole();
    const { stdout } = ok(await lab.stack.destroy());
    assert.match(stdout, /cluster Matrix is taken apart: foxtrot \(.*\), hotel \(.*\) are each a Proxmox of their own/);
    for (const name of ["foxtrot", "hotel"]) {
      const own = sim.simulation.clusterOf(sim.world.nodes[name]!);
      assert.deepEqual([own.corosync, own.plainFiles], [undefined, {}], name);
    }
    // The certificates that they have now, as somebody writes them into the config.
    const now = config();
    lab.describe(pair({}), {
      "proxmox:nodes": now["proxmox:nodes"],
      "proxmox:fingerprints": now["proxmox:fingerprints"],
    });
    ok(await lab.stack.up());
    isWhole();
    assert.match(ok(await lab.stack.destroy()).stdout, /cluster Matrix is left as it is; it is no longer managed/);
    isWhole();
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../../simulator";
import { hurried } from "../../support/environment";
import { eventually } from "../../support/eventually";
import { Lab, sshConfig, testWorld } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { sampled } from "../../support/sample";

describe("the network of a node, through Pulumi's plugin", function () {
  let sim: Simulator;
  let lab: Lab;
  const labs: Lab[] = [];
  const config = ({ nodes }: Simulator) => ({ "proxmox:endpoints": [nodes[0]!.url] });
  /** A run of the stack; a later one has the same id. */
  const run = async (stackId?: string, withSsh = true): Promise<Lab> => {
    const made = await Lab.on(sim, { ...config(sim), ...(withSsh ? sshConfig(sim) : {}) }, stackId, hurried());
    labs.push(made);
    return made;
  };
  const start = async (withSsh = true): Promise<void> => {
    sim = await startSimulator({ seed: testWorld("matrix:bare") });
    lab = await run(undefined, withSsh);
  };
  afterEach(async () => {
    for (const one of labs.splice(0)) await one.close();
    await sim.close();
  });

  const network = () => sim.world.nodes["foxtrot"]!.network;
  const isReload = ({ method, path }: { method: string; path: string }) => method === "PUT" && /\/network$/.test(path);
  const reloads = () => sim.requests.filter(isReload).length;
  const writes = () => sim.requests.filter(({ method, path }) => method !== "GET" && /\/network/.test(path)).length;
  const told = (name: string, part: string | RegExp, from = lab) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      from.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );
  const armed = () => Object.keys(sim.world.nodes["foxtrot"]!.timers ?? {});
  const files = () => Object.keys(sim.world.nodes["foxtrot"]!.ssh!.files).filter((file) => /pulumi/.test(file));
  const nothingUnbuilt = () =>
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  const management: Properties = {
    ...{ node: "foxtrot", name: "vmbr0", adopt: true, ports: ["enp4s0"] },
    ...{ address: "192.168.3.5/24", gateway: "192.168.3.1" },
  };
  const matrix: readonly (readonly [string, string, Properties])[] = [
    ["Bridge", "mgmt", { ...management, vlanAware: true, vlanIds: [9], comment: "MGMT" }],
    ["NetworkPort", "port", { node: "foxtrot", name: "enp4s0", autostart: true }],
    ["NetworkPort", "10g-0", { node: "foxtrot", name: "enp5s0f0np0", mtu: 9000, autostart: true }],
    ["NetworkPort", "10g-1", { node: "foxtrot", name: "enp5s0f1np1", mtu: 9000, autostart: true }],
    [
      "Bridge",
      "public",
      { node: "foxtrot", name: "vmbr1", ports: ["enp5s0f0np0"], address: "192.168.5.5/24", mtu: 9000 },
    ],
    [
      "Bridge",
      "private",
      { node: "foxtrot", name: "vmbr2", ports: ["enp5s0f1np1"], address: "192.168.7.5/24", mtu: 9000 },
    ],
    ["Vlan", "ring", { node: "foxtrot", name: "vlan9", parent: "vmbr0", vlanId: 9, address: "192.168.8.5/24" }],
  ];
  type Made = Awaited<ReturnType<Lab["create"]>>;
  const makeAll = (by = lab): Promise<Made[]> =>
    Promise.all(matrix.map(([kind, name, args]) => by.create(kind, name, args)));
  /** Of all interfaces, by a plugin that is killed as soon as the node has reloaded. */
  const killAfterReload = async (before: string): Promise<void> => {
    const interrupted = Promise.allSettled([makeAll()]);
    await eventually("the reload", () => reloads() === 1 && network().interfaces !== before);
    lab.plugin.signal("SIGKILL");
    await lab.plugin.exited;
    assert.equal((await interrupted)[0].status, "rejected");
  };
  const assertAtRest = async (all: readonly Made[], by = lab): Promise<void> => {
    for (const [index, [kind]] of matrix.entries()) {
      const { id, properties, inputs } = all[index]!;
      const read = await by.plugin.read(kind, id, properties);
      assert.equal((await by.plugin.diff(kind, id, read.properties, inputs)).changes, "none", matrix[index]![1]);
    }
  };
  const rejected = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail("was not rejected");
  };

  it("is taken over as the installer has made it, which changes nothing", async () => {
    await start();
    const before = network().interfaces;
    const made = await lab.create("Bridge", "mgmt", management);
    assert.equal(made.id, "foxtrot/vmbr0");
    await told("mgmt", "bridge vmbr0 of foxtrot is as described");
    assert.equal(network().interfaces, before);
    assert.equal(writes(), 0);
    const read = await lab.plugin.read("Bridge", made.id, made.properties);
    assert.equal((await lab.plugin.diff("Bridge", made.id, read.properties, made.inputs)).changes, "none");
    const seen = await lab.plugin.read("Bridge", "foxtrot/vmbr0", lab.inputs("Bridge", "seen", {}));
    assert.deepEqual([seen.properties["address"], seen.properties["ports"]], ["192.168.3.5/24", ["enp4s0"]]);
    // Two bridges cannot have the same ports at once.
    const renamed = await lab.plugin.diff("Bridge", made.id, read.properties, { ...made.inputs, name: "vmbr9" });
    assert.deepEqual([renamed.replaces, renamed.deleteBeforeReplace], [["name"], true]);
  });

  it("of several nodes is changed on one node after the other, which look at each other as soon as they can", async () => {
    await start();
    const [, golf] = sim.nodes;
    assert.ok(golf);
    const own = { endpoint: golf.url, fingerprint: golf.fingerprint, password: sim.password };
    const ssh = { ssh: `127.0.0.1:${golf.ssh.port}`, sshFingerprint: golf.ssh.fingerprint };
    const { "proxmox:sshAddresses": addresses, ...rest } = sshConfig(sim) as Record<string, Record<string, string>>;
    const nodes = { golf: { ...own, ...ssh } };
    const config = { ...rest, "proxmox:sshAddresses": { foxtrot: addresses!["foxtrot"] }, "proxmox:nodes": nodes };
    const both = await Lab.on(sim, { "proxmox:endpoints": [sim.nodes[0]!.url], ...config }, undefined, hurried());
    labs.push(both);
    const fast = (node: string, own: string, peer: string) =>
      both.create("Bridge", `${node}-fast`, {
        ...{
          node,
          name: "vmbr1",
          ports: ["enp5s0f0np0"],
          address: `192.168.5.${own}/24`,
          peers: [`192.168.5.${peer}`],
        },
      });
    for (const node of ["foxtrot", "golf"]) sim.world.nodes[node]!.network.ports.forEach((port) => (port.up = true));
    await Promise.all([fast("foxtrot", "5", "6"), fast("golf", "6", "5")]);
    const steps = sim.sshRecords.filter(({ what }) => /systemd-run|systemctl' stop|systemctl stop/.test(what));
    assert.deepEqual(
      steps.map(({ what }) => /systemd-run/.test(what)),
      [true, false, true, false],
    );
    assert.equal(steps[0]!.node, steps[1]!.node);
    const asked = sim.sshRecords.filter(({ what }) => /ping .*192\.168\.5\./.test(what));
    assert.deepEqual([...new Set(asked.filter(({ code }) => code === 0).map(({ node }) => node))], [steps[2]!.node]);
  });

  it("becomes matrix's in one reload, whatever comes first, and is at rest then", async () => {
    await start();
    const made = await makeAll();
    assert.equal(reloads(), 1);
    // The file that is documented of the real machines: stanzas in Proxmox's order, under Proxmox's words.
    const plain = (text: string) =>
      text
        .split("\n")
        .filter((line) => line !== "" && !/^#(?!MGMT)/.test(line))
        .sort();
    const golden = testWorld("matrix").nodes["foxtrot"]!.network.interfaces;
    assert.deepEqual(plain(network().interfaces), plain(golden));
    assert.equal(network().running, network().interfaces);
    assert.deepEqual(armed(), []);
    await assertAtRest(made);
    const before = writes();
    for (const [index, [kind]] of matrix.entries())
      await lab.plugin.update(kind, made[index]!.id, made[index]!.properties, made[index]!.inputs);
    assert.equal(writes(), before);
    nothingUnbuilt();
    // What the engine has recorded needs no note on the node.
    assert.equal(files().length, 1);
    lab.plugin.signal("SIGINT");
    await lab.plugin.exited;
    assert.deepEqual(files(), []);
  });

  it("that a wrong change cuts off is back by the node's own timer, and the error says what did not answer", async () => {
    await start();
    const made = await lab.create("Bridge", "mgmt", management);
    const before = network().interfaces;
    const message = await rejected(
      lab.plugin.update("Bridge", made.id, made.properties, { ...made.inputs, address: "192.168.3.55/24" }),
    );
    assert.match(
      message,
      /the network of foxtrot is as it was before, because (?:the API of foxtrot does not|foxtrot did not) answer/,
    );
    assert.match(message, /The change was:\n[^]*-\taddress 192\.168\.3\.5\/24\n\+\taddress 192\.168\.3\.55\/24/);
    assert.equal(network().interfaces, before);
    assert.equal(network().running, before);
    assert.deepEqual(armed(), []);
    assert.deepEqual(files(), []);
    assert.ok(sim.sshRecords.some(({ kind }) => kind === "timer"));
    // What is recorded is what is there.
    const read = await lab.plugin.read("Bridge", made.id, made.properties);
    assert.equal(read.properties["address"], "192.168.3.5/24");
    await lab.plugin.update("Bridge", made.id, made.properties, { ...made.inputs, comment: "MGMT" });
    assert.match(network().interfaces, /#MGMT/);
    nothingUnbuilt();
  });

  it("is put back at once when the reload itself fails, or a peer does not answer, and a creation leaves nothing", async () => {
    await start();
    const before = network().interfaces;
    const fast = { node: "foxtrot", name: "vmbr1", ports: ["enp5s0f0np0"], address: "192.168.5.5/24" };
    const text = "command 'ifreload -a' failed: exit code 1";
    sim.simulation.faults.add({ task: "srvreload", count: 1, effect: { kind: "task-fail", text, steps: 2 } });
    const failed = await rejected(lab.create("Bridge", "fast", fast));
    assert.match(
      failed,
      /is as it was before, because Reloading the network of foxtrot failed .*ifreload -a.*exit code 1/,
    );
    assert.equal(network().interfaces, before);
    const silent = await rejected(
      lab.create("Bridge", "fast", { ...fast, peers: ["192.168.5.99"], restoreAfter: "30s" }),
    );
    assert.match(silent, /because 192\.168\.5\.99 does not answer a ping over vmbr1\.\nThe change was:\n/);
    assert.equal(network().interfaces, before);
    assert.equal(network().running, before);
    assert.deepEqual(armed(), []);
    assert.ok(!sim.sshRecords.some(({ kind }) => kind === "timer"));
    await lab.create("Bridge", "fast", fast);
    assert.equal(network().running, network().interfaces);
  });

  it("that an interrupted run has changed comes back by itself, and the next run makes it all", async () => {
    await start();
    const before = network().interfaces;
    await killAfterReload(before);
    sim.clock.advance(70_000);
    assert.equal(network().interfaces, before);
    assert.equal(network().running, before);
    const next = await run(lab.stackId);
    await assertAtRest(await makeAll(next), next);
    assert.equal(reloads(), 2);
  });

  it("is finished by the next run, whenever the one before was killed", async function () {
    this.timeout(0);
    await start();
    const asked = () => sim.requests.length + sim.sshRecords.length;
    await makeAll();
    const boundaries = Array.from({ length: asked() }, (_, index) => index + 1);
    assert.ok(boundaries.length > 30, String(boundaries.length));
    for (const moment of sampled(boundaries, 29, 5)) {
      for (const one of labs.splice(0)) await one.close();
      await sim.close();
      await start();
      const before = network().interfaces;
      const interrupted = Promise.allSettled(matrix.map(([kind, name, args]) => lab.create(kind, name, args)));
      await eventually(`request ${moment}`, () => asked() >= moment);
      lab.plugin.signal("SIGKILL");
      await lab.plugin.exited;
      const made = await interrupted;
      sim.clock.advance(70_000);
      // Either nothing has come of it, or it was found in order before the end.
      assert.ok(network().interfaces === before || /vlan9/.test(network().interfaces), `${moment}: half of it`);
      assert.equal(network().running ?? before, network().interfaces);
      const next = await run(lab.stackId);
      const all = await Promise.all(
        matrix.map(([kind, name, args], index) => {
          const one = made[index]!;
          return one.status === "fulfilled" ? Promise.resolve(one.value) : next.create(kind, name, args);
        }),
      );
      await assertAtRest(all, next);
      assert.ok(reloads() <= 2, `${moment}: ${reloads()} reloads`);
      assert.deepEqual(armed(), []);
    }
  });

  it("that an interrupted run has left on probation is put back first by the next one, before the timer does it", async () => {
    await start();
    const before = network().interfaces;
    await killAfterReload(before);
    assert.equal(armed().length, 1);
    const next = await run(lab.stackId);
    await assertAtRest(await makeAll(next), next);
    const warned =
      /an interrupted run had left a change of foxtrot's network on probation; the old one was put back first/;
    assert.ok(next.plugin.engine.messages.some(({ message }) => warned.test(message)));
    assert.deepEqual(armed(), []);
    // Another stack's probation is not ours to end.
    const description = "0123456789ab-01234567-1-1-01234567";
    sim.world.nodes["foxtrot"]!.timers = { "pulumi-proxmox-network": { at: 4e12, command: ["true"], description } };
    const other = await rejected(next.create("Bridge", "x", { node: "foxtrot", name: "vmbr7" }));
    assert.match(other, /another run is changing the network of foxtrot at this moment/);
  });
});

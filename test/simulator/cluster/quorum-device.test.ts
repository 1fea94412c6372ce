import assert from "node:assert/strict";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf.js";
import { writeCorosyncConf } from "../../../simulator/cluster/corosync-file.js";
import { addMember, newCorosync } from "../../../simulator/cluster/membership.js";
import { qdeviceStatus, qdeviceUnit } from "../../../simulator/qnetd/node-programs.js";
import { runOnQnetd } from "../../../simulator/qnetd/qnetd-programs.js";
import { connection } from "../../../simulator/qnetd/votes.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { Simulation } from "../../../simulator/simulation.js";
import { FileSystem } from "../../../simulator/ssh/file-system.js";

describe("a simulated quorum device", () => {
  /** A cluster of so many nodes with a QNetd that asks for no certificates. */
  function cluster(count: number, algorithm = "ffsplit") {
    const world = seedWorld(`empty:${count}`);
    world.qnetd = { name: "witness", address: "10.9.9.9", state: "online", installed: true, running: true };
    const simulation = new Simulation(world, { clock: "manual" });
    const nodes = Object.values(world.nodes);
    const [first, ...others] = nodes;
    assert.ok(first);
    const corosync = newCorosync(first, { clustername: "lab" });
    simulation.clusterOf(first).corosync = corosync;
    for (const node of others) {
      node.cluster = first.cluster;
      addMember(corosync, node.name, { new_node_ip: node.address });
    }
    corosync.device = {
      model: "net",
      ...(algorithm === "ffsplit" ? { votes: 1 } : {}),
      net: { algorithm, host: "10.9.9.9", tls: "off" },
    };
    const quorate = () =>
      nodes.filter((node) => node.state !== "off" && simulation.isQuorate(node)).map(({ name }) => name);
    for (const node of nodes) node.qdevice = { running: true, enabled: true };
    return { simulation, world, nodes, corosync, quorate };
  }

  it("gives its vote to one of two halves: the one with more connections, then the one with the lowest number", () => {
    const { world, nodes, quorate } = cluster(2);
    assert.deepEqual(quorate(), ["pve1", "pve2"]);
    nodes[1]!.state = "isolated";
    assert.deepEqual(quorate(), ["pve1"]);
    world.qnetd!.unreachedBy = ["pve1"];
    assert.deepEqual(quorate(), ["pve2"]);
    world.qnetd!.state = "off";
    assert.deepEqual(quorate(), []);
    nodes[1]!.state = "online";
    assert.deepEqual(quorate(), ["pve1", "pve2"], "two of three");
  });

  it("helps no part that is less than half, and is not needed by one that is more", () => {
    const { nodes, world, quorate } = cluster(4);
    nodes[3]!.state = "isolated";
    assert.deepEqual(quorate(), ["pve1", "pve2", "pve3"]);
    nodes[2]!.state = "isolated";
    assert.deepEqual(quorate(), ["pve1", "pve2"], "half of four, with the vote");
    nodes[1]!.state = "isolated";
    assert.deepEqual(quorate(), [], "one of four gets none");
    nodes[1]!.state = nodes[2]!.state = "online";
    world.qnetd!.running = false;
    assert.deepEqual(quorate(), ["pve1", "pve2", "pve3"], "three of five");
  });

  it("gives all of its votes to the largest part with lms, and to the last one that is there", () => {
    const { nodes, world, quorate } = cluster(3, "lms");
    nodes[0]!.state = "isolated";
    assert.deepEqual(quorate(), ["pve2", "pve3"]);
    for (const at of [1, 2]) nodes[at]!.state = "off";
    assert.deepEqual(quorate(), ["pve1"]);
    world.qnetd!.state = "off";
    assert.deepEqual(quorate(), []);
    for (const node of nodes) node.state = "online";
    assert.deepEqual(quorate(), ["pve1", "pve2", "pve3"]);
    nodes[2]!.state = "off";
    assert.deepEqual(quorate(), [], "two of five");
  });

  it("stands in corosync.conf, and is read from there with nothing that is not simulated", () => {
    const { corosync } = cluster(2);
    const text = corosyncConf(corosync);
    assert.match(
      text,
      /quorum \{\n {2}device \{\n {4}model: net\n {4}net \{\n {6}algorithm: ffsplit\n {6}host: 10\.9\.9\.9\n {6}tls: off\n {4}\}\n {4}votes: 1\n {2}\}\n {2}provider: corosync_votequorum\n\}/,
    );
    const { device } = corosync;
    writeCorosyncConf(corosync, text);
    assert.deepEqual(corosync.device, device);
    assert.throws(
      () => writeCorosyncConf(corosync, text.replace("    votes: 1\n", "    heuristics {\n    }\n")),
      /keeps no quorum\.device\.heuristics/,
    );
    for (const key of ["two_node: 1", "expected_votes: 3", "wait_for_all: 1"])
      assert.throws(
        () => writeCorosyncConf(corosync, text.replace("  provider", `  ${key}\n  provider`)),
        new RegExp(`keeps no quorum\\.${key.split(":")[0]} of`),
      );
    assert.deepEqual(corosync.device, device);
  });

  it("is given by a QNetd that runs with its database alone, or was told to go without TLS", () => {
    const { simulation, world } = cluster(2);
    const qnetd = world.qnetd!;
    const run = (line: string) => runOnQnetd(simulation, qnetd, line);
    assert.match(run("corosync-qnetd-tool -s").stdout ?? "", /^TLS:\t+Unsupported$/m);
    assert.equal(run("systemctl restart corosync-qnetd").code, 0);
    qnetd.tls = true;
    assert.equal(run("systemctl restart corosync-qnetd").code, 1);
    assert.deepEqual([qnetd.running, run("systemctl start corosync-qnetd").code], [false, 1]);
    assert.deepEqual(
      ["corosync-qnetd-certutil -i", "systemctl start corosync-qnetd"].map((line) => run(line).code),
      [0, 0],
    );
    assert.match(run("corosync-qnetd-tool -s").stdout ?? "", /^TLS:\t+Supported/m);
  });

  it("is started with its section and its votes alone, and says how it stands", () => {
    const { simulation, corosync, nodes, world } = cluster(2);
    const node = nodes[0]!;
    const shell = { simulation, node, files: new FileSystem(simulation, node), stdin: "" };
    const systemctl = (verb: string) => qdeviceUnit(shell, [verb, "corosync-qdevice"])?.code;
    assert.equal(systemctl("start"), 5, "without the package");
    node.packages = { installed: { "corosync-qdevice": "3.0.3-2" } };
    assert.deepEqual(
      [systemctl("stop"), systemctl("is-active"), systemctl("start"), systemctl("is-active")],
      [0, 3, 0, 0],
    );
    assert.match(qdeviceStatus({ simulation, node }) ?? "", /^Expected votes:\t\t3$/m);
    assert.match(qdeviceStatus({ simulation, node }) ?? "", /^Poll timer running:\tYes \(cast vote\)$/m);
    world.qnetd!.running = false;
    assert.equal(connection(simulation, node), "Connect failed");
    world.qnetd!.running = true;
    systemctl("stop");
    corosync.device = { ...corosync.device!, net: { ...corosync.device!.net, tls: "on" } };
    assert.equal(systemctl("start"), 1, "without certificates");
    corosync.device.net["tls"] = "off";
    delete corosync.device.votes;
    assert.equal(systemctl("start"), 1, "ffsplit without one vote");
    delete corosync.device;
    assert.equal(systemctl("start"), 1, "without its section");
  });
});

import assert from "node:assert/strict";
import { hasAddress, linksOf, resolve } from "../../../simulator/cluster/links.js";
import {
  addMember,
  joinErrors,
  newCorosync,
  nodeList,
  removeMember,
  totem,
} from "../../../simulator/cluster/membership.js";
import { joinCluster } from "../../../simulator/cluster/join.js";
import { ownCertificate, servedCertificate } from "../../../simulator/http/served-certificate.js";
import { restartProxy } from "../../../simulator/node/restart-proxy.js";
import { targetNode } from "../../../simulator/proxy.js";
import { isOnline } from "../../../simulator/resources.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { Simulation } from "../../../simulator/simulation.js";
import type { NodeState } from "../../../simulator/world/world.js";

describe("cluster membership", () => {
  let simulation: Simulation;
  let first: NodeState;
  let second: NodeState;

  beforeEach(() => {
    simulation = new Simulation(seedWorld("conformance:3"), { clock: "manual" });
    first = simulation.node("pve1");
    second = simulation.node("pve2");
  });

  afterEach(() => simulation.close());

  const create = (params: Record<string, string> = {}): void => {
    simulation.clusterOf(first).corosync = newCorosync(first, { clustername: "lab", ...params });
  };

  const join = (node: NodeState, params: Record<string, string> = {}): { status?: string; log: string[] } => {
    const fingerprint = servedCertificate(simulation, "pve1").fingerprint;
    const all = { hostname: "10.11.0.11", password: "correct-password", fingerprint, ...params };
    const upid = simulation.startTask(node, "clusterjoin", "", "root@pam", (task) =>
      joinCluster(simulation, node, all, task),
    );
    simulation.tasks.finishTask(upid);
    const task = node.tasks.find((one) => one.upid === upid);
    assert.ok(task?.status);
    return { status: task.status, log: task.log };
  };

  it("begins with the node's own address as its only link", () => {
    create();
    const { corosync } = simulation.clusterOf(first);
    assert.deepEqual(nodeList(corosync), [{ name: "pve1", nodeid: "1", quorum_votes: "1", ring0_addr: "10.11.0.11" }]);
    assert.equal(totem(corosync)?.["config_version"], "1");
    assert.equal(simulation.isQuorate(first), true);
  });

  it("takes links with priorities", () => {
    const links = linksOf({ link0: "10.11.0.11,priority=5", link3: "address=10.11.0.12" });
    assert.deepEqual(links, { "0": { address: "10.11.0.11", priority: "5" }, "3": { address: "10.11.0.12" } });
    create({ link0: "10.11.0.11,priority=5" });
    const { interface: interfaces } = totem(simulation.clusterOf(first).corosync) ?? {};
    assert.deepEqual(interfaces, { "0": { linknumber: "0", knet_link_priority: "5" } });
  });

  it("is dead with an address that the node does not have", () => {
    create({ link0: "300.1.1.1" });
    assert.equal(simulation.isQuorate(first), false);
    assert.deepEqual(joinErrors(simulation, first, {}), [
      "authentication key '/etc/corosync/authkey' already exists",
      "cluster config '/etc/pve/corosync.conf' already exists",
    ]);
  });

  it("resolves the names in the hosts file only", () => {
    assert.equal(resolve(first, "pve1"), "10.11.0.11");
    assert.equal(resolve(first, "300.1.1.1"), undefined);
    assert.equal(resolve(first, "elsewhere"), undefined);
    assert.equal(hasAddress(first, "10.11.0.12"), false);
  });

  it("joins: one cluster file system, another certificate", () => {
    create();
    const before = ownCertificate(simulation, "pve2").fingerprint;
    const { status, log } = join(second);
    assert.equal(status, "OK");
    assert.ok(log.includes("No cluster network links passed explicitly, fallback to local node IP '10.11.0.12'"));
    assert.equal(second.cluster, first.cluster);
    assert.deepEqual(simulation.clusterOf(first).corosync?.nodes["pve2"], {
      ...{ nodeid: 2, votes: 1, links: { "0": "10.11.0.12" } },
    });
    assert.notEqual(ownCertificate(simulation, "pve2").fingerprint, before);
  });

  it("needs both nodes once the second is in corosync.conf", () => {
    create();
    addMember(simulation.clusterOf(first).corosync, "pve2", { new_node_ip: "10.11.0.12" });
    assert.equal(simulation.isQuorate(first), false);
  });

  it("does not join twice, with guests, or with a foreign address", () => {
    create();
    const others = { link0: "10.11.0.99" };
    const refused = join(second, others);
    assert.equal(refused.status, "Check if node may join a cluster failed!");
    assert.deepEqual(refused.log.slice(0, 2), [
      "detected the following error(s):",
      "* link0: cannot use IP '10.11.0.99', not found on local node!",
    ]);
    assert.equal(join(second).status, "OK");
    assert.equal(join(second).log[1], "* authentication key '/etc/corosync/authkey' already exists");
  });

  it("tells why the member cannot be asked", () => {
    create();
    assert.equal(join(second, { password: "wrong" }).status, "401 authentication failure");
    assert.match(join(second, { fingerprint: "00" }).status ?? "", /^fingerprint '.*' not verified, abort!$/);
    const away = join(second, { hostname: "10.11.0.77" }).status;
    assert.equal(away, "500 Can't connect to 10.11.0.77:8006 (No route to host)");
  });

  it("prints what the cluster has against the node", () => {
    const refused = join(second);
    assert.equal(refused.status, "Cluster join aborted!");
    assert.deepEqual(refused.log.slice(-3, -1), [
      "An error occurred on the cluster node: invalid corosync.conf",
      "! no nodes found",
    ]);
  });

  it("refuses links that do not fit, addresses that are used and names that exist", () => {
    create();
    const { corosync } = simulation.clusterOf(first);
    const add = (name: string, params: Record<string, string>) => () => addMember(corosync, name, params);
    const version1 = { apiversion: "1" };
    assert.throws(add("pve2", {}), /no links and no fallback ip/);
    assert.throws(
      add("pve2", { link0: "10.11.0.11" }),
      /'10\.11\.0\.11' already used on link ring0_addr by node 'pve1'/,
    );
    assert.throws(add("pve2", { ...version1, link1: "10.11.0.12" }), /link 0 exists in cluster config but wasn't/);
    assert.throws(
      add("pve2", { ...version1, link0: "10.11.0.12", link1: "10.12.0.12" }),
      /link 1 specified for new node doesn't exist/,
    );
    assert.throws(add("pve1", { new_node_ip: "10.11.0.11" }), /can't add existing node 'pve1'/);
    add("pve1", { new_node_ip: "10.11.0.11", force: "1" })();
    add("pve2", { link0: "10.11.0.12" })();
    assert.equal(corosync?.nodes["pve2"]?.nodeid, 2);
  });

  it("an isolated node and the others do not see each other", () => {
    create();
    const third = simulation.node("pve3");
    for (const node of [second, third]) join(node);
    third.state = "isolated";
    assert.deepEqual(
      [first, second, third].map((node) => simulation.isQuorate(node)),
      [true, true, false],
    );
    const seen = (from: NodeState) => ["pve1", "pve2", "pve3"].filter((name) => isOnline(simulation, name, from));
    assert.deepEqual(seen(first), ["pve1", "pve2"]);
    assert.deepEqual(seen(third), ["pve3"]);
    assert.throws(() => targetNode(simulation, first, "node", { node: "pve3" }), /No route to host/);
    assert.throws(() => targetNode(simulation, third, "node", { node: "pve1" }), /No route to host/);
  });

  it("removes a node by its name or address; the machine is left alone without quorum", () => {
    create();
    for (const node of [second, simulation.node("pve3")]) join(node);
    assert.throws(() => removeMember(simulation, first, "pve9"), /Node\/IP: pve9 is not a known host of the cluster\./);
    removeMember(simulation, first, "10.11.0.12");
    assert.deepEqual(Object.keys(simulation.clusterOf(first).corosync?.nodes ?? {}), ["pve1", "pve3"]);
    assert.equal(simulation.isQuorate(first), true);
    assert.equal(simulation.isQuorate(second), false);
  });

  it("does not remove a running node whose votes decide: its corosync is ended, and nobody has quorum any more", () => {
    create();
    join(second);
    assert.throws(
      () => removeMember(simulation, first, "pve2"),
      /^PveError: unable to open file '\/etc\/pve\/corosync\.conf\.new\.tmp\.\d+' - Permission denied\n$/,
    );
    assert.deepEqual(Object.keys(simulation.clusterOf(first).corosync?.nodes ?? {}), ["pve1", "pve2"]);
    assert.deepEqual(
      [first, second].map((node) => simulation.isQuorate(node)),
      [false, false],
    );
    // What it saw last stays.
    assert.deepEqual([isOnline(simulation, "pve2", first), isOnline(simulation, "pve1", second)], [false, true]);
    // Requests to it still arrive.
    restartProxy(simulation, second);
    assert.equal(targetNode(simulation, first, "node", { node: "pve2" }), second);
  });

  it("removes a node that is off, although its votes are many", () => {
    create();
    for (const node of [second, simulation.node("pve3")]) join(node);
    second.state = "off";
    removeMember(simulation, first, "pve2");
    assert.equal(simulation.isQuorate(first), true);
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { healthOf } from "../../simulator/ceph/health/health.js";
import { FileSystem } from "../../simulator/ssh/file-system.js";
import { bareMatrixStack } from "../support/bare-matrix";
import { bareWorld, matrixNodes, rootOf } from "../support/bare-nodes";
import { cephOf } from "../support/ceph-of";
import { guestsOf } from "../support/lab";
import { terraformKey } from "../support/matrix-stack";
import { refreshLists } from "../support/package-lists";
import { Publisher } from "../support/publisher";
import { counts, ok } from "../support/results";
import type { TestStack } from "../support/stack";
import { writesTo } from "../support/writes";

/** With the stack itself, its identity and components. */
const all = 87;

describe("the stack matrix of this repository, from three bare machines, with the real engine", function () {
  let sim: Simulator;
  let publisher: Publisher;
  let stack: TestStack;
  before(async () => {
    sim = await startSimulator({ seed: bareWorld(), clock: "auto", speed: 20 });
    publisher = await Publisher.start(sim.world);
    stack = await bareMatrixStack(sim, publisher);
  });
  after(async () => {
    await stack.close();
    await publisher.close();
    await sim.close();
  });

  const writes = (from = 0) => writesTo(sim, from);
  const machines = () => matrixNodes.map((name) => sim.world.nodes[name]!);
  const golden = (octet: number): string =>
    fs
      .readFileSync(path.join(projectRoot, "test", "fixtures", "networks", "matrix.interfaces"), "utf8")
      .replaceAll("{octet}", String(octet));

  it("shows all of it in the preview, and writes nothing", async () => {
    const { stdout, changeSummary } = ok(await stack.preview());
    assert.deepEqual(changeSummary, { create: all });
    assert.match(
      stdout,
      /makes cluster Matrix on foxtrot; golf, hotel join, one after the other; links whose addresses are still to come are looked at before it is made/,
    );
    assert.match(stdout, /hotel-vlan9: VLAN vlan9 of hotel; reload: its network, once for all changes/);
    assert.match(
      stdout,
      /golf-ceph-enterprise: switches off https:\/\/enterprise\.proxmox\.com\/debian\/ceph-squid in/,
    );
    assert.match(stdout, /golf-nvme1n1: .*becomes 2 OSDs/);
    assert.doesNotMatch(stdout, /no active subscription|has no sudo yet/);
    assert.deepEqual(writes(), []);
  });

  it("goes up in one go: one reload of each node, the documented networks, a quorate cluster, healthy Ceph with 12 OSDs", async () => {
    assert.deepEqual(counts(ok(await stack.up())), { create: all });
    assert.deepEqual(
      writes().filter((one) => /^PUT .*\/network$|^POST .*cluster\/config/.test(one)),
      [
        ...matrixNodes.map((name) => `PUT /nodes/${name}/network`),
        ...["POST /cluster/config", "POST /cluster/config/join", "POST /cluster/config/join"],
      ],
    );
    assert.deepEqual(
      machines().map(({ network }) => network.interfaces),
      [5, 6, 7].map(golden),
    );
    const cluster = sim.simulation.clusterOf(machines()[0]!);
    assert.deepEqual(
      Object.entries(cluster.corosync!.nodes).map(([name, { links }]) => [name, links["0"]]),
      matrixNodes.map((name, at) => [name, `192.168.8.${5 + at}`]),
    );
    for (const node of machines()) {
      assert.equal(sim.simulation.isQuorate(node), true, node.name);
      assert.deepEqual(node.timers ?? {}, {}, node.name);
      assert.match(node.network.hosts, /^192\.168\.3\.7 hotel\.matrix\.spaceships\.work hotel$/m);
    }
    const { mgr, osdmap } = cephOf(sim).cluster;
    const { status, checks } = healthOf(cephOf(sim));
    assert.equal(status, "HEALTH_OK", JSON.stringify(checks));
    const osds = Object.values(osdmap.osds);
    assert.deepEqual([osds.length, osds.every(({ up, weight }) => up && weight === 1)], [12, true]);
    assert.deepEqual(
      [mgr.standbys.length, mgr.modules.filter((one) => /dashboard|prometheus/.test(one))],
      [2, ["dashboard", "prometheus"]],
    );
    assert.match(String(cluster.options["migration"]), /192\.168\.5\.0\/24/);
  });

  it("has Terraform's user in Proxmox and on the machines, and a VM on Ceph beside those on the disks of their nodes", async () => {
    const { users, groups, roles, acl } = sim.simulation.clusterOf(machines()[0]!).access;
    assert.deepEqual(Object.keys(users["terraform@pam"]?.tokens ?? {}), ["automation"]);
    assert.ok(groups["terraform-users"] && roles["TerraformUser"]);
    assert.match(JSON.stringify(acl), /TerraformUser/);
    for (const node of machines()) {
      assert.ok(
        node.accounts?.users.some(({ name }) => name === "terraform"),
        node.name,
      );
      const file = new FileSystem(sim.simulation, node).read("/home/terraform/.ssh/authorized_keys");
      assert.equal(Buffer.from(file?.content ?? "", "base64").toString("utf8"), `${terraformKey}\n`, node.name);
    }
    const disks = Object.values(guestsOf(sim)).flatMap(({ config, running }) =>
      running ? [`${config["name"]} ${config["scsi0"]?.split(":")[0]}`] : [],
    );
    assert.deepEqual(disks.sort(), ["app-1 vm_ssd", "db-1 local-lvm", "web-1 local-lvm", "web-2 local-lvm"]);
    assert.match(ok(await stack.command("stack", "output")).stdout, /terraformToken .*\[secret\]/);
  });

  it("lets every node refresh its package lists: nothing that the installer has left on answers with 401", async () => {
    for (const node of sim.nodes) await refreshLists(node, { username: "root@pam", password: rootOf(node.name) });
  });

  it("has nothing to do in the next up and in refresh, by what was read of members now", async () => {
    const from = sim.requests.length;
    for (const result of [await stack.up(), await stack.refresh()]) assert.deepEqual(counts(ok(result)), { same: all });
    assert.deepEqual(writes(from), []);
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});

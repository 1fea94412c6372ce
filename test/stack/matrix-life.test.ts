import assert from "node:assert/strict";
import fs from "node:fs";
import { connect } from "../../pve";
import { startSimulator, type Simulator } from "../../simulator";
import type { Ceph } from "../../simulator/ceph/ceph.js";
import { lostObjects, writeObjects } from "../../simulator/ceph/objects.js";
import { liveDisks } from "../../simulator/disks/block-devices.js";
import { matrixNodes, withFourth } from "../support/bare-nodes";
import { cephOf } from "../support/ceph-of";
import { guestsOf } from "../support/lab";
import { newMachine } from "../support/matrix-lab";
import { counts, ok } from "../support/results";
import type { TestStack } from "../support/stack";
import { reviewToken } from "../support/review-token";
import { clusterProject, clusterSettings, clusterStack, osdDisks } from "../support/whole-cluster";

const objects = 10_000;

describe("the life of a cluster, by a fresh program elsewhere with the packed library, from three bare machines", function () {
  let sim: Simulator;
  let project: string;
  let stack: TestStack;
  /** What the program is told beside the machines. */
  let told: Record<string, unknown> = {};
  before(async () => {
    project = clusterProject();
    sim = await startSimulator({ seed: withFourth(), clock: "auto", speed: 40 });
    stack = await clusterStack(sim, project);
  });
  after(async () => {
    await stack.close();
    await sim.close();
    fs.rmSync(project, { recursive: true });
  });

  const ceph = (): Ceph => cephOf(sim);
  const storages = () => Object.keys(ceph().proxmox.storages).sort();
  const pools = () => Object.values(ceph().cluster.osdmap.pools).map(({ name }) => name);
  const cluster = () => sim.simulation.clusterOf(sim.simulation.node("foxtrot"));
  const members = () => Object.keys(cluster().corosync?.nodes ?? {}).sort();
  const ownGuests = () => Object.values(guestsOf(sim)).filter(({ vmid }) => vmid !== 900);
  const disksOf = (node: string) =>
    new Map(
      liveDisks(sim.simulation.node(node)).map(({ serial = "", erased = [] }) => [serial, erased.map(({ by }) => by)]),
    );
  const output = async (type: string, name: string): Promise<unknown> =>
    ((await stack.export()).resources ?? []).find((one) => one.type.endsWith(`:${type}`))?.outputs?.[name];
  /** Another word to the program; machines are known by the certificates that they have now. */
  const tell = (more: Record<string, unknown>): void => {
    told = { ...told, ...more };
    stack.configure({ ...clusterSettings(sim).config, ...told });
  };
  /** A VM of somebody else, with a volume. */
  async function foreignVm(): Promise<void> {
    const { tasks, transport, close } = connect({
      endpoints: [sim.nodes[0]!.url],
      tls: { fingerprints: [sim.nodes[0]!.fingerprint] },
      credentials: { tokenId: sim.token.id, secret: sim.token.secret },
    });
    const params = { vmid: 900, name: "not-ours", scsi0: "local-lvm:1" };
    await tasks.run(async () => (await transport.request("POST", "/nodes/foxtrot/qemu", params)).data);
    close();
  }

  it("goes up to a VM on Ceph in one go, and has nothing to do in the next up, nor in a refresh", async () => {
    const up = ok(await stack.up());
    assert.deepEqual(
      matrixNodes.map((name) => sim.simulation.isQuorate(sim.simulation.node(name))),
      [true, true, true],
    );
    assert.deepEqual(pools().sort(), [".mgr", "vm_containers", "vm_ssd"]);
    assert.deepEqual(storages(), ["local", "local-lvm", "vm_containers", "vm_ssd"]);
    assert.equal(Object.keys(ceph().cluster.osdmap.osds).length, 12);
    const [web] = ownGuests();
    assert.ok(web?.running);
    assert.match(web.config["scsi0"] ?? "", /^vm_ssd:/);
    assert.deepEqual(counts(ok(await stack.up("--refresh"))), { same: up.changeSummary["create"] });
    await foreignVm();
    assert.equal(writeObjects(ceph().cluster, "vm_containers", objects, 4096), objects);
  });

  it("is previewed in a review with a token that only reads: nothing is written, and what needs SSH is said to be unknown", async () => {
    const { config, env } = clusterSettings(sim);
    const token = reviewToken(sim.simulation.clusterOf(sim.simulation.node(matrixNodes[0] ?? "")).access);
    stack.configure({ ...config, "proxmox:tokenId": token.id });
    stack.setEnvironment("PROXMOX_TOKEN_SECRET", token.secret);
    for (const name of Object.keys(env).filter((one) => one !== "PROXMOX_TOKEN_SECRET"))
      stack.setEnvironment(name, undefined);
    const from = { requests: sim.requests.length, ssh: sim.sshRecords.length };
    const unchanged = ok(await stack.preview());
    assert.deepEqual(Object.keys(counts(unchanged)), ["same"]);

    sim.simulation.node("golf").hardware.disks.push({
      ...{ devpath: "/dev/nvme3n1", size: 4e12, model: "Samsung SSD 990 PRO 4TB", serial: "REPLACEMENT" },
      ...{ type: "nvme", gpt: 0 },
    });
    const disks = { ...osdDisks(sim), golf: { ...osdDisks(sim)["golf"], nvme3n1: { serial: "REPLACEMENT" } } };
    stack.configure({ ...config, "proxmox:tokenId": token.id, "app:memoryMiB": 1024, "app:disks": disks });
    const changed = ok(await stack.preview());
    const { same = 0 } = counts(unchanged);
    assert.deepEqual(counts(changed), { same: same - 1, update: 1, create: 1 });
    assert.match(changed.stdout, /web .*reboot: memoryMiB/);
    assert.match(changed.stdout, /REPLACEMENT.*becomes 2 OSDs/);
    assert.match(
      changed.stdout,
      /not looked at in this preview: node: no way to log in to golf by SSH: of its disks only/,
    );
    assert.match(changed.stdout, /not looked at in this preview: making and removing OSDs is for root@pam/);
    assert.match(changed.stdout, /review@pve!preview may only look/);
    assert.deepEqual(
      sim.requests.slice(from.requests).filter(({ method }) => method !== "GET"),
      [],
    );
    assert.equal(sim.sshRecords.length, from.ssh);
    for (const [name, value] of Object.entries(env)) stack.setEnvironment(name, value);
  });

  it("takes a fourth machine in, and makes a token", async () => {
    // What is retained when it is deleted is retained when it is replaced, too.
    tell({ "app:fourth": true, "app:rotation": "first", "app:keep": false });
    ok(await stack.up());
    assert.deepEqual(members(), [...matrixNodes, "india"]);
    assert.match(sim.simulation.node("india").network.interfaces, /vlan9[^]*192\.168\.8\.8/);
    assert.deepEqual(Object.keys(cluster().access.users["ci@pve"]?.tokens ?? {}), ["ci"]);
  });

  it("in one up: a machine that died is replaced, a disk gives way to another, a token is rotated, and no object is lost", async () => {
    const before = (await output("Cluster", "fingerprints")) as Record<string, string>;
    const old = await output("ApiToken", "fullTokenId");
    newMachine(sim.simulation, "india");
    const { golf = {}, ...others } = osdDisks(sim);
    const nvme2n1 = { serial: "REPLACEMENT", device: "/dev/nvme3n1" };
    tell({
      "app:replaces": before["india"],
      "app:rotation": "second",
      "app:disks": { ...others, golf: { ...golf, nvme2n1 } },
    });
    const { stdout } = ok(await stack.preview());
    assert.match(stdout, /replaces india \(node id \d, certificate/);
    assert.match(stdout, /REPLACEMENT.*takes the place of the old disk, whose OSDs .*go first/);
    ok(await stack.up());
    assert.deepEqual(members(), [...matrixNodes, "india"]);
    const now = (await output("Cluster", "fingerprints")) as Record<string, string>;
    assert.notEqual(now["india"], before["india"]);
    assert.notEqual(await output("ApiToken", "fullTokenId"), old);
    assert.deepEqual([Object.keys(ceph().cluster.osdmap.osds).length, lostObjects(ceph().cluster)], [12, 0]);
    assert.deepEqual(disksOf("golf").get("REPLACEMENT"), ["cephcreateosd"]);
  });

  it("lets the fourth go, and is at rest again", async () => {
    tell({ "app:fourth": false, "app:keep": true, "app:replaces": undefined, "app:acceptDataLoss": "vm_containers" });
    ok(await stack.up());
    assert.deepEqual(members(), [...matrixNodes]);
    for (const name of matrixNodes) assert.ok(sim.simulation.isQuorate(sim.simulation.node(name)), name);
    assert.deepEqual(Object.keys(counts(ok(await stack.up()))), ["same"]);
    assert.equal(lostObjects(ceph().cluster), 0);
  });

  it("is destroyed to its end: the VM, empty pools and the one whose data are named go; Ceph, the cluster and its networks go on as they were said to", async () => {
    const { stdout } = ok(await stack.destroy());
    assert.match(stdout, /retain/);
    assert.deepEqual([ownGuests(), pools(), storages()], [[], [".mgr"], ["local", "local-lvm"]]);
    const { monmap, osdmap } = ceph().cluster;
    assert.deepEqual([monmap.mons.length, Object.keys(osdmap.osds).length], [3, 12]);
    // No disk has been written over since its OSDs were made, and none that was not named; the one that gave way is empty.
    const { golf = {}, ...others } = osdDisks(sim);
    const old = golf["nvme2n1"]?.serial;
    const named = [golf, ...Object.values(others)].flatMap((disks) => Object.values(disks).map(({ serial }) => serial));
    for (const node of matrixNodes)
      for (const [serial, erased] of disksOf(node))
        assert.deepEqual(
          erased.map((by) => by.replace(/\d+$/, "N")),
          [
            ...(named.includes(serial) || serial === "REPLACEMENT" ? ["cephcreateosd"] : []),
            ...(serial === old ? ["zap osd.N", "zap osd.N"] : []),
          ],
          serial,
        );
    const foreign = guestsOf(sim)["900"]?.config["scsi0"] ?? "";
    assert.match(foreign, /^local-lvm:vm-900-disk-0/);
    assert.ok(JSON.stringify(sim.world.nodes["foxtrot"]?.volumes).includes("vm-900-disk-0"));
    assert.deepEqual((await stack.export()).resources ?? [], []);
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { changedCorosync } from "../../../providers/cluster/links/corosync-text";
import { corosyncConf } from "../../../simulator/cluster/corosync-conf";
import { writeCorosyncConf } from "../../../simulator/cluster/corosync-file";
import type { World } from "../../../simulator";
import { ApartLab } from "../../support/apart-lab";
import { bareConfig, describedMatrix, matrixNodes } from "../../support/bare-nodes";

const file = "pulumi-proxmox-cluster.owner";
const guest = (vmid: number, node: string) => ({
  ...{ vmid, node, type: "qemu" as const, config: {}, pending: {}, pendingDelete: {}, snapshots: {} },
});
const clusterIn = ({ clusters, nodes }: World) => clusters[nodes["foxtrot"]!.cluster]!;

describe("taking a cluster apart", () => {
  const lab = new ApartLab();
  const { wanted } = lab;
  afterEach(() => lab.sim.close());

  const pins = () => ({ "proxmox:fingerprints": [lab.sim.nodes[0]!.fingerprint] });
  const reasons = async (news: object, olds: object = {}, more = {}): Promise<string> => {
    const { failures } = await lab.process(undefined, more).check({ ...olds }, { ...news });
    return failures?.map(({ reason }) => reason).join("\n") ?? "";
  };

  it("leaves each node a Proxmox of its own, which makes the cluster again with the next up", async () => {
    await lab.start((world) => {
      clusterIn(world).storages["tank"] = { type: "dir", path: "/srv/tank", content: "images" };
    });
    await lab.destroy(undefined, lab.outs, lab.nodesAsBefore());
    lab.assertApart("destroyed");
    for (const name of matrixNodes) assert.ok(lab.of(name).storages["tank"], `${name} keeps its storages`);
    assert.match(lab.told.join("\n"), /cluster Matrix is taken apart: foxtrot \(.*\), golf \(.*\), hotel/);
    const { outs } = await lab.process(undefined, pins()).create(wanted);
    lab.assertWhole("made again");
    await lab.process(undefined, pins()).delete(lab.id, { ...wanted, ...outs });
    lab.assertApart("destroyed again");
    assert.deepEqual(
      lab.sim.simulation.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });

  it("leaves the cluster running without its name, and where the program of the run describes it", async () => {
    await lab.start();
    const { destroyOnDelete: _, __inputs: __, ...plain } = { ...lab.outs, ...wanted } as Record<string, unknown>;
    await lab.process().delete(lab.id, { ...plain, __inputs: ["name", "nodes"] });
    assert.match(lab.told.join("\n"), /cluster Matrix is left as it is; it is no longer managed/);
    const replacing = lab.process();
    assert.deepEqual((await replacing.check({ ...wanted }, { ...wanted })).failures, []);
    await replacing.delete(lab.id, { ...wanted, ...lab.outs });
    assert.match(lab.told.join("\n"), /goes on running: .* Matrix of the program describes it/);
    const renamed = lab.process();
    await renamed.check({}, { ...plain, __urn: "urn:pulumi:test::lab::x::Other" });
    await renamed.delete(lab.id, { ...wanted, ...lab.outs });
    assert.match(lab.told.join("\n"), /goes on running: .* Other of the program describes it/);
    lab.assertWhole("left running");
  });

  it("says in the preview what a deletion will do, and writes and removes its mark", async () => {
    await lab.start();
    const plain = { ...describedMatrix(...matrixNodes) };
    const without = await lab.process().update(lab.id, { ...wanted, ...lab.outs }, plain);
    assert.equal(lab.mark("foxtrot"), undefined);
    const process = lab.process();
    assert.deepEqual((await process.check({ ...plain }, { ...wanted })).failures, []);
    assert.match(
      lab.told.join("\n"),
      /a deletion of this resource, by pulumi destroy or by an up whose program has it no longer, takes Matrix apart from now on: foxtrot, golf, hotel then become a Proxmox of their own/,
    );
    const { outs } = await process.update(lab.id, { ...plain, ...without.outs }, { ...wanted });
    assert.equal(outs["destroyOnDelete"], "Matrix");
    lab.assertWhole("marked");
    await lab.process().check({ ...wanted }, { ...plain });
    assert.match(lab.told.at(-1) ?? "", /a deletion leaves Matrix running from now on/);
    // Somebody's hands, and a refresh that sees it.
    delete lab.of("foxtrot").plainFiles![file];
    assert.equal((await lab.refresh())?.["destroyOnDelete"], undefined);
    await assert.rejects(lab.destroy(), /foxtrot: Matrix has no mark that it is this resource's/);
  });

  it("reads a state of before as it is, without a difference", async () => {
    await lab.start();
    const plain = { ...describedMatrix(...matrixNodes) };
    const { outs } = await lab.process().update(lab.id, { ...wanted, ...lab.outs }, plain);
    assert.equal("destroyOnDelete" in outs, false);
    const { props } = await lab.process().read(lab.id, { ...outs });
    assert.deepEqual(props, outs);
    assert.deepEqual(await lab.process().diff(lab.id, { ...props }, plain), { changes: false });
  });

  it("takes a value that is not the cluster's name for a mistake, and asks for SSH and each node's own way", async () => {
    await lab.start();
    assert.match(
      await reasons({ ...wanted, destroyOnDelete: "matrix" }),
      /destroyOnDelete: is not the name of the cluster: write "Matrix"/,
    );
    const { golf: _, ...nodes } = bareConfig(lab.sim)["proxmox:nodes"] as Record<string, object>;
    assert.match(
      await reasons(wanted, wanted, { "proxmox:nodes": nodes }),
      /destroyOnDelete: nothing says how golf is reached when there is no cluster any more: add it to proxmox:nodes/,
    );
    await assert.rejects(
      lab.destroy(undefined, lab.outs, { "proxmox:nodes": nodes }),
      /nothing says how golf is reached/,
    );
    lab.assertWhole("refused");
  });

  it("never touches a cluster that carries another resource's mark", async () => {
    await lab.start();
    const own = lab.of("foxtrot").plainFiles![file]!;
    const foreign = (change: object): string => JSON.stringify({ ...(JSON.parse(own) as object), ...change });
    lab.of("foxtrot").plainFiles![file] = foreign({ owner: "0".repeat(24), resource: "Cluster of somebody" });
    assert.match(
      await reasons(wanted, wanted),
      /destroyOnDelete: Matrix is taken apart by another resource when that is deleted \(Cluster of somebody;/,
    );
    await assert.rejects(lab.process().create(wanted), /taken apart by another resource/);
    await assert.rejects(lab.destroy(), /golf: the mark in its files is that of Cluster of somebody for Matrix/);
    for (const [change, says] of [
      [{ authority: Array.from({ length: 32 }, () => "AB").join(":") }, /that one takes it apart/],
      [{ key: "0".repeat(64) }, /its key of corosync is another one than the mark has/],
      [{ more: 1 }, /the mark in its files cannot be read/],
    ] as const) {
      lab.of("foxtrot").plainFiles![file] = foreign(change);
      await assert.rejects(lab.destroy(), says);
    }
    lab.of("foxtrot").plainFiles![file] = own;
    lab.assertWhole("refused");
  });

  const outsWith = (change: object) => ({ ...lab.outs, ...change });
  const refusals: readonly {
    readonly what: string;
    readonly change: (world: World) => void;
    readonly says: RegExp;
    readonly outs?: () => Record<string, unknown>;
  }[] = [
    {
      what: "guests on any node, and a node that is away, all at once",
      change(world) {
        clusterIn(world).guests["100"] = guest(100, "golf");
        clusterIn(world).guests["101"] = guest(101, "hotel");
        world.nodes["hotel"]!.state = "off";
      },
      says: /hotel cannot be looked at: .*\n(.*\n)*.*hotel is offline: bring it back.*\n(.*\n)*golf: it has guests \(qemu\/100\).*\n(.*\n)*hotel: it has guests \(qemu\/101\)/,
    },
    {
      what: "HA",
      change(world) {
        clusterIn(world).haServices = { "vm:100": { node: "golf", state: "started" } };
        clusterIn(world).haActive = ["hotel"];
      },
      says: /golf: it has HA services \(vm:100\).*\nhotel: its HA manager is not idle/,
    },
    {
      what: "a HA manager that has lost its lock, whose watchdog is about to fire",
      change(world) {
        clusterIn(world).haLockLost = ["golf"];
      },
      says: /golf: its HA manager is not idle/,
    },
    {
      what: "replication",
      change(world) {
        clusterIn(world).replication = [{ id: "100-0", type: "local", guest: 100, jobnum: 0, target: "golf" }];
      },
      says: /golf: replication jobs lead to it or from it \(100-0\)/,
    },
    {
      what: "a QDevice",
      change(world) {
        const corosync = clusterIn(world).corosync!;
        const device =
          "quorum {\n  device {\n    model: net\n    votes: 1\n    net {\n      host: 10.0.0.9\n    }\n  }\n";
        writeCorosyncConf(
          corosync,
          changedCorosync(corosyncConf(corosync), { version: 9 }).replace("quorum {\n", device),
        );
      },
      says: /Matrix has a QDevice: its ClusterQdevice goes first/,
    },
    {
      what: "Ceph",
      change(world) {
        clusterIn(world).cephFiles = { conf: { global: {} }, directory: true };
      },
      says: /golf: Ceph is configured \(\/etc\/pve\/ceph\.conf\), and not installed on foxtrot/,
    },
    {
      what: "a timer that puts files back",
      change({ nodes }) {
        nodes["golf"]!.timers = { "pulumi-proxmox-network": { at: 1e15, command: ["true"], description: "of web" } };
      },
      says: /golf has the timer pulumi-proxmox-network armed \(of web\), which puts files back/,
    },
    {
      what: "a cluster file system that somebody else has stopped",
      change({ nodes }) {
        nodes["golf"]!.filesAway = true;
        nodes["golf"]!.clusterService = { stopped: true };
      },
      says: /golf: its pve-cluster does not run, which this program has not stopped: start it/,
    },
    {
      what: "another machine at an address",
      change: () => undefined,
      outs: () =>
        outsWith({
          fingerprints: {
            ...(lab.outs["fingerprints"] as object),
            golf: Array.from({ length: 32 }, () => "AB").join(":"),
          },
        }),
      says: /golf cannot be looked at: .*(?:fingerprint|certificate)/,
    },
    {
      what: "a state that does not know the authority",
      change: () => undefined,
      outs: () => outsWith({ ca: "" }),
      says: /the state does not know the authority of Matrix, so that nothing tells it from another one/,
    },
    {
      what: "a state that does not know a certificate",
      change: () => undefined,
      outs: () => outsWith({ fingerprints: {} }),
      says: /the state does not know the certificate of foxtrot, golf, hotel/,
    },
    {
      what: "a member that the program does not name",
      change(world) {
        const corosync = clusterIn(world).corosync!;
        corosync.nodes["india"] = { nodeid: 9, votes: 0, links: { 0: "192.168.3.8" } };
      },
      says: /india belong to Matrix too, and the program does not name them/,
    },
    {
      what: "a cluster without quorum",
      change(world) {
        for (const name of ["golf", "hotel"]) world.nodes[name]!.corosyncStopped = { seen: [] };
      },
      says: /golf, hotel is offline.*\nMatrix has no quorum: bring nodes back first/,
    },
  ];
  for (const { what, change, says, outs } of refusals)
    it(`changes nothing beside ${what}`, async () => {
      await lab.start(change);
      const before = lab.essence();
      await assert.rejects(lab.destroy(undefined, outs?.() ?? lab.outs), (error: Error) => {
        assert.match(error.message, /Matrix was not taken apart/);
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(lab.essence(), before);
    });
});

import assert from "node:assert/strict";
import { freshFileSystem } from "../../../simulator/seeds/standalone";
import type { NodeState, World } from "../../../simulator";
import { describedMatrix, matrixNodes, rootOf } from "../../support/bare-nodes";
import { MatrixLab } from "../../support/matrix-lab";

const wanted = { ...describedMatrix(...matrixNodes), destroyOnDelete: "Matrix" };

describe("taking a cluster apart", () => {
  const lab = new MatrixLab({ destroyOnDelete: "Matrix" });
  afterEach(() => lab.sim.close());

  const destroy = (signal?: AbortSignal, outs = lab.outs, more = {}) =>
    lab.process(signal, more).delete(lab.id, { ...wanted, ...outs });
  const node = (name: string): NodeState => lab.sim.world.nodes[name]!;
  const mark = (name: string) => lab.of(name).plainFiles?.["pulumi-proxmox-cluster.owner"];

  /** Each by itself, with its own copy of what the cluster had, and nothing left of how it came to that. */
  function assertApart(what: string): void {
    const keys = new Set(matrixNodes.map((name) => node(name).cluster));
    assert.equal(keys.size, matrixNodes.length, `${what}: file systems of their own`);
    for (const name of matrixNodes) {
      assert.equal(lab.of(name).corosync, undefined, `${what}: ${name}`);
      assert.equal(node(name).clusterService, undefined, `${what}: ${name}`);
      assert.equal(node(name).filesAway, undefined, `${what}: ${name}`);
      assert.equal(lab.sim.simulation.isQuorate(node(name)), true, `${what}: ${name}`);
      assert.deepEqual(lab.of(name).plainFiles ?? {}, {}, `${what}: the mark of ${name}`);
      assert.deepEqual(lab.of(name).leftNodes, [], `${what}: directories on ${name}`);
    }
  }

  /** Certificates that they have now, as somebody writes them into the config. */
  const pins = () => ({
    "proxmox:fingerprints": [lab.sim.nodes[0]!.fingerprint],
  });

  it("leaves each node a Proxmox of its own, which makes the cluster again with the next up", async () => {
    await lab.start(({ clusters, nodes }) => {
      const cluster = clusters[nodes["foxtrot"]!.cluster]!;
      cluster.storages["tank"] = { type: "dir", path: "/srv/tank", content: "images" };
    });
    await destroy();
    assertApart("destroyed");
    for (const name of matrixNodes) assert.ok(lab.of(name).storages["tank"], `${name} keeps its storages`);
    assert.match(lab.told.join("\n"), /cluster Matrix is taken apart: foxtrot \(.*\), golf \(.*\), hotel/);
    const { outs } = await lab.process(undefined, pins()).create(wanted);
    assert.deepEqual(Object.keys(lab.corosync().nodes), matrixNodes);
    for (const name of matrixNodes) assert.equal(node(name).cluster, node("foxtrot").cluster);
    assert.match(mark("foxtrot") ?? "", /"phase":"whole"/);
    await lab.process(undefined, pins()).delete(lab.id, { ...wanted, ...outs });
    assertApart("destroyed again");
    assert.deepEqual(
      lab.sim.simulation.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });

  it("leaves the cluster running without its name, and where the program of the run describes it", async () => {
    await lab.start();
    const before = structuredClone(lab.corosync());
    const process = lab.process();
    const { destroyOnDelete: _, ...plain } = wanted;
    await process.delete(lab.id, { ...lab.outs, ...plain, __inputs: ["name", "nodes"] });
    assert.match(lab.told.join("\n"), /cluster Matrix goes on running; it is no longer managed/);
    const replacing = lab.process();
    assert.deepEqual((await replacing.check({ ...wanted, ...lab.outs }, wanted)).failures, []);
    await replacing.delete(lab.id, { ...wanted, ...lab.outs });
    assert.match(lab.told.join("\n"), /goes on running: Cluster Matrix of the program describes it/);
    assert.deepEqual(lab.corosync(), before);
    for (const name of matrixNodes) assert.equal(node(name).cluster, node("foxtrot").cluster);
  });
});

void freshFileSystem;
void rootOf;
type _World = World;

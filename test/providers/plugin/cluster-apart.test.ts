import assert from "node:assert/strict";
import { bareConfig, bareWorld, matrixNodes, describedMatrix } from "../../support/bare-nodes";
import { eventually } from "../../support/eventually";
import { Lab, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const { name, nodes } = describedMatrix(...matrixNodes);
const described: Properties = { name, nodes, destroyOnDelete: "Matrix" };

describe("a cluster that is taken apart", function () {
  let lab: AnyLab;
  beforeEach(async () => {
    lab = await Lab.here({ seed: bareWorld() }, bareConfig);
  });
  afterEach(() => lab.close());

  const of = (node: string) => lab.sim.simulation.clusterOf(lab.sim.world.nodes[node]!);
  const heard = (part: RegExp) =>
    eventually(`${String(part)} in the row`, () =>
      lab.plugin.engine.messages.some(({ message }) => part.test(message)),
    );

  it("is said in the preview of the up that sets it, done by the deletion, and made again by the next up", async () => {
    const news = { ...lab.inputs("Cluster", "c", described), __preview: true };
    const { inputs: looked } = await lab.plugin.check("Cluster", {}, news);
    assert.equal(looked["__problems"], undefined);
    await heard(/takes Matrix apart from now on: foxtrot, golf, hotel then become/);
    const wrong = await lab.problems("Cluster", { ...described, destroyOnDelete: "matrix" });
    assert.match(wrong.join("\n"), /destroyOnDelete: is not the name of the cluster: write "Matrix"/);
    const made = await lab.create("Cluster", "c", described);
    assert.match(of("golf").plainFiles?.["pulumi-proxmox-cluster.owner"] ?? "", /"phase":"whole"/);

    // A replacement describes it in the same run: nothing is taken apart.
    await lab.plugin.delete("Cluster", made.id, made.properties);
    await heard(/cluster Matrix goes on running: Cluster c of the program describes it/);
    for (const node of matrixNodes) assert.deepEqual(Object.keys(of(node).corosync!.nodes), matrixNodes);

    const later = await Lab.hereOn(lab.sim, bareConfig, lab.stackId);
    try {
      await later.plugin.delete("Cluster", made.id, made.properties);
      for (const node of matrixNodes) {
        assert.equal(of(node).corosync, undefined);
        assert.equal(of(node).plainFiles?.["pulumi-proxmox-cluster.owner"], undefined);
      }
      assert.equal(new Set(matrixNodes.map(of)).size, 3);
    } finally {
      await later.plugin.close();
    }
    const again = await Lab.hereOn(lab.sim, bareConfig, lab.stackId);
    try {
      await again.create("Cluster", "c", described);
      for (const node of matrixNodes) assert.deepEqual(Object.keys(of(node).corosync!.nodes), matrixNodes);
    } finally {
      await again.plugin.close();
    }
  });
});

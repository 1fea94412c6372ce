import assert from "node:assert/strict";
import { guestsOf } from "../support/lab";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { threeNodes } from "../support/three-nodes";
import { counts, failed, ok } from "../support/results";

const look = (kind: Described["kind"], name: string, ...get: unknown[]): Described => ({ kind, name, args: {}, get });

describe("look-ups, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  const mutations = () => sim.requests.filter(({ method, path }) => method !== "GET" && path !== "/access/ticket");

  before(async () => {
    const world = threeNodes();
    const [cluster] = Object.values(world.clusters);
    assert.ok(cluster);
    const add = (vmid: number, config: Record<string, string>) => {
      cluster.guests[String(vmid)] = {
        ...{ vmid, type: "qemu", node: "golf", pending: {}, pendingDelete: {}, snapshots: {}, config },
      };
    };
    add(100, {
      name: "gateway",
      smbios1: "uuid=3f2b9c1e-0a4d-4a9e-8c39-5f1f2a6d7e80",
      ciuser: "ops",
      ipconfig0: "ip=10.0.0.5/24",
    });
    add(101, { name: "golden", template: "1" });
    sim = await startSimulator({ seed: world });
    lab = await DescribedStack.create(sim, [
      look("Vm", "by-id", 100),
      look("Vm", "by-name", "gateway"),
      look("Template", "golden", "golden"),
      look("Nodes", "nodes"),
      look("Storage", "store", "local"),
    ]);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  it("read what is there, in preview too, and change nothing", async () => {
    ok(await lab.stack.preview());
    ok(await lab.stack.up());
    const { resources = [] } = await lab.stack.export();
    const found = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`));
    for (const name of ["by-id", "by-name"]) {
      const { id, external, outputs } = found(name) ?? {};
      assert.deepEqual([id, external, outputs?.["vmid"], outputs?.["node"]], ["100", true, 100, "golf"]);
      assert.equal(outputs?.["ssh"], "ssh ops@10.0.0.5");
    }
    assert.equal(found("golden")?.outputs?.["vmid"], 101);
    const { external, outputs } = found("store") ?? {};
    assert.deepEqual([external, outputs?.["storageId"], outputs?.["type"]], [true, "local", "dir"]);
    const nodes = found("nodes")?.outputs?.["nodes"] as Record<string, unknown>[];
    assert.deepEqual(
      nodes.map(({ name, status, cores, memoryMiB }) => [name, status, cores, memoryMiB]),
      ["foxtrot", "golf", "hotel"].map((name) => [name, "online", 32, 65536]),
    );
    assert.deepEqual(mutations(), []);
  });

  it("tell the candidates when there is no such thing", async () => {
    lab.describe([look("Vm", "by-name", "gatewai"), look("Template", "golden", { vmid: 100 })]);
    const text = failed(await lab.stack.preview());
    assert.match(
      text,
      /there is no VM "gatewai"; did you mean "gateway"\?; known VMs: gateway \(100\)|gateway \(100\) on golf is no template/,
    );
  });

  it("leave all where it is when the stack goes", async () => {
    const destroyed = ok(await lab.stack.destroy());
    assert.ok((counts(destroyed)["delete"] ?? 0) > 0);
    assert.deepEqual(mutations(), []);
    assert.deepEqual(Object.keys(guestsOf(sim)), ["100", "101"]);
  });
});

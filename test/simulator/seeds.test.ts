import assert from "node:assert/strict";
import { seedWorld, startSimulator } from "../../simulator/index.js";
import { seedNames } from "../../simulator/seeds/index.js";
import { ask } from "./api-client.js";

describe("seeds", () => {
  for (const name of seedNames.map((seed) => seed.replace("N", "2"))) {
    it(`${name}: every node answers, every guest and volume can be read, every network file makes sense`, async () => {
      const simulator = await startSimulator({ seed: name });
      const { id, secret } = simulator.token;
      const headers = { Authorization: `PVEAPIToken=${id}=${secret}` };
      for (const node of simulator.nodes) {
        const rows = async (path: string): Promise<Record<string, unknown>[]> => {
          const { status, reason, json } = await ask(node, "GET", path, { headers });
          assert.equal(status, 200, `${path}: ${reason}`);
          return json?.data as Record<string, unknown>[];
        };
        const interfaces = await rows(`/nodes/${node.name}/network`);
        assert.ok(interfaces.some(({ iface }) => iface === "vmbr0"));
        for (const { storage, active } of await rows(`/nodes/${node.name}/storage`)) {
          if (active) await rows(`/nodes/${node.name}/storage/${String(storage)}/content`);
        }
        for (const { vmid } of await rows(`/nodes/${node.name}/qemu`))
          await rows(`/nodes/${node.name}/qemu/${String(vmid)}/config`);
      }
      await simulator.close();
    });
  }

  it("doggos has the documented templates on lloyd, and they can be cloned", async () => {
    const simulator = await startSimulator({ seed: "doggos" });
    const { id, secret } = simulator.token;
    const headers = { Authorization: `PVEAPIToken=${id}=${secret}` };
    const node = simulator.nodes[1] ?? assert.fail("no lloyd");
    const { json } = await ask(node, "GET", "/cluster/resources", { headers, params: { type: "vm" } });
    const rows = json?.data as { vmid: number; node: string; template: number }[];
    assert.deepEqual(
      rows.map((row) => [row.vmid, row.node, row.template]),
      [2000, 2008, 7024].map((vmid) => [vmid, "lloyd", 1]),
    );
    const params = { newid: "3101", name: "microk8s-1" };
    await ask(node, "POST", "/nodes/lloyd/qemu/7024/clone", { headers, params });
    assert.equal(simulator.world.nodes["lloyd"]?.tasks[0]?.status, "OK");
    await simulator.close();
  });

  it("nexus has two standalone hosts", () => {
    const world = seedWorld("nexus");
    assert.deepEqual(Object.keys(world.nodes), ["alpha", "bravo"]);
    assert.ok(Object.values(world.clusters).every(({ corosync }) => corosync === undefined));
  });
});

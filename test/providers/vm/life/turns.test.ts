import assert from "node:assert/strict";
import { Limits } from "../../../../pve";
import { turnsOf } from "../../../../providers/vm/life/turns";

describe("lines in which copies wait", () => {
  const storages = [
    { storage: "local-lvm", shared: false },
    { storage: "ceph", shared: true },
  ];

  /** How many copies are at work at once when two are asked for on each of two nodes, one per storage. */
  async function atOnce(storage: string | undefined): Promise<number> {
    const limits = new Limits({ storage: 1, node: 9 });
    let atWork = 0;
    let most = 0;
    const copy = (node: string) =>
      limits.run(turnsOf(storages, node, storage), async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setImmediate(resolve));
        atWork--;
      });
    await Promise.all(["pve1", "pve1", "pve2", "pve2"].map(copy));
    return most;
  }

  it("are of each node's own for a local storage", async () => {
    assert.equal(await atOnce("local-lvm"), 2);
  });

  it("are of all nodes together for a shared one", async () => {
    assert.equal(await atOnce("ceph"), 1);
  });

  it("are only the node's where no storage is known", async () => {
    assert.equal(await atOnce(undefined), 4);
  });
});

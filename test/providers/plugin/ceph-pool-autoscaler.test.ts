import assert from "node:assert/strict";
import { CephMachines } from "../../support/ceph-lab";

describe("a pool of Ceph and the autoscaler", function () {
  let on: CephMachines;
  before(async () => {
    on = await CephMachines.withDaemons();
    await on.osds();
    on.writes();
  });
  after(() => on.close());

  it("is completed at once when the autoscaler takes PGs away while Proxmox still sets it up", async () => {
    const { cluster } = on.ceph;
    const quick = () => Object.values(cluster.osdmap.pools).find(({ name }) => name === "quick");
    const isRefused = () =>
      on.lab.sim.requests.some(({ method, path }) => method === "PUT" && path.endsWith("/pool/quick"));
    let kept = cluster.autoscaler;
    let [begun, followed] = [false, false];
    // Between two commands of Proxmox the target is another one; what is there follows later.
    Object.defineProperty(cluster, "autoscaler", {
      ...{ configurable: true, enumerable: true },
      get: () => {
        const pool = quick();
        if (pool && !begun) [pool.pgNumTarget, begun] = [32, true];
        if (pool && !followed && isRefused()) [pool.stepAt, followed] = [0, true];
        return kept;
      },
      set: (value: typeof kept) => void (kept = value),
    });
    await on.lab.create("CephPool", "quick", { node: "foxtrot", pgNum: 128, addStorages: true });
    Object.defineProperty(cluster, "autoscaler", { value: kept, writable: true });
    assert.deepEqual(on.writes().slice(0, 2), ["POST /nodes/foxtrot/ceph/pool", "PUT /nodes/foxtrot/ceph/pool/quick"]);
    assert.deepEqual([quick()?.pgNumTarget, quick()?.options["pg_num_min"]], [128, 128]);
    assert.equal(on.ceph.proxmox.storages["quick"]?.["pool"], "quick");
  });
});

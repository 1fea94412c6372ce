import assert from "node:assert/strict";
import { sampled } from "../../support/sample";
import { SdnRuns, reasonOf, wanted } from "./sdn-run";

const running = (runs: SdnRuns): string[] =>
  [runs.sdn.running?.zones, runs.sdn.running?.vnets, runs.sdn.running?.subnets].flatMap((all) =>
    Object.keys(all ?? {}),
  );
const all = ["lab", "web", "lab-10.80.0.0-24"];
const bridges = (runs: SdnRuns): string[] =>
  Object.values(runs.sim.world.nodes).map(({ network }) => Object.keys(network.sdnRunning?.ifaces ?? {}).join());
const fulfilled = (results: readonly PromiseSettledResult<unknown>[]): void =>
  results.forEach((one) => assert.equal(one.status, "fulfilled", one.status === "rejected" ? String(one.reason) : ""));

describe("one commit for the SDN of a cluster", () => {
  let runs: SdnRuns;

  beforeEach(async () => {
    runs = await SdnRuns.start();
  });

  afterEach(() => runs.close());

  const applies = (): number => runs.sim.requests.filter(({ route }) => route === "PUT /cluster/sdn").length;
  const failing = (text: string, effect: object = {}) => ({
    ...{ task: "srvreload", after: 1, count: 1 },
    effect: { kind: "task-fail" as const, text, ...effect },
  });

  it("puts everything back where a node's reload fails, and says which node lacks what", async () => {
    const { pve } = runs.run();
    runs.sim.simulation.faults.add(failing("command 'ifreload -a' failed: exit code 1", { steps: 2 }));
    const failed = await runs.change(pve, wanted);
    for (const one of failed)
      assert.match(reasonOf(one), /lloyd lacks vnet web \(error web\)\. Everything is as it was before \(zones lab\)$/);
    assert.deepEqual(running(runs), []);
    assert.deepEqual(bridges(runs), ["", "", ""]);
    assert.deepEqual([runs.sdn.lock, runs.sdn.addresses], [undefined, { lab: {} }]);
    assert.equal(applies(), 2);
    fulfilled(await runs.change(runs.run().pve, wanted));
    assert.deepEqual([running(runs), bridges(runs)], [all, ["web", "web", "web"]]);
  });

  it("puts back what was changed and what was deleted, with its gateway in the IPAM", async () => {
    const { pve } = runs.run();
    fulfilled(await runs.change(pve, wanted));
    const before = structuredClone([runs.sdn.running, runs.sdn.addresses]) as [object, object];
    runs.sim.simulation.faults.add(failing("no", { steps: 0 }));
    const [, vnet, subnet] = wanted;
    assert.ok(vnet && subnet);
    const failed = await runs.change(
      pve,
      [
        { ...vnet, inputs: { ...vnet.inputs, alias: "other" } },
        { kind: subnet.kind, id: subnet.id },
      ],
      true,
    );
    assert.match(reasonOf(failed[0]), /lloyd lacks vnet web \(local sdn network configuration is too old/);
    const { version: _, ...now } = runs.sdn.running ?? assert.fail();
    const { version: __, ...then } = before[0] as { version: number };
    assert.deepEqual([now, runs.sdn.addresses], [then, before[1]]);
    assert.deepEqual(bridges(runs), ["web", "web", "web"]);
  });

  it("shows what somebody else has staged, and neither applies nor drops it", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    await transport.request("POST", "/cluster/sdn/zones", { zone: "other", type: "simple", mtu: 1400 });
    const [first] = await runs.change(pve, wanted);
    assert.match(reasonOf(first), /nothing was staged[^]*zone other: new \(type simple, mtu 1400\)/);
    assert.deepEqual([Object.keys(runs.sdn.zones), runs.sdn.lock, applies()], [["other"], undefined, 0]);
    await transport.request("POST", "/cluster/sdn/rollback");
    await transport.request("POST", "/nodes/mable/network", { iface: "vmbr77", type: "bridge", autostart: 1 });
    const [second] = await runs.change(pve, wanted);
    assert.match(reasonOf(second), /interfaces of mable, which a reload of SDN would apply too[^]*vmbr77/);
    assert.deepEqual([running(runs), applies()], [[], 0]);
    assert.match(runs.sim.world.nodes["mable"]?.network.pending ?? "", /vmbr77/);
  });

  it("waits for the lock of somebody else, then leaves it", async () => {
    const { pve } = runs.run();
    const { transport } = pve.process.connection;
    await transport.request("POST", "/cluster/sdn/lock");
    const held = runs.sdn.lock;
    const [first] = await runs.change(pve, wanted);
    assert.match(reasonOf(first), /somebody else holds the lock[^]*pvesh delete \/cluster\/sdn\/lock --force 1/);
    assert.deepEqual([runs.sdn.lock, running(runs)], [held, []]);
  });

  it("is come to by the next run, killed after whichever request, and never leaves the lock", async function () {
    this.timeout(120_000);
    let count = 0;
    runs.answered = () => count++;
    fulfilled(await runs.change(runs.run().pve, wanted));
    const requests = count;
    assert.ok(requests > 20, `${requests} requests`);
    const moments = Array.from({ length: requests }, (_, index) => index + 1);
    let left = 0;
    for (const moment of sampled(moments, 3)) {
      await runs.close();
      runs = await SdnRuns.start();
      const first = runs.run();
      let answers = 0;
      runs.answered = () => void (++answers === moment && first.kill());
      await runs.change(first.pve, wanted);
      runs.answered = () => undefined;
      if (runs.sim.world.clusters[Object.keys(runs.sim.world.clusters)[0] ?? ""]?.sdn?.lock !== undefined) left++;
      fulfilled(await runs.change(runs.run().pve, wanted, true));
      const seen = [running(runs), bridges(runs), runs.sdn.lock];
      assert.deepEqual(seen, [all, ["web", "web", "web"], undefined], `killed after request ${moment}`);
    }
    assert.ok(left > 0, "no kill left the lock, so that nothing was seen of how it is given back");
  });
});

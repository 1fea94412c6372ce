import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { identityOf } from "../../../providers/kernel/identity/cluster-identity";
import { startSimulator } from "../../../simulator";
import { fiveVms } from "../../support/ha-world";
import { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import type { ProviderHere } from "../../support/provider-here";

interface Written {
  readonly kind: string;
  readonly name: string;
  readonly args: Properties;
  readonly id: string;
  readonly state: Properties;
}

/** What the code of that day wrote into the state, word for word, beside an HA resource `db` of VM 101. */
const written = JSON.parse(readFileSync(path.resolve("test/fixtures/states/2026-12-01-ha.json"), "utf8")) as Written[];

describe("a state of high availability and of backups, that earlier code has written", () => {
  let lab: Lab<ProviderHere>;

  before(async () => {
    const stackId = String(written[0]?.state["__stack"]);
    lab = await Lab.hereOn(await startSimulator({ seed: fiveVms() }), {}, stackId);
    await lab.create("HaResource", "db", { vmid: 101 });
  });
  after(async () => {
    await lab.close();
    await lab.sim.close();
  });

  /** The cluster is another one each time. */
  const old = ({ state }: Written): Properties => ({ ...state, __cluster: identityOf(lab.sim.ca) });

  for (const one of written)
    it(`is read without a difference, and nothing is done for it: ${one.kind} ${one.name}`, async () => {
      const { kind, name, args, id } = one;
      const { inputs, id: made } = await lab.create(kind, name, args);
      assert.equal(made, id);
      const from = lab.sim.requests.length;
      const { inputs: checked, failures } = await lab.plugin.check(kind, inputs, lab.inputs(kind, name, args));
      assert.deepEqual(failures, []);
      assert.equal((await lab.plugin.diff(kind, id, old(one), checked)).changes, "none");
      const { __provider: _, ...read } = (await lab.plugin.read(kind, id, old(one))).properties;
      assert.deepEqual(read, old(one));
      await lab.plugin.update(kind, id, old(one), checked);
      assert.deepEqual(
        lab.sim.requests.slice(from).filter(({ method }) => method !== "GET"),
        [],
      );
    });

  it("deletes what it tells of", async () => {
    for (const one of [...written].reverse()) {
      await lab.plugin.delete(one.kind, one.id, old(one));
      assert.equal((await lab.plugin.read(one.kind, one.id, old(one))).id, "");
    }
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.deepEqual([Object.keys(cluster?.ha?.resources ?? {}), cluster?.ha?.rules], [["vm:101"], {}]);
  });
});

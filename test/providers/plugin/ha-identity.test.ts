import assert from "node:assert/strict";
import type { Ha } from "../../../simulator/world/ha";
import { fiveVms } from "../../support/ha-world";
import { guestsOf, Lab } from "../../support/lab";
import type { ProviderHere } from "../../support/provider-here";
import type { Properties } from "../../support/plugin";
import { secretUuid } from "../../support/secret-values";

describe("whose an HA resource is", () => {
  let lab: Lab<ProviderHere>;
  beforeEach(async () => {
    lab = await Lab.here({ seed: fiveVms() });
  });
  afterEach(() => lab.close());

  const cluster = () => {
    const [found] = Object.values(lab.sim.world.clusters);
    assert.ok(found);
    return found;
  };
  const none: Ha = { resources: {}, rules: {}, commands: [], active: {} };
  const ha = (): Ha => cluster().ha ?? none;
  const guest = (vmid: number) => {
    const found = guestsOf(lab.sim)[vmid];
    assert.ok(found);
    return found;
  };
  const under = (vmid: number) => lab.create("HaResource", `ha-${vmid}`, { vmid });
  const commented = async (made: { id: string; properties: Properties; inputs: Properties }) => {
    const news = lab.inputs("HaResource", "ha-100", { vmid: 100, comment: "x" });
    const { inputs } = await lab.plugin.check("HaResource", made.inputs, news);
    const { properties } = await lab.plugin.update("HaResource", made.id, made.properties, inputs);
    return { ...made, properties };
  };

  it("stays where it was taken over by a run that was cut off before it deleted the old name", async () => {
    const lives = {
      HaResource: { args: { vmid: 100 }, there: () => Object.keys(ha().resources) },
      Pool: { args: { poolId: "team" }, there: () => Object.keys(cluster().pools) },
    };
    for (const [kind, { args, there }] of Object.entries(lives)) {
      const old = await lab.create(kind, "old", args);
      const next = await lab.create(kind, "renamed", { ...args, adopt: true });
      const names = there();
      assert.equal(names.length, 1);
      const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
      // The engine checks all that the program has before it deletes what that no longer has.
      const check = await later.plugin.check(kind, next.inputs, lab.inputs(kind, "renamed", { ...args, adopt: true }));
      assert.deepEqual(check.failures, []);
      await later.plugin.delete(kind, old.id, old.properties);
      assert.deepEqual(there(), names);
      // By itself it is deleted as ever.
      await later.plugin.delete(kind, next.id, next.properties);
      assert.deepEqual(there(), []);
      await later.close();
    }
  });

  it("removes what is replaced in the same run that gives its resource another name by an alias", async () => {
    await under(100);
    await under(101);
    const resources = ["vm:100", "vm:101"];
    const apart = { rule: "web", type: "resource-affinity", affinity: "negative", resources };
    const old = await lab.create("HaRule", "before", apart);
    const later = await Lab.hereOn(lab.sim, {}, lab.stackId);
    const place = { rule: "web", type: "node-affinity", nodes: [{ node: "foxtrot" }], resources, allowMoves: true };
    const { failures } = await later.plugin.check("HaRule", old.inputs, lab.inputs("HaRule", "after", place));
    assert.deepEqual(failures, []);
    await later.plugin.delete("HaRule", old.id, old.properties);
    assert.deepEqual(ha().rules, {});
    await later.close();
  });

  it("never takes a VM that it may not see for its own", async () => {
    const made = await under(100);
    const secret = secretUuid("a token that sees one VM less");
    const { access } = cluster();
    access.users["automation@pve"] = { enable: 1, expire: 0, tokens: { pulumi: { secret, privsep: 0, expire: 0 } } };
    const give = (path: string, roleid: string): void =>
      void access.acl.push({ path, type: "user", ugid: "automation@pve", roleid, propagate: 1 });
    give("/", "Administrator");
    give("/vms/100", "NoAccess");
    const token = { "proxmox:tokenId": "automation@pve!pulumi", "proxmox:tokenSecret": secret };
    const blind = await Lab.hereOn(lab.sim, token, lab.stackId);
    const unseen = /VM 100 is gone, or the stack may not see it.*VM\.Audit on \/vms\/100/;
    await assert.rejects(blind.plugin.delete("HaResource", made.id, made.properties), unseen);
    await assert.rejects(blind.plugin.read("HaResource", made.id, made.properties), unseen);
    assert.deepEqual(Object.keys(ha().resources), ["vm:100"]);
    await blind.close();
    // Gone for good, and out of nobody's sight: what is left in HA is this resource's own.
    delete guestsOf(lab.sim)[100];
    await lab.plugin.delete("HaResource", made.id, made.properties);
    assert.deepEqual(ha().resources, {});
  });

  it("takes a VM without a uuid under HA, and is in doubt about one that has lost its own", async () => {
    delete guest(100).config["smbios1"];
    const made = await under(100);
    const named = await commented(made);
    assert.equal(ha().resources["vm:100"]?.["comment"], "x");
    await lab.plugin.delete("HaResource", named.id, named.properties);
    assert.deepEqual(ha().resources, {});
    const other = await under(101);
    delete guest(101).config["smbios1"];
    const doubt = /VM 101 has no uuid \(smbios1\) any more, which was 00000000-.*give it that uuid again/;
    await assert.rejects(lab.plugin.delete("HaResource", other.id, other.properties), doubt);
    assert.deepEqual(Object.keys(ha().resources), ["vm:101"]);
  });
});

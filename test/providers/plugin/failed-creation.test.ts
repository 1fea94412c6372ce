import assert from "node:assert/strict";
import { CallFailure, type Properties } from "../../support/plugin";
import { Lab } from "../../support/lab";

describe("a VM whose creation failed half-way, through Pulumi's plugin", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.close());
  const guests = () => Object.values(lab.sim.world.clusters)[0]?.guests ?? {};

  for (const [what, more] of Object.entries({
    "with disks that it describes": {
      disks: [
        { storage: "local-lvm", sizeGiB: 1 },
        { storage: "local-lvm", sizeGiB: 2 },
      ],
    },
    "with a cloud-init drive": {
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
      cloudInit: { user: "admin", storage: "local-lvm" },
    },
  } satisfies Record<string, Properties>))
    it(`is deleted ${what}`, async () => {
      const args = { source: { empty: true }, networks: [{ bridge: "vmbr99" }], started: true, ...more };
      const failure: unknown = await lab.create("Vm", "web", args).catch((error: unknown) => error);
      assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
      assert.match(failure.partial.reasons.join(), /bridge 'vmbr99' does not exist/);
      const { id, properties } = failure.partial;
      assert.deepEqual(Object.keys(guests()), [id]);
      await lab.plugin.delete("Vm", id, properties);
      assert.deepEqual(guests(), {});
    });

  it("is not deleted with a disk that somebody attached since then", async () => {
    const args = {
      source: { empty: true },
      networks: [{ bridge: "vmbr99" }],
      started: true,
      disks: [{ storage: "local-lvm", sizeGiB: 1 }],
    };
    const failure: unknown = await lab.create("Vm", "web", args).catch((error: unknown) => error);
    assert.ok(failure instanceof CallFailure && failure.partial, String(failure));
    const { id, properties } = failure.partial;
    const guest = guests()[id];
    assert.ok(guest);
    guest.config["scsi7"] = `local-lvm:vm-${id}-disk-9,size=1G`;
    await assert.rejects(lab.plugin.delete("Vm", id, properties), /volume scsi7/);
    assert.ok(guests()[id]);
  });
});

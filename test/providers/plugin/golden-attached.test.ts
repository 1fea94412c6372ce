import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import type { AnyLab } from "../../support/lab";
import { goldenLab } from "./golden-lab";

describe("what somebody attaches to a golden image while it is built", function () {
  const at = goldenLab("for all");
  const { guests, guest, script, golden, anotherRun } = at;
  let lab: AnyLab;
  before(() => {
    lab = at.lab();
  });

  it("is not the version's, and does not go with it, whatever becomes of the build", async () => {
    /** Once provisioning has begun; the drive comes as the one in the next free slot. */
    const attached = async (name: string) => {
      const found = () => guests().find((one) => one.config["name"] === `${name}-building` && one.running);
      await eventually("the VM that is built", () => found() !== undefined);
      const disk = `vm-${found()!.vmid}-disk-9`;
      const store = (lab.sim.world.nodes["pve1"]!.volumes["lvmthin:pve/data"] ??= {});
      store[disk] = { format: "raw", size: 1024 ** 3, bytes: 1024, data: 1024, ctime: 1 };
      found()!.config["scsi1"] = `local-lvm:${disk},size=1G`;
    };
    const unknown = /parts that this program does not know.*scsi1.*disk-9/;
    const [made] = await Promise.all([lab.create("GoldenTemplate", "watched", golden()), attached("watched")]);
    const versions = made.properties["__versions"] as { volumes: Record<string, string> }[];
    assert.deepEqual(Object.keys(versions[0]?.volumes ?? {}), ["scsi0"]);
    assert.match(versions[0]?.volumes["scsi0"] ?? "", /base-/);
    await assert.rejects(lab.plugin.delete("GoldenTemplate", "watched", made.properties), unknown);
    const vmid = made.properties["vmid"];
    // Found by a later run, it is the same, and so it is with one that failed.
    await anotherRun(async (plugin) => {
      assert.match(guest(vmid)!.config["description"] ?? "", / unfinished -->$/);
      const { inputs } = await plugin.check("GoldenTemplate", {}, lab.inputs("GoldenTemplate", "watched", golden()));
      const again = await plugin.create("GoldenTemplate", inputs);
      assert.equal(again.properties["vmid"], vmid);
      assert.deepEqual(again.properties["__versions"], versions);
    });
    delete guest(vmid)!.config["scsi1"];
    await lab.plugin.delete("GoldenTemplate", "watched", made.properties);

    script({ match: "apt-get", exitcode: 1 });
    const failing = assert.rejects(lab.create("GoldenTemplate", "failing", golden()), unknown);
    await Promise.all([failing, attached("failing")]);
    script();
    await assert.rejects(lab.create("GoldenTemplate", "failing", golden()), unknown);
    const [left] = guests();
    assert.match(left?.config["scsi1"] ?? "", /disk-9/);
    delete left?.config["scsi1"];
    const { properties } = await lab.create("GoldenTemplate", "failing", golden());
    await lab.plugin.delete("GoldenTemplate", "failing", properties);
    assert.deepEqual(guests(), []);
  });
});

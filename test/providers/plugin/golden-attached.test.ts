import assert from "node:assert/strict";
import { providerText } from "../../../providers/kernel/program/text";
import { eventually } from "../../support/eventually";
import { Lab, image, labWorld, pluginConfig } from "../../support/lab";
import { startPlugin, type Plugin, type Properties } from "../../support/plugin";
import type { ScriptedCommand } from "../../../simulator/world/storage";

describe("what somebody attaches to a golden image while it is built", function () {
  let lab: Lab;
  let volume: string;
  /** Outcomes of commands in every guest; changed in place. */
  const commands: ScriptedCommand[] = [];

  before(async () => {
    const world = labWorld();
    Object.assign(world.web[image.url] ?? {}, { os: { agent: true, commands } });
    lab = await Lab.start({ seed: world }, { "proxmox:vmids": "2000-2999" });
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
    volume = String(file.properties["volumeId"]);
  });
  after(() => lab.close());

  const guests = () => Object.values(Object.values(lab.sim.world.clusters)[0]?.guests ?? {});
  const guest = (vmid: unknown) => guests().find((one) => one.vmid === vmid);
  /** The world has copies of what the seed was: all of them get the same outcomes. */
  const script = (...outcomes: ScriptedCommand[]) => {
    for (const os of systems(lab.sim.world)) os.commands = outcomes;
  };
  const golden = (more: Properties = {}): Properties => ({
    node: "pve1",
    imageVolumeId: volume,
    disk: { storage: "local-lvm", sizeGiB: 4 },
    cores: 2,
    memoryMiB: 1024,
    networks: [{ bridge: "vmbr0" }],
    provision: [{ run: "apt-get install -y nginx" }],
    ...more,
  });
  /** Another plugin, as every run of the engine has its own. */
  const anotherRun = async <T>(work: (plugin: Plugin) => Promise<T>): Promise<T> => {
    const plugin = await startPlugin({ text: providerText });
    try {
      await plugin.configure({ ...pluginConfig(lab.sim), "proxmox:vmids": "2000-2999" });
      return await work(plugin);
    } finally {
      await plugin.close();
    }
  };

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

function* systems(value: unknown): Generator<{ commands?: ScriptedCommand[] }> {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value))
    if (key === "os" && inner !== null && typeof inner === "object") yield inner as { commands?: ScriptedCommand[] };
    else yield* systems(inner);
}

import { providerText } from "../../../providers/kernel/program/text";
import type { ScriptedCommand } from "../../../simulator/world/storage";
import { Lab, image, labWorld, pluginConfig } from "../../support/lab";
import { startPlugin, type Plugin, type Properties } from "../../support/plugin";
import { scriptCommands } from "../../support/scripted-commands";

/** A cluster with an image to build from, for all tests of a `describe` or for each; to be called in it. */
export function goldenLab(world: "for all" | "for each") {
  let lab: Lab;
  let volume: string;
  const start = async () => {
    const seed = labWorld();
    Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    lab = await Lab.start({ seed }, { "proxmox:vmids": "2000-2999" });
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "pve1", storage: "local" });
    volume = String(file.properties["volumeId"]);
  };
  const stop = () => lab.close();
  if (world === "for all") {
    before(start);
    after(stop);
  } else {
    beforeEach(start);
    afterEach(stop);
  }
  const guests = () => Object.values(Object.values(lab.sim.world.clusters)[0]?.guests ?? {});
  return {
    lab: () => lab,
    volume: () => volume,
    guests,
    guest: (vmid: unknown) => guests().find((one) => one.vmid === vmid),
    /** Outcomes of commands in every guest. */
    script: (...outcomes: ScriptedCommand[]) => scriptCommands(lab.sim.world, outcomes),
    golden: (more: Properties = {}): Properties => ({
      node: "pve1",
      imageVolumeId: volume,
      disk: { storage: "local-lvm", sizeGiB: 4 },
      cores: 2,
      memoryMiB: 1024,
      networks: [{ bridge: "vmbr0" }],
      provision: [{ run: "apt-get install -y nginx" }],
      ...more,
    }),
    /** Another plugin, as every run of the engine has its own. */
    async anotherRun<T>(work: (plugin: Plugin) => Promise<T>): Promise<T> {
      const plugin = await startPlugin({ text: providerText });
      try {
        await plugin.configure({ ...pluginConfig(lab.sim), "proxmox:vmids": "2000-2999" });
        return await work(plugin);
      } finally {
        await plugin.close();
      }
    },
  };
}

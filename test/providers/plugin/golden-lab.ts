import type { ScriptedCommand } from "../../../simulator/world/storage";
import { Lab, image, labWorld, pluginConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { ProviderHere, type ProviderCalls } from "../../support/provider-here";
import { scriptCommands } from "../../support/scripted-commands";

/** A cluster with an image to build from, for all tests of a `describe` or for each; to be called in it. */
export function goldenLab(world: "for all" | "for each") {
  let lab: AnyLab;
  let volume: string;
  const start = async () => {
    const seed = labWorld();
    Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
    lab = await Lab.here({ seed }, { "proxmox:vmids": "2000-2999" });
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
    /** Without the memory of the first, as every run of the engine has its own plugin. */
    async anotherRun<T>(work: (plugin: ProviderCalls) => Promise<T>): Promise<T> {
      const plugin = new ProviderHere();
      try {
        await plugin.configure({ ...pluginConfig(lab.sim), "proxmox:vmids": "2000-2999" });
        return await work(plugin);
      } finally {
        await plugin.close();
      }
    },
  };
}

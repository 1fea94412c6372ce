import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { seedWorld, startSimulator, type Simulator, type World } from "../../simulator";

/** The image that the world's web offers, as the stack's config names it. */
export interface OfferedImage {
  readonly url: string;
  readonly checksum: string;
}

/** The demo's Proxmox: kept in a file from one command to the next. */
export interface DemoWorld {
  readonly simulator: Simulator;
  readonly image: OfferedImage;
  /** How many guests there are, templates included. */
  guests(): number;
  close(): Promise<void>;
}

const saveInterval = 1_000;

/** Starts the simulated matrix cluster as the last command left it, or fresh. */
export async function openWorld(folder: string, speed: number): Promise<DemoWorld> {
  const file = path.join(folder, "world.json");
  const world = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as World) : seedWorld("matrix");
  const image = offer(world);
  const simulator = await startSimulator({ seed: world, clock: "auto", speed });
  const save = (): void => {
    // A rename, so that a demo killed at this moment leaves a whole file.
    fs.writeFileSync(`${file}.new`, JSON.stringify(simulator.simulation.save()));
    fs.renameSync(`${file}.new`, file);
  };
  save();
  const saving = setInterval(save, saveInterval);
  return {
    simulator,
    image,
    guests: () =>
      Object.values(simulator.world.clusters).reduce((sum, { guests }) => sum + Object.keys(guests).length, 0),
    close: async () => {
      clearInterval(saving);
      save();
      await simulator.close();
    },
  };
}

/** Gives the web's only image a checksum that can be named in advance: no bytes of it exist. */
function offer(world: World): OfferedImage {
  const [found] = Object.entries(world.web);
  if (!found) throw new Error("the demo's world offers no image");
  const [url, file] = found;
  const sha512 = file.checksums?.["sha512"] ?? createHash("sha512").update(url).digest("hex");
  file.checksums = { ...file.checksums, sha512 };
  return { url, checksum: `sha512:${sha512}` };
}

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { seedWorld, startSimulator, startWebMirror, type Simulator, type World } from "../../simulator";

/** The demo's Proxmox: kept in a file from one command to the next. */
export interface DemoWorld {
  readonly simulator: Simulator;
  /** Stands for the image's publisher: a loopback address with its images and its list of checksums. */
  readonly mirror: string;
  /** How many guests there are, templates included. */
  guests(): number;
  close(): Promise<void>;
}

const saveInterval = 1_000;

/** Starts the simulated matrix cluster as the last command left it, or fresh. */
export async function openWorld(folder: string, speed: number): Promise<DemoWorld> {
  const file = path.join(folder, "world.json");
  const world = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as World) : seedWorld("matrix");
  const simulator = await startSimulator({ seed: world, clock: "auto", speed });
  const save = (): void => {
    // A rename, so that a demo killed at this moment leaves a whole file.
    fs.writeFileSync(`${file}.new`, JSON.stringify(simulator.simulation.save()));
    fs.renameSync(`${file}.new`, file);
  };
  const mirror = await startWebMirror(() => simulator.world.web);
  publish(simulator.world, mirror.origin);
  save();
  const saving = setInterval(save, saveInterval);
  return {
    simulator,
    mirror: mirror.origin,
    guests: () =>
      Object.values(simulator.world.clusters).reduce((sum, { guests }) => sum + Object.keys(guests).length, 0),
    close: async () => {
      clearInterval(saving);
      save();
      await mirror.close();
      await simulator.close();
    },
  };
}

const publisher = "https://cloud.debian.org/images/cloud";

/** Offers the publisher's image under the mirror's address, with a list of checksums; no bytes of it exist. */
function publish(world: World, origin: string): void {
  // Those of earlier commands, whose mirrors had other ports.
  for (const url of Object.keys(world.web)) if (new URL(url).hostname === "127.0.0.1") delete world.web[url];
  for (const [url, file] of Object.entries(world.web)) {
    if (!url.startsWith(`${publisher}/`)) continue;
    const sha512 = createHash("sha512").update(url).digest("hex");
    const [place, folder = "", name = ""] = /^(.*\/)([^/]+)$/.exec(url.slice(publisher.length)) ?? [];
    world.web[`${origin}${place}`] = { ...file, checksums: { sha512 } };
    const list = Buffer.from(`${sha512}  ${name}\n`).toString("base64");
    world.web[`${origin}${folder}SHA512SUMS`] = { content: list };
  }
}

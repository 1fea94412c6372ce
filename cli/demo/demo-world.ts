import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import {
  seedWorld,
  startSimulator,
  startWebMirror,
  type Simulator,
  type SimulatorOptions,
  type World,
} from "../../simulator";

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

/** The file that says whom to trust: it vouches for the API of the simulated nodes, and for the page that shows them. */
export const authorityOf = (folder: string): string => path.join(folder, "ca.pem");

/** Starts the three simulated machines of matrix as the last command left them, or fresh from the installer. */
export async function openWorld(folder: string, speed: number): Promise<DemoWorld> {
  const file = path.join(folder, "world.json");
  const world = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as World) : seedWorld("matrix:bare");
  const simulator = await startAtOwnPorts(folder, { seed: world, clock: "auto", speed });
  fs.writeFileSync(authorityOf(folder), simulator.ca);
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

/**
 * With the SSH ports of the commands before: the stack's state has them, and `refresh` and `destroy` go by it. Where
 * somebody else has them by now, others are taken, which the next `up` notes.
 */
async function startAtOwnPorts(folder: string, options: SimulatorOptions): Promise<Simulator> {
  const file = path.join(folder, "ssh-port");
  let sshPort = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : freshPort();
  for (let attempt = 1; ; attempt++) {
    try {
      const simulator = await startSimulator({ ...options, sshPort });
      fs.writeFileSync(file, String(sshPort));
      return simulator;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === 10) throw error;
      sshPort = freshPort();
    }
  }
}

/** The first of as many ports as there are nodes, below those that the system gives out. */
const freshPort = (): number => 20_000 + 10 * Math.floor(Math.random() * 1_000);

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

/** What of Ceph is on the machines, in words; undefined where there is none. */
export function keptByCeph(world: World): string | undefined {
  const parts = ["mons", "mgrs", "osds"] as const;
  const nodes = Object.values(world.nodes).flatMap(({ name, ceph }) => {
    const [monitors, managers, osds] = parts.map((part) => Object.keys(ceph?.[part] ?? {}).length);
    return monitors || managers || osds ? [`${name} ${monitors} monitor, ${managers} manager, ${osds} OSDs`] : [];
  });
  const pools = Object.values(world.clusters).flatMap(({ ceph }) =>
    Object.values(ceph?.osdmap.pools ?? {}).map(({ name }) => name),
  );
  return nodes.length === 0 ? undefined : `${nodes.join("; ")}; pools ${pools.join(", ") || "none"}`;
}

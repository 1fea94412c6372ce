import { createHash } from "node:crypto";
import type { Volume } from "../world/storage.js";
import type { World } from "../world/world.js";
import { emptyWorld, install, startTime, type Installation } from "./standalone.js";

/** The node on which the conformance scenarios were recorded (world.json there). */
export function conformanceNode(world: World, installation: Pick<Installation, "name" | "address">): void {
  const { node, cluster } = install(world, {
    ...installation,
    domain: "lab.test",
    prefix: 24,
    gateway: "10.11.0.1",
    password: "correct-password",
    ports: ["eno1", "eno2", "eno3", "eno4"],
    hardware: {
      cpus: 2,
      sockets: 1,
      cpuModel: "<cpu-model>",
      cpuFlags: "<cpu-flags>",
      mhz: "2596.130",
      memory: 25276502016,
      memoryUsed: 6326587392,
      swap: 0,
      rootTotal: 270553174016,
      rootUsed: 23269330944,
      rootAvailable: 74523963392,
      disks: [],
    },
  });
  cluster.storages = {
    local: { type: "dir", path: "/var/lib/vz", content: "iso,vztmpl,backup,images,rootdir,snippets,import" },
    second: { type: "dir", path: "/srv/second", content: "images,rootdir" },
  };
  node.volumes["dir:/var/lib/vz"] = recordedFiles();
  node.volumes["dir:/srv/second"] = {};
}

/** The files that every scenario finds on `local`. */
function recordedFiles(): Record<string, Volume> {
  const ctime = 1795253242;
  const MiB = 2 ** 20;
  return {
    "import/data.raw": { size: 64 * MiB, virtualSize: 64 * MiB, format: "raw", ctime: 1795253522 },
    "import/tiny.qcow2": { size: 196616, virtualSize: 64 * MiB, format: "qcow2", ctime },
    "import/tiny.raw": { size: 32 * MiB, virtualSize: 32 * MiB, format: "raw", ctime },
    "import/tiny.vmdk": { size: 65536, virtualSize: 32 * MiB, format: "vmdk", ctime },
    "iso/guest.iso": { size: 17362944, format: "iso", ctime: 1795254948 },
    "iso/tiny.iso": { size: 358400, format: "iso", ctime },
    "snippets/user.yaml": { size: 27, format: "snippet", ctime, content: "#cloud-config\npackages: []\n" },
  };
}

/** What the recorded node could fetch over HTTP. */
function recordedWeb(world: World): void {
  const base = "http://127.0.0.1:8100";
  const iso = "a".repeat(100_000);
  world.web[`${base}/x.iso`] = { size: iso.length, format: "iso", checksums: checksums(iso) };
  world.web[`${base}/x.iso.gz`] = { size: 133, format: "gz", virtualSize: iso.length };
  world.web[`${base}/x.iso.zst`] = { size: 32, format: "zst", virtualSize: iso.length };
  world.web[`${base}/x.qcow2`] = { size: 196616, format: "qcow2", virtualSize: 64 * 2 ** 20 };
  world.web[`${base}/x.txt`] = { size: 6, content: "a text" };
}

function checksums(text: string): Record<string, string> {
  const algorithms = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
  return Object.fromEntries(algorithms.map((name) => [name, createHash(name).update(text).digest("hex")]));
}

/** One standalone node `pve`. */
export function conformance(): World {
  const world = emptyWorld();
  world.time = startTime;
  conformanceNode(world, { name: "pve", address: "10.11.0.10" });
  recordedWeb(world);
  return world;
}

/** The three fresh nodes that become a cluster in scenario 20. */
export function conformanceThree(): World {
  const world = emptyWorld();
  for (const number of [1, 2, 3]) conformanceNode(world, { name: `pve${number}`, address: `10.11.0.1${number}` });
  recordedWeb(world);
  return world;
}

import type { Volumes, WebFile } from "../world/storage.js";
import type { World } from "../world/world.js";
import { formCluster } from "./form-cluster.js";
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
      kernel: { release: "<kernel>", version: "<kernel-version>" },
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
  node.volumes["/var/lib/vz"] = recordedFiles();
  node.volumes["/srv/second"] = {};
}

const MiB = 2 ** 20;

/** The files that every scenario finds on `local`. */
function recordedFiles(): Volumes {
  const ctime = 1795253242;
  const disk = (format: string, size: number, bytes: number, data = 0) => ({ format, size, bytes, data, ctime });
  const file = (bytes: number) => ({ size: bytes, bytes, data: bytes, ctime });
  return {
    "import/data.raw": { ...disk("raw", 64 * MiB, 64 * MiB, 64 * MiB), ctime: 1795253522 },
    "import/tiny.qcow2": disk("qcow2", 64 * MiB, 196616),
    "import/tiny.raw": disk("raw", 32 * MiB, 32 * MiB),
    "import/tiny.vmdk": disk("vmdk", 32 * MiB, 65536),
    "iso/guest.iso": { ...file(17362944), ctime: 1795254948, os: { agent: true, address: "192.168.77.10/24" } },
    "iso/tiny.iso": file(358400),
    "snippets/user.yaml": { ...file(27), content: base64("#cloud-config\npackages: []\n") },
  };
}

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");

/** What the recorded node could fetch over HTTP. */
function recordedWeb(world: World): void {
  const base = "http://127.0.0.1:8100";
  const iso: WebFile = { content: base64("a".repeat(100_000)) };
  // The packed files were made by other programs than the checksums and sizes recorded here could be made with.
  const gz = { sha256: "49c3491096f063ddcbf118f54650ab269fa904bdd413472e888e1f483dafccda" };
  world.web[`${base}/x.iso`] = iso;
  world.web[`${base}/x.iso.gz`] = { size: 133, checksums: gz, compression: "gz", unpacked: iso };
  world.web[`${base}/x.iso.zst`] = { size: 26, compression: "zst", unpacked: iso };
  world.web[`${base}/x.qcow2`] = { size: 196616, format: "qcow2", virtualSize: 64 * MiB, data: 0 };
  world.web[`${base}/x.txt`] = { content: base64("a text") };
  world.web["https://127.0.0.1:8006/"] = { size: 2816, mimetype: "text/html", untrusted: true };
}

/** One standalone node `pve`. */
export function conformance(): World {
  const world = emptyWorld();
  world.time = startTime;
  conformanceNode(world, { name: "pve", address: "10.11.0.10" });
  recordedWeb(world);
  return world;
}

/** The same node as it was for scenario 41: other units, and nothing to make a server id of. */
export function conformanceHost(): World {
  const world = conformance();
  const disabled = { running: false, unit: "disabled" } as const;
  const node = world.nodes["pve"];
  if (!node) return world;
  node.anonymous = true;
  node.units = {
    ...{ corosync: disabled, "pve-firewall": disabled, "pve-ha-crm": disabled, "pve-ha-lrm": disabled },
    spiceproxy: disabled,
    cron: { unit: "not-found" },
    "pvefw-logger": { description: "Proxmox VE firewall logger", ...disabled },
    "systemd-timesyncd": { description: "Network Time Synchronization", running: false, unit: "enabled" },
  };
  return world;
}

/** The three fresh nodes that become a cluster in scenario 20. */
export function conformanceThree(): World {
  const world = emptyWorld();
  for (const number of [1, 2, 3]) {
    conformanceNode(world, { name: `pve${number}`, address: `10.11.0.1${number}` });
    // The small Linux was only on the standalone node.
    delete world.nodes[`pve${number}`]?.volumes["/var/lib/vz"]?.["iso/guest.iso"];
  }
  recordedWeb(world);
  return world;
}

/** Three such nodes with a second network on eno2, of which the interfaces file says nothing (scenario 44). */
export function conformanceLinks(): World {
  const world = conformanceThree();
  for (const number of [1, 2, 3]) {
    const port = world.nodes[`pve${number}`]?.network.ports[1];
    if (port) Object.assign(port, { up: true, addresses: [`10.12.0.1${number}/24`] });
  }
  const hosts = Object.values(world.nodes).map(({ name, domain, address }) => `${address} ${name}.${domain} ${name}\n`);
  for (const { network, hardware } of Object.values(world.nodes)) {
    network.hosts = `127.0.0.1 localhost\n${hosts.join("")}`;
    hardware.memory = 25276514304;
  }
  return world;
}

/** The cluster `lab` that scenario 20 ends with. */
export function conformanceCluster(): World {
  const world = conformanceThree();
  formCluster(world, "lab", (name) => ({ "0": world.nodes[name]?.address ?? "" }));
  return world;
}

// `npm run bench:simulator`: how the simulator bears a large world. Prints a table, writes out/bench-simulator.json.
import fs from "node:fs";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import v8 from "node:v8";
import vm from "node:vm";
import { projectRoot } from "../cli/project";
import { seedWorld, startSimulator, type Simulator, type World } from "../simulator";

const GiB = 2 ** 30;
const poolSize = 250;
const repetitions = 15;

interface Measurement {
  readonly vms: number;
  readonly what: string;
  readonly median: number;
  readonly slowest: number;
  readonly unit: "ms" | "MiB";
  /** Size of the reply. */
  readonly bytes?: number;
}

/** The matrix cluster with so many VMs: every third one runs, each has a disk, pools hold 250. */
function largeWorld(vms: number): World {
  const world = seedWorld("matrix");
  const nodes = Object.values(world.nodes);
  const cluster = world.clusters[nodes[0]?.cluster ?? ""];
  if (!cluster) throw new Error("no cluster");
  for (let index = 0; index < vms; index++) {
    const vmid = 1000 + index;
    const node = nodes[index % nodes.length];
    if (!node) throw new Error("no node");
    const disk = `vm-${vmid}-disk-0`;
    const volume = { format: "raw", size: 8 * GiB, bytes: 8 * GiB, data: GiB, ctime: Math.floor(world.time / 1000) };
    (node.volumes["lvmthin:pve/data"] ??= {})[disk] = volume;
    const config = {
      ...{ name: `vm-${vmid}`, memory: "2048", cores: "2", ostype: "l26", scsihw: "virtio-scsi-single" },
      ...{ scsi0: `local-lvm:${disk},size=8G`, boot: "order=scsi0", net0: "virtio,bridge=vmbr0", tags: "bench;pulumi" },
    };
    const running = index % 3 === 0 ? { running: { pid: vmid, since: world.time, booting: world.time } } : {};
    const state = { config, pending: {}, pendingDelete: {}, snapshots: {}, ...running };
    cluster.guests[vmid] = { vmid, type: "qemu", node: node.name, ...state };
    (cluster.pools[`pool-${Math.floor(index / poolSize)}`] ??= { vms: [], storage: [] }).vms.push(vmid);
  }
  return world;
}

interface Client {
  readonly simulator: Simulator;
  readonly agent: https.Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request; the body is counted, not parsed: what is measured is the simulator. */
function request({ simulator, agent, headers }: Client, method: string, url: string, form = ""): Promise<number> {
  const entity = form && { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": form.length };
  const port = simulator.nodes[0]?.port;
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: url, method, agent, headers: { ...headers, ...(entity || {}) } };
    const sent = https.request(options, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("end", () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${method} ${url}: ${response.statusCode}`)),
      );
    });
    sent.once("error", reject);
    sent.end(form);
  });
}

async function measure(vms: number, what: string, run: (round: number) => Promise<number>): Promise<Measurement> {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round <= repetitions; round++) {
    const start = performance.now();
    bytes = await run(round);
    if (round > 0) times.push(performance.now() - start); // the first one warms up
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return { vms, what, median, slowest: times.at(-1) ?? 0, unit: "ms", bytes };
}

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

/** What the process holds after a collection of garbage. */
function memory(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function measureWorld(vms: number, folder: string): Promise<Measurement[]> {
  const before = memory();
  const state = path.join(folder, `state-${vms}.json`);
  const simulator = await startSimulator({ seed: largeWorld(vms) });
  const held = memory() - before;
  const agent = new https.Agent({ keepAlive: true, ca: simulator.ca });
  const { id, secret } = simulator.token;
  const client = { simulator, agent, headers: { Authorization: `PVEAPIToken=${id}=${secret}` } };
  const get = (url: string) => () => request(client, "GET", url);
  const config = "/api2/json/nodes/foxtrot/qemu/1000/config";
  const rows: Measurement[] = [
    { vms, what: "memory of world and simulator", median: held, slowest: held, unit: "MiB" },
    await measure(vms, "GET /cluster/resources", get("/api2/json/cluster/resources")),
    await measure(vms, "GET /cluster/resources?type=vm", get("/api2/json/cluster/resources?type=vm")),
    await measure(vms, "GET /nodes/foxtrot/qemu", get("/api2/json/nodes/foxtrot/qemu")),
    await measure(vms, "GET /nodes/foxtrot/qemu/1000/config", get(config)),
    await measure(vms, "GET /simulator/overview", get("/simulator/overview")),
    await measure(vms, "PUT config of a VM", (round) => request(client, "PUT", config, `memory=${1024 + 16 * round}`)),
    await measure(vms, "POST a new VM with a disk", (round) =>
      request(client, "POST", "/api2/json/nodes/foxtrot/qemu", `vmid=${100 + round}&scsi0=local-lvm:1`),
    ),
  ];
  const world = simulator.simulation.save();
  await simulator.close();
  agent.destroy();
  return [...rows, await measureKept(vms, world, state, config)];
}

/** The same change with a file that keeps the world. */
async function measureKept(vms: number, seed: World, state: string, config: string): Promise<Measurement> {
  const simulator = await startSimulator({ seed, state });
  const agent = new https.Agent({ keepAlive: true, ca: simulator.ca });
  const { id, secret } = simulator.token;
  const client = { simulator, agent, headers: { Authorization: `PVEAPIToken=${id}=${secret}` } };
  const row = await measure(vms, "PUT config of a VM, with --state", (round) =>
    request(client, "PUT", config, `memory=${2048 + 16 * round}`),
  );
  await simulator.close();
  agent.destroy();
  return { ...row, bytes: fs.statSync(state).size };
}

function table(rows: readonly Measurement[]): string {
  const cells = rows.map(({ vms, what, median, slowest, unit, bytes }) => [
    String(vms),
    what,
    `${median.toFixed(1)} ${unit}`,
    unit === "ms" ? `${slowest.toFixed(1)} ms` : "",
    bytes === undefined ? "" : `${(bytes / 1024).toFixed(0)} KiB`,
  ]);
  const all = [["VMs", "what", "median", "slowest", "size"], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 1 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return all.map(line).join("\n");
}

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pve-bench-"));
  try {
    const rows: Measurement[] = [];
    for (const vms of [100, 1000, 10_000]) rows.push(...(await measureWorld(vms, folder)));
    const [cpu] = os.cpus();
    const machine = { node: process.version, cpus: os.cpus().length, model: cpu?.model ?? "" };
    const out = path.join(projectRoot, "out");
    fs.mkdirSync(out, { recursive: true });
    fs.writeFileSync(path.join(out, "bench-simulator.json"), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
    process.stdout.write(`${table(rows)}\n`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});

// `npm run test:clients`: clients that others wrote, unmodified, against the simulator. The last line sums up.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { projectRoot } from "../../cli/project";
import { dataFiles, dataImage } from "../../providers/vm/cloud-init/cloud-init-data";
import { startSimulator, type Simulator } from "../../simulator";
import { networkGuard, outFolder } from "../support/environment";
import { samples, scrape } from "./exporter";
import { pythonClients } from "./python";

const sources = path.join(projectRoot, "test", "clients");
const image = "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2";
const node = "foxtrot";

let passed = 0;
let failed = 0;

function report(line: string): void {
  process.stdout.write(`${line}\n`);
  if (line.startsWith("ok ")) passed++;
  if (line.startsWith("FAIL ")) failed++;
}

async function check(name: string, run: () => Promise<void> | void): Promise<void> {
  try {
    await run();
    report(`ok ${name}`);
  } catch (error) {
    report(`FAIL ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** Runs a client that prints its own checks. */
async function session(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const before = passed + failed;
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  createInterface(child.stdout).on("line", report);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0 || passed + failed === before)
    report(`FAIL ${command} ${args.join(" ")} ended with ${code} after ${passed + failed - before} checks`);
}

function environment(simulator: Simulator, ca: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: os.homedir(),
    NO_PROXY: "127.0.0.1",
    NODE_OPTIONS: `--require ${JSON.stringify(networkGuard)}`,
    NODE_EXTRA_CA_CERTS: ca,
    SIMULATOR_CA: ca,
    SIMULATOR_HOST: `127.0.0.1:${simulator.nodes[0]?.port}`,
    SIMULATOR_NODE: node,
    SIMULATOR_OTHER_NODE: "golf",
    SIMULATOR_IMAGE: image,
    SIMULATOR_PASSWORD: simulator.password,
    SIMULATOR_TOKEN_ID: simulator.token.id,
    SIMULATOR_TOKEN_SECRET: simulator.token.secret,
  };
}

async function main(): Promise<void> {
  fs.mkdirSync(outFolder, { recursive: true });
  const bin = pythonClients(path.join(sources, "requirements.txt"));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pve-clients-"));
  const simulator = await startSimulator({ seed: "matrix", clock: "auto", speed: 50 });
  try {
    const ca = path.join(folder, "pve-root-ca.pem");
    fs.writeFileSync(ca, simulator.ca);
    const env = environment(simulator, ca);
    await session(path.join(bin, "python"), [path.join(sources, "proxmoxer_session.py")], env);
    await session(process.execPath, [path.join(__dirname, "proxmox-api-session.js")], env);
    await session(path.join(bin, "python"), cloudInitImage(folder), env);
    await exporterChecks(path.join(bin, "pve_exporter"), simulator, ca, folder);
    await check("no client asked for an endpoint that is not built", () => {
      const unbuilt = simulator.requests.filter((request) => request.unbuilt).map(({ route }) => route);
      assert.deepEqual([...new Set(unbuilt)], []);
    });
  } finally {
    await simulator.close();
    fs.rmSync(folder, { recursive: true });
  }
}

/** An image of own cloud-init data, for a reader that others wrote, with data that YAML is known to misread. */
function cloudInitImage(folder: string): string[] {
  const data = {
    users: [{ name: "no", passwd: "0644", gecos: "1_000", shell: "~", lock_passwd: false }],
    text: "tab\there, \u0007bell, \u007fDEL, \u0085NEL, \u2028LS, ä€😀, # no comment: 'x' \"y\"",
    numbers: [1, 0.5, -3, 1e21, 1.5e-9, -2e-7],
    nothing: null,
    on: true,
  };
  const owner = { name: "web", mark: "0123456789abcdef01234567" };
  const network = { version: 2, ethernets: { eth0: { match: { macaddress: "bc:24:11:00:00:01" }, dhcp4: true } } };
  const files = dataFiles({ userData: data, networkConfig: network }, owner, "iso");
  const expected = {
    "user-data": { text: files.user, data },
    "network-config": { text: files.network, data: network },
    "meta-data": { text: files.meta },
  };
  const [image, list] = [path.join(folder, "cloud-init.iso"), path.join(folder, "cloud-init.json")];
  fs.writeFileSync(image, dataImage(files, owner).content);
  fs.writeFileSync(list, JSON.stringify(expected));
  return [path.join(sources, "cloud_init_image.py"), image, list];
}

async function exporterChecks(program: string, simulator: Simulator, ca: string, folder: string): Promise<void> {
  const { world, clock } = simulator;
  const cluster = Object.values(world.clusters)[0];
  assert.ok(cluster);
  const guest = { type: "qemu", node, pending: {}, pendingDelete: {}, snapshots: {} } as const;
  const since = clock.now() - 60_000;
  const running = { pid: 4711, since, booting: since };
  const config = { name: "web", memory: "2048", cores: "2", onboot: "1" };
  cluster.guests["300"] = { ...structuredClone(guest), vmid: 300, config, running };
  cluster.guests["301"] = {
    ...structuredClone(guest),
    vmid: 301,
    config: { name: "db", memory: "512", lock: "backup" },
  };
  let text = "";
  await check("pve-exporter: answers", async () => {
    text = await scrape(program, simulator, ca, folder);
  });
  await check("pve-exporter: what is up", () => {
    const up = samples(text, "pve_up");
    assert.deepEqual([up["qemu/300"], up["qemu/301"], up["node/golf"], up["cluster/Matrix"]], [1, 0, 1, 1]);
    assert.equal(up["storage/hotel/local-lvm"], 1);
  });
  await check("pve-exporter: sizes and uptime", () => {
    assert.equal(samples(text, "pve_memory_size_bytes")["qemu/300"], 2048 * 2 ** 20);
    assert.equal(samples(text, "pve_cpu_usage_limit")["node/foxtrot"], 32);
    assert.ok((samples(text, "pve_uptime_seconds")["qemu/300"] ?? 0) >= 60);
    assert.equal(samples(text, "pve_disk_size_bytes")["storage/foxtrot/local-lvm"], 794 * 2 ** 30);
  });
  await check("pve-exporter: guests, locks, versions, subscription", () => {
    assert.match(text, /pve_guest_info\{.*id="qemu\/300".*name="web"/);
    assert.match(text, /pve_lock_state\{id="qemu\/301",state="backup"\} 1\.0/);
    assert.match(text, /pve_version_info\{.*version="9\./);
    assert.match(text, /pve_cluster_info\{.*nodes="3",quorate="1"/);
    assert.match(text, /pve_onboot_status\{id="qemu\/300",node="foxtrot",type="qemu"\} 1\.0/);
    assert.match(text, /pve_subscription_status\{id="node\/foxtrot",status="notfound"\} 1\.0/);
    assert.match(text, /pve_not_backed_up_total\{id="cluster\/Matrix"\} 2\.0/);
  });
}

main()
  .catch((error: unknown) => {
    report(`FAIL ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  })
  .finally(() => {
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failed > 0 ? 1 : 0;
  });

// `npm run demo [-- up|preview|refresh|destroy|serve|reset]`: the stack matrix on a simulated Proxmox cluster.
// Everything that it keeps is in .demo/, or in the folder that DEMO_FOLDER names; nothing else in the clone is written, nothing
// outside is touched. It opens nothing: the page to watch it on is told by its address.
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { DemoPulumi } from "./demo/pulumi";
import { table } from "./demo/table";
import { authorityOf, type DemoWorld, keptByCeph, openWorld } from "./demo/demo-world";
import { findEngine } from "./engine";
import { projectRoot } from "./project";

const folder = path.resolve(process.env["DEMO_FOLDER"] || path.join(projectRoot, ".demo"));
const authorityFile = path.relative(process.cwd(), authorityOf(folder));
/** Simulated seconds per second: a VM that boots in eight should not make anybody wait for so long. */
const speed = 4;

const flags: Readonly<Record<string, readonly string[]>> = {
  up: ["--yes"],
  preview: [],
  refresh: ["--yes", "--skip-preview"],
  destroy: ["--yes", "--skip-preview"],
};

async function main([command = "up", ...args]: readonly string[]): Promise<number> {
  if (command === "reset") {
    fs.rmSync(folder, { recursive: true, force: true });
    say("The demo's world and state are gone; the next one starts afresh.");
    return 0;
  }
  const given = flags[command];
  if (!given && command !== "serve") {
    say(`npm run demo -- ${Object.keys(flags).join("|")}|serve|reset (not "${command}")`);
    return 2;
  }
  fs.mkdirSync(folder, { recursive: true });
  const engine = await findEngine();
  const world = await openWorld(folder, speed);
  // Ctrl-C reaches pulumi as well: let it finish what it has begun, or the world would be cut off in between.
  const ignore = (): void => undefined;
  if (given) process.on("SIGINT", ignore);
  try {
    introduce(world);
    if (!given) return await serve();
    const pulumi = new DemoPulumi(engine, folder, world);
    await pulumi.prepare();
    const code = await pulumi.run(command, [...given, ...args]);
    if (code !== 0) say(`\npulumi ${command} failed. To start afresh: npm run demo -- reset`);
    else if (command === "up") built(await pulumi.output("vms"));
    else if (command === "destroy") destroyed(world);
    return code;
  } finally {
    await world.close();
  }
}

function introduce({ simulator, guests }: DemoWorld): void {
  const nodes = simulator.nodes.map(({ name, url }) => `${name} ${url}`).join(", ");
  say(`Simulated Proxmox VE cluster with ${guests()} guests, on this machine only: ${nodes}`);
  say(
    `Watch it happen in a browser: ${simulator.nodes[0]?.url ?? ""}/ (it warns, for only ${authorityFile} vouches for the page)`,
  );
  say(`Token: ${simulator.token.id}=${simulator.token.secret}\n`);
}

/** What the stack gives out about each VM; an address may be missing when a guest has not told it. */
interface BuiltVm {
  readonly name?: string;
  readonly node?: string;
  readonly vmid?: number;
  readonly ips?: readonly string[];
}

function built(vms: unknown): void {
  const rows = ((vms ?? []) as readonly BuiltVm[]).map(({ vmid, node, name, ips }) => [
    String(vmid ?? ""),
    node ?? "",
    name ?? "",
    (ips ?? []).join(" "),
  ]);
  say(`\n${table(["VMID", "NODE", "NAME", "ADDRESSES"], rows)}`);
  say(`
The program is stacks/matrix.ts: change a VM there, then see what would happen and do it:
  npm run demo -- preview
  npm run demo
Compare the state with the cluster:   npm run demo -- refresh
Ask the cluster's API with curl:      npm run demo -- serve
Take it all down:                     npm run demo -- destroy`);
}

function destroyed({ simulator: { world }, guests }: DemoWorld): void {
  say(`\nThe cluster holds ${guests()} guests. Again: npm run demo`);
  const kept = keptByCeph(world);
  if (kept !== undefined)
    say(`Ceph goes on, as pulumi-proxmox-cluster:keepCeph says (Pulumi.demo.yaml): ${kept}.
With it go on the cluster and the networks that it lives on. Another run takes it over: DEMO_CEPH=1 npm run demo`);
}

async function serve(): Promise<number> {
  say(`curl --cacert ${authorityFile} -H "Authorization: PVEAPIToken=<token>" <address>/api2/json/cluster/resources`);
  say("Ctrl-C ends it.");
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  return 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

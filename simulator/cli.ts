#!/usr/bin/env node
import fs from "node:fs";
import { parseArgs } from "node:util";
import { parseFaults } from "./fault-file.js";
import type { RequestRecord } from "./request-log.js";
import { startSimulator, type Simulator } from "./simulator.js";
import { seedNames } from "./seeds/index.js";
import type { World } from "./world/world.js";

const usage = `pve-simulator: a Proxmox VE cluster to practise on, on loopback ports

  --port N      port of the first node, the others follow (default 18006; 0: any free ones)
  --seed NAME   the world to begin with: ${seedNames.join(", ")} (default matrix)
  --state FILE  keep the world in this file; when it exists, it is the world to begin with
  --log FILE    append every request as a line of JSON, secrets masked
  --ready FILE  write addresses and credentials to this file once the simulator listens
  --faults FILE things that go wrong, as JSON (docs/simulator.md)
  --clock MODE  auto (default), immediate or manual
  --speed X     simulated seconds per second (default 1)
`;

interface Options {
  readonly port: number;
  readonly seed: string;
  readonly state?: string;
  readonly log?: string;
  readonly ready?: string;
  readonly faults?: string;
  readonly clock: "auto" | "immediate" | "manual";
  readonly speed: number;
}

/** The options of a command line; throws on what is not one. */
export function readOptions(argv: readonly string[]): Options | "help" {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...{ port: text, seed: text, state: text, log: text, ready: text, faults: text, clock: text, speed: text },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  const { port = "18006", seed = "matrix", clock = "auto", speed = "1", state, log, ready, faults } = values;
  if (!/^\d{1,5}$/.test(port)) throw new Error(`--port ${port}: not a port`);
  if (clock !== "auto" && clock !== "immediate" && clock !== "manual")
    throw new Error(`--clock ${clock}: no such clock`);
  if (!(Number(speed) > 0)) throw new Error(`--speed ${speed}: not a positive number`);
  const files = {
    ...(state === undefined ? {} : { state }),
    ...(log === undefined ? {} : { log }),
    ...(ready === undefined ? {} : { ready }),
    ...(faults === undefined ? {} : { faults }),
  };
  return { port: Number(port), seed, clock, speed: Number(speed), ...files };
}

/** What `--ready` writes. */
export function readyDocument(simulator: Simulator): string {
  const nodes = simulator.nodes.map(({ name, url, fingerprint }) => ({ name, url, fingerprint }));
  const { username, password, token } = simulator;
  return `${JSON.stringify({ nodes, username, password, token }, null, 2)}\n`;
}

/** Whole or not at all: a reader never sees half of the file. */
function writeWhole(file: string, text: string): void {
  fs.writeFileSync(`${file}.new`, text, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Runs the simulator of a command line until `stop` is called. */
export async function runSimulator(options: Options): Promise<{ simulator: Simulator; stop: () => Promise<void> }> {
  const { port, clock, speed, state, log, ready, faults } = options;
  const saved = state !== undefined && fs.existsSync(state);
  const seed = saved ? (JSON.parse(fs.readFileSync(state, "utf8")) as World) : options.seed;
  const logFile = log === undefined ? undefined : fs.openSync(log, "a", 0o600);
  const onRequest = (record: RequestRecord): void => {
    if (logFile !== undefined) fs.writeSync(logFile, `${JSON.stringify(record)}\n`);
  };
  const wrong = faults === undefined ? undefined : parseFaults(fs.readFileSync(faults, "utf8"), faults);
  const simulator = await startSimulator({
    ...{ port, seed, clock, speed, onRequest },
    ...(wrong ? { faults: wrong.faults } : {}),
    ...(wrong?.seed === undefined ? {} : { faultSeed: wrong.seed }),
  });
  const save = (): void => {
    if (state !== undefined) writeWhole(state, JSON.stringify(simulator.simulation.save()));
  };
  save();
  const saving = setInterval(save, 1000);
  saving.unref();
  if (ready !== undefined) writeWhole(ready, readyDocument(simulator));
  return {
    simulator,
    stop: async () => {
      clearInterval(saving);
      save();
      await simulator.close();
      if (logFile !== undefined) fs.closeSync(logFile);
    },
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return void process.stdout.write(usage);
  const { simulator, stop } = await runSimulator(options);
  for (const { name, url, fingerprint } of simulator.nodes) process.stdout.write(`${name}  ${url}  ${fingerprint}\n`);
  process.stdout.write(`root@pam  ${simulator.password}\n${simulator.token.id}=${simulator.token.secret}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)));
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`pve-simulator: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

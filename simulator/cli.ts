#!/usr/bin/env node
import fs from "node:fs";
import net from "node:net";
import { readOptions, usage, type Options } from "./cli-options.js";
import { parseFaults } from "./fault-file.js";
import type { RequestRecord } from "./request-record.js";
import { startSimulator, type Simulator } from "./simulator.js";
import { readState, writeWhole } from "./state-file.js";

/** What `--ready` writes. */
function readyDocument(simulator: Simulator): string {
  const nodes = simulator.nodes.map(({ name, url, fingerprint, ssh }) => ({ name, url, fingerprint, ssh }));
  const { username, password, token, ca } = simulator;
  return `${JSON.stringify({ nodes, username, password, token, ca }, null, 2)}\n`;
}

/** What is said once the simulator listens. */
export function greeting({ nodes, username, password, token }: Simulator, host: string): string {
  const first = nodes[0]?.url ?? "";
  const open = isLoopback(host)
    ? []
    : [
        `WARNING: ${host} is not a loopback address: whoever reaches it may watch, and with the credentials above do everything.`,
      ];
  return [
    ...nodes.map(({ name, url, fingerprint }) => `${name}  ${url}  ${fingerprint}`),
    ...nodes.map(({ name, ssh }) => `ssh    ${name}  port ${ssh.port}  ${ssh.fingerprint}`),
    `login  ${username}  ${password}`,
    `token  ${token.id}=${token.secret}`,
    `try    curl -k -H 'Authorization: PVEAPIToken=${token.id}=${token.secret}' ${first}/api2/json/cluster/resources`,
    `watch  ${first}/`,
    ...open,
    "",
  ].join("\n");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (net.isIPv4(host) && host.startsWith("127."));
}

/** Runs the simulator of a command line until `stop` is called. */
export async function runSimulator(options: Options): Promise<{ simulator: Simulator; stop: () => Promise<void> }> {
  const { port, sshPort, host, clock, speed, state, log, ready, faults, client } = options;
  const seed = (state === undefined ? undefined : readState(state)) ?? options.seed;
  const wrong = faults === undefined ? undefined : parseFaults(fs.readFileSync(faults, "utf8"), faults);
  const logFile = log === undefined ? undefined : fs.openSync(log, "a", 0o600);
  const onRequest = (record: RequestRecord): void => {
    if (logFile !== undefined) fs.writeSync(logFile, `${JSON.stringify(record)}\n`);
  };
  const simulator = await startSimulator({
    ...{ port, sshPort, host, seed, clock, speed, onRequest },
    ...(client === undefined ? {} : { client }),
    ...(state === undefined ? {} : { state }),
    ...(wrong ? { faults: wrong.faults } : {}),
    ...(wrong?.seed === undefined ? {} : { faultSeed: wrong.seed }),
  });
  if (ready !== undefined) writeWhole(ready, readyDocument(simulator));
  return {
    simulator,
    stop: async () => {
      await simulator.close();
      if (logFile !== undefined) fs.closeSync(logFile);
    },
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return void process.stdout.write(usage);
  const { simulator, stop } = await runSimulator(options);
  process.stdout.write(greeting(simulator, options.host));
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

import net from "node:net";
import { parseArgs } from "node:util";
import { seedNames } from "./seeds/index.js";

export const usage = `pve-simulator: a Proxmox VE cluster to practise on, on loopback ports

  --port N      port of the first node, the others follow (default 18006; 0: any free ones)
  --ssh-port N  port of the first node's SSH server, likewise (default 18022; 0: any free ones)
  --host ADDR   address to listen on (default 127.0.0.1); any other one lets other machines in
  --client ADDR the client's IPv4 address in the simulated world, by which rules of the firewall know it
  --seed NAME   the world to begin with: ${seedNames.join(", ")} (default matrix)
  --state FILE  keep the world in this file; when it exists, it is the world to begin with
  --log FILE    append every request as a line of JSON, secrets masked
  --ready FILE  write addresses, credentials and the authority to this file once the simulator listens
  --faults FILE things that go wrong, as JSON (docs/simulator.md)
  --clock MODE  auto (default), immediate or manual
  --speed X     simulated seconds per second (default 1)
`;

export interface Options {
  readonly port: number;
  readonly sshPort: number;
  readonly host: string;
  readonly client?: string;
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
      ...{
        port: text,
        "ssh-port": text,
        host: text,
        client: text,
        seed: text,
        state: text,
        log: text,
        ready: text,
        faults: text,
      },
      ...{ clock: text, speed: text, help: { type: "boolean", short: "h" } },
    },
  });
  if (values.help) return "help";
  const { port = "18006", host = "127.0.0.1", seed = "matrix", clock = "auto", speed = "1" } = values;
  if (!/^\d{1,5}$/.test(port)) throw new Error(`--port ${port}: not a port`);
  const sshPort = values["ssh-port"] ?? (port === "0" ? "0" : "18022");
  if (!/^\d{1,5}$/.test(sshPort)) throw new Error(`--ssh-port ${sshPort}: not a port`);
  if (clock !== "auto" && clock !== "immediate" && clock !== "manual")
    throw new Error(`--clock ${clock}: no such clock`);
  if (!(Number(speed) > 0)) throw new Error(`--speed ${speed}: not a positive number`);
  const { client, state, log, ready, faults } = values;
  if (client !== undefined && !net.isIPv4(client)) throw new Error(`--client ${client}: not an IPv4 address`);
  const files = {
    ...(client === undefined ? {} : { client }),
    ...(state === undefined ? {} : { state }),
    ...(log === undefined ? {} : { log }),
    ...(ready === undefined ? {} : { ready }),
    ...(faults === undefined ? {} : { faults }),
  };
  return { port: Number(port), sshPort: Number(sshPort), host, seed, clock, speed: Number(speed), ...files };
}

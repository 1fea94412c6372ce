import { passwordOn } from "./access/passwords.js";
import { resumeFirewalls } from "./firewall/firewall-daemon.js";
import { placeClient } from "./network/place-client.js";
import { reportGuests } from "./guest-reports.js";
import { HaStack } from "./ha/manager.js";
import { NodeServer } from "./http/node-server.js";
import { authorityOf, servedCertificate } from "./http/served-certificate.js";
import type { SimulatedClock } from "./simulated-clock.js";
import { randomTokenValue } from "./random.js";
import type { RequestRecord } from "./request-record.js";
import { seedWorld } from "./seeds/index.js";
import { Simulation, type SimulationOptions } from "./simulation.js";
import { resumeTimers } from "./ssh/commands.js";
import { nodeMachine, qnetdMachine } from "./ssh/machines.js";
import { SshServer } from "./ssh/server.js";
import type { SshRecord } from "./ssh/ssh-record.js";
import { StateFile } from "./state-file.js";
import type { World } from "./world/world.js";

/** How to start a simulator. */
export interface SimulatorOptions extends SimulationOptions {
  /** The name of a seed, such as `conformance` or `empty:3`, or a world. Default `empty:1`. */
  readonly seed?: string | World;
  /** Port of the first node, the others follow; 0 (default) takes any free ones. */
  readonly port?: number;
  /** Port of the first node's SSH server, the others follow; 0 (default) takes any free ones. */
  readonly sshPort?: number;
  /** The IPv4 address that the client has in the simulated world, by which rules of the firewall know it. */
  readonly client?: string;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** A file that keeps the world after every change. */
  readonly state?: string;
  /** Whether root@pam gets a token that is handed out; default true. */
  readonly token?: boolean;
}

/** A node of a running simulator. */
export interface SimulatedNode {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** SHA-256 fingerprint of the certificate that it serves now. */
  readonly fingerprint: string;
  readonly certificate: string;
  /** The certificate of the authority of the cluster file system that it belongs to now. */
  readonly ca: string;
  readonly ssh: {
    readonly port: number;
    /** Fingerprint of the host key, as `ssh-keygen -l` prints it. */
    readonly fingerprint: string;
  };
}

/** A running simulator. */
export interface Simulator {
  readonly nodes: readonly SimulatedNode[];
  /** The SSH server of the QNetd host, where the world has one. */
  readonly qnetd?: { readonly ssh: { readonly port: number; readonly fingerprint: string } };
  /** The certificate of the authority that signed the first node's. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
  /** A token of root@pam without privilege separation. */
  readonly token: { readonly id: string; readonly secret: string };
  readonly world: World;
  readonly clock: SimulatedClock;
  readonly simulation: Simulation;
  readonly requests: readonly RequestRecord[];
  /** What was asked over SSH. */
  readonly sshRecords: readonly SshRecord[];
  close(): Promise<void>;
}

/** The token that every simulator hands out. */
const tokenName = "simulator";

/** Starts a simulated Proxmox VE on loopback ports. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = typeof options.seed === "object" ? options.seed : seedWorld(options.seed ?? "empty:1");
  if (options.client !== undefined) placeClient(world, options.client);
  const simulation = new Simulation(world, options);
  simulation.ha = new HaStack(simulation);
  for (const id of Object.keys(world.clusters)) simulation.ha.wake(id);
  reportGuests(simulation);
  const servers: { api: NodeServer; ssh: SshServer }[] = [];
  const names = Object.keys(world.nodes);
  const { port: firstPort = 0, sshPort: firstSshPort = 0, host = "127.0.0.1", state } = options;
  for (const [index, name] of names.entries()) {
    const server = new NodeServer(simulation, name);
    await server.listen(firstPort === 0 ? 0 : firstPort + index, host);
    const ssh = new SshServer(simulation, nodeMachine(simulation, name));
    await ssh.listen(firstSshPort === 0 ? 0 : firstSshPort + index, host);
    servers.push({ api: server, ssh });
  }
  const outside = world.qnetd && new SshServer(simulation, qnetdMachine(simulation, world.qnetd));
  await outside?.listen(0, host);
  const first = simulation.node(names[0] ?? "");
  const simulator: Simulator = {
    nodes: servers.map(({ api, ssh }) => simulatedNode(simulation, api, ssh, host)),
    ...(outside ? { qnetd: { ssh: { port: outside.port, fingerprint: outside.fingerprint } } } : {}),
    ca: authorityOf(simulation, first.cluster).cert,
    username: "root@pam",
    password: passwordOn(first, simulation.clusterOf(first), "root@pam") ?? "",
    token: { id: `root@pam!${tokenName}`, secret: (options.token ?? true) ? handedOutToken(simulation) : "" },
    world,
    clock: simulation.clock,
    simulation,
    requests: simulation.requests,
    sshRecords: simulation.sshRecords,
    close: async () => {
      simulation.close();
      await Promise.all([...servers.flatMap(({ api, ssh }) => [api.close(), ssh.close()]), outside?.close()]);
      simulation.keeper?.close();
    },
  };
  resumeTimers(simulation);
  resumeFirewalls(simulation);
  if (state !== undefined) simulation.keeper = new StateFile(state, () => simulation.saved());
  return simulator;
}

function simulatedNode(simulation: Simulation, server: NodeServer, ssh: SshServer, host: string): SimulatedNode {
  const reached = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return {
    name: server.name,
    port: server.port,
    url: `https://${reached}:${server.port}`,
    get fingerprint() {
      return servedCertificate(simulation, server.name).fingerprint;
    },
    get certificate() {
      return servedCertificate(simulation, server.name).cert;
    },
    get ca() {
      return authorityOf(simulation, simulation.node(server.name).cluster).cert;
    },
    ssh: {
      port: ssh.port,
      get fingerprint() {
        return ssh.fingerprint;
      },
    },
  };
}

/** Puts the handed-out token into every cluster that lacks it; its secret is the same everywhere. */
function handedOutToken(simulation: Simulation): string {
  const { world } = simulation;
  const roots = Object.values(world.clusters).map((cluster) => cluster.access.users["root@pam"]);
  const secret = roots.find((root) => root?.tokens[tokenName])?.tokens[tokenName]?.secret ?? randomTokenValue(world);
  for (const root of roots) if (root) root.tokens[tokenName] ??= { secret, privsep: 0, expire: 0 };
  return secret;
}

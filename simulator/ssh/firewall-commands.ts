import { serviceCommanded } from "../firewall/firewall-daemon.js";
import { loadCluster } from "../firewall/load-firewall.js";
import { compile, type Compiled } from "../firewall/compile.js";
import { corosyncAddresses, filterOf, localNetwork, sourcesOf } from "../firewall/sources-of.js";
import { commandService, serviceState, type ServiceCommand } from "../node/services.js";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";

type Daemon = "pve-firewall" | "proxmox-firewall";

const isRunning = (node: NodeState): boolean => serviceState(node, "pve-firewall", true).state === "running";

function command(simulation: Simulation, node: NodeState, daemon: Daemon, verb: ServiceCommand): void {
  commandService(node, daemon, verb, true);
  serviceCommanded(simulation, node, daemon);
}

/** `pve-firewall status`, `localnet`, `start`, `restart`, `stop`; undefined for anything else. */
export function pveFirewall({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [verb = "", ...more] = args;
  if (more.length > 0) return undefined;
  switch (verb) {
    case "status":
      return status(simulation, node);
    case "localnet":
      return { code: 0, stdout: localnet(simulation, node) };
    case "start":
    case "restart":
    case "stop":
      command(simulation, node, "pve-firewall", verb);
      return { code: 0, seconds: 1 };
    default:
      return undefined;
  }
}

/** `systemctl` for its unit, and for that of proxmox-firewall; undefined for other units and verbs. */
export function firewallUnit({ simulation, node }: Shell, args: readonly string[]): Ended | undefined {
  const [verb = "", ...words] = args;
  const quiet = words[0] === "--quiet";
  const [unit = "", ...more] = quiet ? words.slice(1) : words;
  const name = /^((?:pve|proxmox)-firewall)(?:\.service)?$/.exec(unit)?.[1] as Daemon | undefined;
  if (name === undefined || more.length > 0 || (quiet && verb !== "is-active")) return undefined;
  const running = serviceState(node, name, true).state === "running";
  switch (verb) {
    case "is-active":
      return { code: running ? 0 : 3, stdout: quiet ? "" : running ? "active\n" : "inactive\n" };
    case "start":
    case "stop":
    case "restart":
      command(simulation, node, name, verb);
      return { code: 0, seconds: 1 };
    default:
      return undefined;
  }
}

/** `iptables -w 10 -C INPUT -j PVEFW-INPUT`, `-D`, of INPUT and OUTPUT, and ip6tables; undefined for anything else. */
export function iptables(
  { node }: Shell,
  program: "iptables" | "ip6tables",
  args: readonly string[],
): Ended | undefined {
  const [, verb, hook = ""] = /^-w 10 (-[CD]) (INPUT|OUTPUT) -j PVEFW-\2$/.exec(args.join(" ")) ?? [];
  if (verb === undefined) return undefined;
  const { firewall } = node;
  const name = `${program === "iptables" ? 4 : 6} ${hook}`;
  if (!firewall || firewall.by || firewall.unhooked?.includes(name))
    return { code: 1, stderr: `${program}: Bad rule (does a matching rule exist in that chain?).\n` };
  if (verb === "-D") firewall.unhooked = [...(firewall.unhooked ?? []), name];
  return { code: 0 };
}

/** `nft delete table inet proxmox-firewall`, where nobody goes on with it; undefined for anything else. */
export function nft({ node }: Shell, args: readonly string[]): Ended | undefined {
  if (args.join(" ") !== "delete table inet proxmox-firewall") return undefined;
  if (node.firewall?.by !== "proxmox-firewall")
    return { code: 1, stderr: "Error: Could not process rule: No such file or directory\n" };
  delete node.firewall;
  return { code: 0 };
}

/** Whether the packet filter is what the files say now, and what is wrong with the files. */
function status(simulation: Simulation, node: NodeState): Ended {
  const cluster = simulation.clusterOf(node);
  const files = cluster.firewallFiles ?? {};
  const seconds = simulation.clock.seconds() + (node.clockOffset ?? 0);
  const warnings: string[] = [];
  const wanted = compile(sourcesOf(cluster, node, { files, seconds }, (text) => warnings.push(`${text}\n`)));
  const enabled = Number(loadCluster(cluster, files, seconds).options["enable"] ?? 0) !== 0;
  const running = isRunning(node);
  // Of nftables it knows nothing: what another one filters by is none of its chains.
  const own = node.firewall?.by === undefined ? filterOf(simulation.world, node) : undefined;
  const pending = running && textOf(wanted) !== textOf(own);
  const words = `${enabled ? "enabled" : "disabled"}/${running ? "running" : "stopped"}`;
  return {
    code: 0,
    stdout: `Status: ${words}${pending ? " (pending changes)" : ""}\n`,
    stderr: warnings.join(""),
  };
}

const textOf = (compiled: Compiled | undefined): string =>
  compiled === undefined
    ? ""
    : JSON.stringify([
        [...compiled.tables[4]],
        [...compiled.tables[6]],
        [...compiled.sets].map(([name, set]) => [name, [...set]]),
      ]);

function localnet(simulation: Simulation, node: NodeState): string {
  const cluster = simulation.clusterOf(node);
  const files = cluster.firewallFiles ?? {};
  const own = loadCluster(cluster, files, simulation.clock.seconds()).aliases["local_network"];
  const detected = localNetwork(node) ?? "127.0.0.0/8";
  const lines = [
    `local hostname: ${node.name}`,
    `local IP address: ${node.address}`,
    `network auto detect: ${detected}`,
    own ? `using user defined local_network: ${own.cidr}` : `using detected local_network: ${detected}`,
  ];
  if (cluster.corosync) {
    const others = corosyncAddresses(cluster, node).filter((one) => one.node !== node.name);
    lines.push("", "accepting corosync traffic from/to:");
    if (others.length === 0) lines.push(" - no nodes found");
    for (const { node: name, address, link } of others) lines.push(` - ${name}: ${address} (link: ${link})`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

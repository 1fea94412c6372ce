import type net from "node:net";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { clientVerdict } from "../firewall/packet-verdicts.js";
import { clientReaches } from "./fabric.js";

/** Simulated milliseconds until a client that nobody answers gives up. */
const patience = 3_000;

/** Ports that a node's servers listen on in the simulated world, whatever port they have on loopback. */
const serverPorts = { api: 8006, ssh: 22 } as const;

/**
 * Nobody answers a client that the node's network does not reach, or whose new connection its packet filter drops; one
 * that it rejects is told at once. Connections that are there go on: the kernel knows them. On a loopback port there is a connection already: it is
 * held without a word, and closed. Like any wait it lets time pass, also with the clock `immediate`.
 */
export function refuseUnreached(
  simulation: Simulation,
  node: NodeState,
  socket: net.Socket,
  server: keyof typeof serverPorts,
): boolean {
  const reached = clientReaches(simulation.world, node);
  const verdict = reached ? clientVerdict(simulation.world, node, serverPorts[server]) : "drop";
  if (verdict === "accept") return false;
  socket.on("error", () => undefined);
  if (verdict === "reject") {
    socket.resetAndDestroy();
    return true;
  }
  void simulation.clock.sleep(patience).then(() => socket.destroy());
  return true;
}

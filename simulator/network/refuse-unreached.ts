import type net from "node:net";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";
import { clientReaches } from "./fabric.js";

/** Simulated milliseconds until a client that nobody answers gives up. */
const patience = 3_000;

/**
 * Nobody answers a client that the node's network does not reach. On a loopback port there is a connection already: it is
 * held without a word, and closed. Like any wait it lets time pass, also with the clock `immediate`.
 */
export function refuseUnreached(simulation: Simulation, node: NodeState, socket: net.Socket): boolean {
  if (clientReaches(simulation.world, node)) return false;
  socket.on("error", () => undefined);
  void simulation.clock.sleep(patience).then(() => socket.destroy());
  return true;
}

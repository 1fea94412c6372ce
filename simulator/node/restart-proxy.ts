import { condition } from "../faults.js";
import type { Simulation } from "../simulation.js";
import type { NodeState } from "../world/world.js";

/** Milliseconds from the end of a join until pveproxy is down, and until it is back. */
const reloadTime = 4_000;
const downTime = 3_000;
/** Milliseconds from the end of a join until the node answers with its new certificate. */
export const PROXY_RESTART_TIME = reloadTime + downTime;

/** pveproxy takes up the certificate that the node has now. */
export function restartProxy(simulation: Simulation, node: NodeState): void {
  if (!node.oldCertificate) return;
  delete node.oldCertificate;
  simulation.servers.get(node.name)?.();
}

/**
 * What `systemctl reload-or-restart pveproxy` comes to at the end of a join: the old certificate is served for some
 * seconds more, although the task is over (scenario 44, lines 115 and 128), then nobody is answered for a moment.
 */
export function reloadProxyLater(simulation: Simulation, node: NodeState): void {
  if (condition("old-certificate", (fault) => fault.node === undefined || fault.node === node.name)) return;
  const { clock } = simulation;
  if (clock.mode === "immediate") return restartProxy(simulation, node);
  clock.schedule(reloadTime, () => {
    if (node.state === "online") node.state = "stopped";
    restartProxy(simulation, node);
  });
  clock.schedule(reloadTime + downTime, () => {
    if (node.state === "stopped") node.state = "online";
  });
}

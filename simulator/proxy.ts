import { resolve } from "./cluster/links.js";
import { die } from "./errors.js";
import { tcpVerdict } from "./firewall/packet-verdicts.js";
import { nodeReaches } from "./network/fabric.js";
import { nodeState } from "./node/node-state.js";
import type { Simulation } from "./simulation.js";
import { scalarText, type RawParams } from "./verify.js";
import type { NodeState } from "./world/world.js";

/** The asked node could not reach the one that the call is for: no body, codes of AnyEvent::HTTP. */
export class UnreachableNode extends Error {
  constructor(
    readonly status: number,
    reason: string,
    /** Milliseconds until the asked node gives up. */
    readonly after: number,
  ) {
    super(reason);
  }
}

/** How long pveproxy waits for another node's (`timeout` of its requests in PVE/APIServer/AnyEvent.pm). */
const proxyPatience = 30_000;

/** The node on which a call runs. */
export function targetNode(
  simulation: Simulation,
  asked: NodeState,
  proxyto: string | undefined,
  params: RawParams,
): NodeState {
  if (proxyto === undefined) return asked;
  const name = scalarText(params[proxyto]);
  if (name === "localhost" || name === asked.name) return asked;
  const members = simulation.clusterOf(asked).corosync?.nodes ?? {};
  const node = members[name] ? simulation.world.nodes[name] : namedInHosts(simulation, asked, name);
  if (!node) {
    throw die(
      `hostname lookup '${name}' failed - failed to get address info for: ${name}: Temporary failure in name resolution`,
    );
  }
  const state = nodeState(node);
  const isApart = asked.state === "isolated" || state === "isolated";
  if (state === "off" || isApart || !nodeReaches(simulation.world, asked, node.address))
    throw new UnreachableNode(595, "No route to host", 3000);
  const verdict = tcpVerdict(simulation.world, asked, node, node.address, 8006);
  if (verdict === "drop") throw new UnreachableNode(595, "Connection timed out", proxyPatience);
  if (verdict === "reject") throw new UnreachableNode(595, "Connection refused", 0);
  if (state === "stopped") throw new UnreachableNode(595, "Connection refused", 0);
  // The certificate that the cluster knows is expected (scenario 47, line 18).
  if (node.oldCertificate) {
    throw new UnreachableNode(596, "error:0A000086:SSL routines::certificate verify failed", 0);
  }
  return node;
}

/** A node that is no member, or no member any more, is found when /etc/hosts knows it (scenario 44, line 169). */
function namedInHosts(simulation: Simulation, asked: NodeState, name: string): NodeState | undefined {
  const address = resolve(asked, name);
  return Object.values(simulation.world.nodes).find((node) => node.address === address);
}

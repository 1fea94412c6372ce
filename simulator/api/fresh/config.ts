import type { Call, Json, Routes } from "../../call.js";
import { addressOfMember } from "../../corosync.js";
import { die, PveError } from "../../errors.js";
import { servedCertificate } from "../../http/served-certificate.js";
import { digestOf } from "../../random.js";
import type { Corosync } from "../../world/world.js";

/** A member as corosync.conf has it: every value is text. */
function memberFields({ nodes }: Corosync, name: string): Record<string, Json> {
  const member = nodes[name];
  const links = Object.entries(member?.links ?? {}).map(([link, address]) => [`ring${link}_addr`, address]);
  return {
    ...{ name, nodeid: String(member?.nodeid ?? 0), quorum_votes: String(member?.votes ?? 1) },
    ...(Object.fromEntries(links) as Record<string, string>),
  };
}

function joinInfo(call: Call): Json {
  const { corosync } = call.cluster;
  if (!corosync) throw new PveError(424, "node is not in a cluster, no join info available!");
  const preferred = call.params["node"] ?? call.node.name;
  if (!corosync.nodes[preferred]) throw die(`unknown node '${preferred}'`);
  const nodelist = Object.keys(corosync.nodes).map((name) => ({
    ...memberFields(corosync, name),
    pve_addr: addressOfMember(call.simulation, corosync, name) ?? null,
    ...(call.world.nodes[name] ? { pve_fp: servedCertificate(call.simulation, name).fingerprint } : {}),
  }));
  return { nodelist, preferred_node: preferred, totem: corosync.totem as Json, config_digest: digestOf(corosync) };
}

/** What can be read of the cluster's own configuration. */
export const configReads: Routes = {
  "GET /cluster/config/apiversion": () => "1",
  "GET /cluster/config/nodes": ({ cluster: { corosync } }) =>
    corosync ? Object.keys(corosync.nodes).map((node) => ({ node, ...memberFields(corosync, node) })) : [],
  "GET /cluster/config/totem": ({ cluster: { corosync } }) => (corosync ? (corosync.totem as Json) : null),
  "GET /cluster/config/join": joinInfo,
  "GET /cluster/config/qdevice": () => ({}),
};

import { oneSpelling } from "../../pve/format/cidr";
import type { Problem } from "../kernel/state/problems";
import type { ClusterInputs, MemberInputs } from "./cluster.model";
import type { ClusterView } from "./cluster-view";

/**
 * The number that a node joins with. Proxmox would give the lowest that is free at that moment, which may be one that the
 * program has for a node that joins later: then it is the lowest that nobody has and that no node of the program names.
 */
export function numberFor(
  { nodeId }: MemberInputs,
  { nodes }: Pick<ClusterInputs, "nodes">,
  { members }: Pick<ClusterView, "members">,
): number | undefined {
  const named = nodes.flatMap((node) => node.nodeId ?? []);
  if (nodeId !== undefined || named.length === 0) return nodeId;
  const taken = new Set([...named, ...members.map((member) => member.nodeId)]);
  let free = 1;
  while (taken.has(free)) free++;
  return free;
}

/**
 * Numbers and addresses of a node that another member has. Proxmox takes a number twice, and then corosync ends on both.
 */
export function takenProblems(
  { name, nodeId, links }: MemberInputs,
  { members }: Pick<ClusterView, "members">,
): Problem[] {
  const problems: Problem[] = [];
  for (const other of members) {
    if (other.name === name) continue;
    if (nodeId === other.nodeId)
      problems.push({ path: "nodeId", message: `is that of ${other.name}; write one that is free` });
    for (const [number, address] of Object.entries(links ?? {}))
      if (Object.values(other.links).some((one) => oneSpelling(one) === oneSpelling(address)))
        problems.push({ path: `links.${number}`, message: `is an address of ${other.name}` });
  }
  return problems;
}

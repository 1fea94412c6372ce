import type { SnapshotNode } from "../../pve";
import { suggestion, type Problem } from "../kernel/state/problems";

/**
 * Is the node there, and online? Where the object is already (`was`), its node may be away: nothing is asked of it as
 * long as nothing changes.
 */
export function checkNode(
  { nodes, coming }: { readonly nodes: readonly SnapshotNode[]; readonly coming?: ReadonlySet<string> | undefined },
  node: string | undefined,
  path: string,
  was?: string,
): Problem[] {
  if (node === undefined || nodes.length === 0) return [];
  const row = nodes.find((candidate) => candidate.node === node);
  const names = nodes.map((candidate) => candidate.node).sort();
  // Of what is there nothing is known yet; it is looked at when the node has joined.
  if (!row && coming?.has(node)) return [];
  if (!row)
    return [
      { path, message: `there is no node "${node}"${suggestion(node, names)}; the cluster has ${names.join(", ")}` },
    ];
  return row.status === "offline" && node !== was
    ? [{ path, message: `node ${node} is offline; start it, or write another node` }]
    : [];
}

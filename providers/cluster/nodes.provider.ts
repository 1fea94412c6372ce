import type { SnapshotNode } from "../../pve";
import { define } from "../kernel/define";
import type { Session } from "../kernel/session/session";
import type { NodeFacts } from "./nodes";
import { nodesModel } from "./nodes.model";

const mebibytes = (bytes: number): number => Math.floor(bytes / 1024 ** 2);

export const nodeFacts = ({ node, status, maxcpu, maxmem, mem }: SnapshotNode): NodeFacts => ({
  name: node,
  status,
  cores: maxcpu,
  memoryMiB: mebibytes(maxmem),
  freeMemoryMiB: Math.max(0, mebibytes(maxmem - mem)),
});

/** A look-up: the cluster's nodes are there, and this program only reads them. */
export const nodesProvider = (session: Session) =>
  define<object, { nodes: NodeFacts[] }>(
    {
      kind: "Nodes",
      model: nodesModel,
      outputs: ["nodes"],
      timeouts: { create: "1m", update: "1m", delete: "1m", read: "2m" },
      async lookup(call, id) {
        const rows = await (await session.pve(call)).snapshot.nodes();
        const nodes = rows.map(nodeFacts).sort((a, b) => a.name.localeCompare(b.name));
        return { id, outputs: { nodes } };
      },
      async observe(call) {
        const rows = await (await session.pve(call)).snapshot.nodes();
        return { inputs: {}, outputs: { nodes: rows.map(nodeFacts) } };
      },
      ensure() {
        throw new Error('nodes are only looked up: write Nodes.get("nodes")');
      },
      async remove() {
        // Nothing of the cluster belongs to a look-up.
      },
    },
    session,
  );

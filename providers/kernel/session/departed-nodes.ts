import { wire } from "../../../pve";
import type { Pve } from "./pve-session";

/** What of a process is remembered: of the session, or of an operation in it. */
interface Remembering {
  memory<T>(key: string, make: () => T): T;
}

const makeDeparted = () => new Set<string>();

/** Nodes that this run has taken out of the cluster: what `proxmox:nodes` has of them was for the members that they were. */
export const departedNodes = (process: Remembering): Set<string> =>
  process.memory("cluster: nodes taken out", makeDeparted);

/** A cluster that has no member of a name, and the node that said so. */
export interface Without {
  readonly cluster: string;
  readonly local: string;
}

/**
 * The cluster, when it certainly has no such member: it has quorum, and neither what it sees nor corosync's list has the name.
 * A node by itself has no list, and says nothing of others.
 */
export async function clusterWithout({ api }: Pick<Pve, "api">, name: string): Promise<Without | undefined> {
  const [rows, listed] = await Promise.all([api.cluster.status.$get(), api.cluster.config.nodes.$get()]);
  const seen = rows.find(({ type }) => type === "cluster");
  const own = rows.find((row) => row.type === "node" && wire.boolean(row["local"]));
  const [cluster, local] = [wire.string(seen?.["name"]), wire.string(own?.["name"])];
  if (cluster === undefined || local === undefined || !wire.boolean(seen?.["quorate"]) || listed.length === 0)
    return undefined;
  const names = [...rows.filter(({ type }) => type === "node"), ...listed].flatMap((row) => [row["name"], row["node"]]);
  return names.some((one) => wire.string(one) === name) ? undefined : { cluster, local };
}

import { isProxmoxError, wire, type Connection } from "../../../pve";
import {
  identityOf,
  isSameCluster,
  OtherCluster,
  otherCluster,
  type ClusterIdentity,
} from "../identity/cluster-identity";
import type { Call } from "../call/call";
import { untilAborted } from "../call/until-aborted";

interface Parts {
  /** The cluster of the config. */
  connected(): Promise<{ readonly connection: Connection }>;
  /** `proxmox:rebuilt`. */
  rebuilt(): readonly string[];
  /** As long as a check waits. */
  inTime(look: Promise<void>): Promise<void>;
  /** Has a check found that it does not answer? */
  isAway(): Promise<boolean>;
}

/** Compares the cluster that answers with the one that a resource was made in. One read serves a whole process. */
export class HomeCluster {
  /** By the endpoint that answers: another one may lead elsewhere. */
  private readonly asked = new Map<string, Promise<ClusterIdentity>>();

  /** Nobody has said which cluster it is: not every resource is to wait for that. */
  private untold = false;

  constructor(private readonly parts: Parts) {}

  /** Throws unless it is certainly the same cluster. Where the state does not know one, it is noted for the state. */
  async assert(call: Call): Promise<void> {
    const { home } = call;
    if (!home || (home.expected === undefined && this.untold)) return;
    const { connection } = await untilAborted(call.signal, this.parts.connected());
    try {
      home.answers = await untilAborted(call.signal, this.identity(connection));
    } catch (error) {
      if (home.expected !== undefined || call.signal.aborted) throw error;
      // Nothing is known that it could differ from.
      this.untold = true;
      return;
    }
    const { expected, answers, node } = home;
    if (expected === undefined || isSameCluster(expected, answers, this.parts.rebuilt())) return;
    throw otherCluster(expected, answers, { where: await whoAnswers(connection, call), node });
  }

  /** The same where nothing is done or concluded yet: fails only where it is certainly another one. */
  async glance(call: Call): Promise<void> {
    if (call.home?.expected === undefined || this.untold || (await this.parts.isAway())) return;
    try {
      await this.parts.inTime(this.assert(call));
    } catch (error) {
      if (error instanceof OtherCluster) throw error;
      // Whatever it is, the first look of an operation meets it too.
      this.untold = true;
    }
  }

  private async identity(connection: Connection): Promise<ClusterIdentity> {
    const said = new Set<ClusterIdentity>();
    for (let attempt = 0; attempt <= connection.origins.length; attempt++) {
      const origin = connection.currentOrigin();
      const asked = this.asked.get(origin) ?? read(connection);
      this.asked.set(origin, asked);
      const forget = () => this.asked.get(origin) === asked && this.asked.delete(origin);
      asked.catch(forget);
      const found = await asked;
      // Else another endpoint has taken over, and which of them said it cannot be told.
      if (connection.currentOrigin() === origin) return found;
      forget();
      said.add(found);
    }
    const [one, ...others] = said;
    if (one === undefined || others.length > 0)
      throw new Error("which cluster answers cannot be told: endpoints of several answer in turns");
    return one;
  }
}

/**
 * Of whoever answers, under the name that each node has for itself: the file is that of the whole cluster, and anybody
 * who has signed in may read it (`info` in PVE/API2/Certificates.pm, which leaves out what it cannot read).
 */
async function read({ api }: Connection): Promise<ClusterIdentity> {
  const rows = wire.list(await api.nodes.$("localhost").certificates.info.$get());
  const pem = wire.string(rows.find((row) => row["filename"] === "pve-root-ca.pem")?.["pem"]);
  if (pem === undefined)
    throw new Error("which cluster answers cannot be told: it does not tell its authority's certificate");
  return identityOf(pem);
}

/** For people; the identity is what counts. */
async function whoAnswers(connection: Connection, call: Call): Promise<string> {
  const origin = connection.currentOrigin();
  try {
    const rows = await connection
      .with({ signal: call.signal, timeoutMs: call.remainingMs() })
      .api.cluster.status.$get();
    const nodes = rows.filter(({ type }) => type === "node").map((row) => wire.string(row["name"]) ?? "?");
    const name = wire.string(rows.find(({ type }) => type === "cluster")?.["name"]);
    return name === undefined
      ? `node ${nodes.join(", ")} at ${origin}`
      : `cluster ${name} (${nodes.join(", ")}) at ${origin}`;
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return origin;
  }
}

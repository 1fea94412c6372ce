import { wire, type Connection } from "../../../pve";

/** How long one answer serves: operations that begin together share it, and none relies on an old one. */
const FRESH_MS = 1_000;

interface Read {
  readonly at: number;
  readonly quorate: Promise<boolean>;
}

const reads = new WeakMap<Connection, Read>();

/** Has the cluster quorum? Asked once for all that want to know it at the same time. */
export function isQuorate(connection: Connection): Promise<boolean> {
  const at = connection.clock.now();
  const last = reads.get(connection);
  if (last && at - last.at < FRESH_MS) return last.quorate;
  const quorate = ask(connection);
  reads.set(connection, { at, quorate });
  // That there is none, or no answer, is said to those who asked: the next one asks again.
  const forget = () => reads.get(connection)?.quorate === quorate && reads.delete(connection);
  quorate.then((yes) => yes || forget(), forget);
  return quorate;
}

async function ask({ api }: Connection): Promise<boolean> {
  const cluster = (await api.cluster.status.$get()).find(({ type }) => type === "cluster");
  // A single node is none.
  return !cluster || wire.boolean(cluster["quorate"]);
}

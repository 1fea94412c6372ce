import { isProxmoxError, wire, type Connection, type Ssh } from "../../../pve";
import { connectedIn } from "../../checks/corosync-links";
import { patienceMs, patient, reasonOf } from "../../kernel/way-back/fresh-look";

/** How the nodes are looked at. */
interface Asker {
  readonly connection: Connection;
  readonly ssh: Ssh;
  readonly signal: AbortSignal;
  /** Those whose SSH must answer. */
  readonly nodes: readonly string[];
}

/** What one endpoint tells over a connection of its own. */
interface EndpointView {
  /** The node that it is. */
  readonly node: string | undefined;
  readonly quorate: boolean;
  readonly online: readonly string[];
  /** Nodes whose API it gets through to. */
  readonly passes: readonly string[];
}

/** What answered, as far as that can be told. */
export interface Answers {
  readonly endpoints: ReadonlyMap<string, EndpointView>;
  /** Links of corosync by node, each as "node id, link". A node that is not here did not answer by SSH. */
  readonly links: ReadonlyMap<string, ReadonlySet<string>>;
  /** Why somebody did not answer. */
  readonly problems: readonly string[];
}

/**
 * Who answers, everything on new connections: one that was open before lives on although nobody new gets in. Asked before a
 * change as after it, for what did not answer before is not asked for.
 */
export async function look(asker: Asker): Promise<Answers> {
  const problems: string[] = [];
  const endpoints = new Map<string, EndpointView>();
  for (const origin of asker.connection.origins) {
    const alone = asker.connection.afresh(origin);
    try {
      endpoints.set(origin, await viewOf(patient(alone, asker.signal)));
    } catch (error) {
      problems.push(`${origin} does not answer a new connection: ${reasonOf(error, asker.signal)}`);
    } finally {
      alone.close();
    }
  }
  const links = new Map<string, ReadonlySet<string>>();
  const fresh = asker.ssh.afresh();
  try {
    await Promise.all(
      asker.nodes.map(async (node) => {
        try {
          links.set(node, await linksOf(fresh, node, asker.signal));
        } catch (error) {
          problems.push(`SSH to ${node} does not answer a new connection: ${reasonOf(error, asker.signal)}`);
        }
      }),
    );
  } finally {
    fresh.close();
  }
  return { endpoints, links, problems };
}

async function viewOf(connection: Connection): Promise<EndpointView> {
  const status = wire.list((await connection.transport.request("GET", "/cluster/status")).data);
  const cluster = status.find((row) => row["type"] === "cluster");
  const nodes = status.filter((row) => row["type"] === "node");
  const online = nodes.filter((row) => wire.boolean(row["online"])).flatMap((row) => wire.string(row["name"]) ?? []);
  const node = wire.string(nodes.find((row) => wire.boolean(row["local"]))?.["name"]);
  const passes: string[] = [];
  for (const other of online) if (other === node || (await passesTo(connection, other))) passes.push(other);
  return { node, quorate: !cluster || wire.boolean(cluster["quorate"]), online, passes };
}

/** A node passes the call on to the other one's API. */
async function passesTo({ transport }: Connection, node: string): Promise<boolean> {
  try {
    await transport.request("GET", `/nodes/${encodeURIComponent(node)}/firewall/options`);
    return true;
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    // Whoever may not look there has been answered.
    return !isProxmoxError(error, "unavailable", "timeout");
  }
}

async function linksOf(ssh: Ssh, node: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  // A node of no cluster has no corosync, and ends it with an error.
  const { code, stdout } = await ssh.exec(node, ["corosync-cfgtool", "-n"], { signal, timeoutMs: patienceMs });
  if (code !== 0) return new Set();
  return new Set(
    [...connectedIn(stdout)].flatMap(([id, links]) => links.map(({ number }) => `node id ${id}, link ${number}`)),
  );
}

/** What answered before and does not any more, a line each. */
export function missing(before: Answers, after: Answers): string[] {
  const found: string[] = [];
  for (const [origin, was] of before.endpoints) {
    const now = after.endpoints.get(origin);
    if (!now) continue;
    const name = now.node ?? origin;
    if (was.quorate && !now.quorate) found.push(`${name} has no quorum any more`);
    for (const other of was.online)
      if (!now.online.includes(other)) found.push(`${name} does not see ${other} online any more`);
      else if (was.passes.includes(other) && !now.passes.includes(other))
        found.push(`the API of ${other} does not answer ${name} any more`);
  }
  for (const [node, was] of before.links) {
    const now = after.links.get(node);
    for (const link of now ? was : []) if (!now?.has(link)) found.push(`corosync of ${node} has lost ${link}`);
  }
  // Who did not answer before is not asked for.
  const silent = after.problems.filter((problem) => !before.problems.some((one) => about(one) === about(problem)));
  return [...silent, ...found];
}

/** What did not answer before a change, and so is not asked for after it; SSH is asked for on all that are guarded. */
export function unaskedAfter(before: Answers): string[] {
  const silent = before.problems.filter((problem) => !problem.startsWith("SSH "));
  const passes = [...before.endpoints].flatMap(([origin, { node, online, passes: reached }]) =>
    online.flatMap((other) =>
      reached.includes(other) ? [] : [`the API of ${other}, as ${node ?? origin} asks for it`],
    ),
  );
  return [...silent, ...new Set(passes)];
}

const about = (problem: string): string => problem.replace(/ does not answer a new connection: .*$/s, "");

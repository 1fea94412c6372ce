import { isRecord, layered } from "./layers.plan";
import { entriesOf, onEachNode, type NodeDescription, type PlannedChild } from "./node-layers.plan";
import { expanded, hasVariables } from "./node-variables.plan";

type Args = PlannedChild["args"];

/** What is made of one node, each part in the order of its description. */
interface PlannedHost {
  /** By handle. */
  readonly repositories: Readonly<Record<string, PlannedChild>>;
  /** By name of the set. */
  readonly packages: Readonly<Record<string, PlannedChild>>;
  readonly upgrade?: PlannedChild;
  /** Linux accounts by name. */
  readonly accounts: Readonly<Record<string, PlannedChild>>;
  readonly hosts?: PlannedChild;
  readonly dns?: PlannedChild;
  readonly timeZone?: PlannedChild;
  readonly options?: PlannedChild;
  /** By name of the file. */
  readonly sysctl: Readonly<Record<string, PlannedChild>>;
  /** By name of the file. */
  readonly logRotation: Readonly<Record<string, PlannedChild>>;
}

interface Hosts {
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly shared?: unknown;
  readonly stack?: unknown;
}

/** What each node gets; `block`: of /etc/hosts. */
export function planHosts(
  block: string,
  { nodes, shared, stack }: Hosts,
  problems: string[],
): Record<string, PlannedHost> {
  const others = Object.fromEntries(
    Object.entries(nodes).map(([node, described]) => [node, { ...described, host: withoutHosts(described["host"]) }]),
  );
  const settings = onEachNode(
    { part: "host", nodes: others, shared: withoutHosts(shared), stack: withoutHosts(stack) },
    problems,
  );
  const repositoriesOf = (node: string, described: unknown): Args =>
    withCeph(described, [shared, stack, nodes[node]?.["host"]]);
  return Object.fromEntries(Object.entries(settings).map(([node, host]) => [node, planned(node, host)]));

  function planned(node: string, host: Args): PlannedHost {
    const one = (part: string): Record<string, PlannedChild> => {
      const args = host[part];
      return isRecord(args) ? { [part]: { name: `${node}-${part}`, args: { ...args, node } } } : {};
    };
    const many = (part: string, args: (key: string, own: Args) => Args): Record<string, PlannedChild> =>
      Object.fromEntries(
        entriesOf(host[part]).map(([key, own]) => [key, { name: `${node}-${key}`, args: { node, ...args(key, own) } }]),
      );
    const { timeZone } = host;
    const repositories = repositoriesOf(node, host["repositories"]);
    const lines = linesFor(node, { nodes, shared, stack }, problems);
    return {
      repositories: Object.fromEntries(
        Object.entries(repositories).map(([handle, enabled]) => [
          handle,
          { name: `${node}-${handle}`, args: { node, handle, enabled } },
        ]),
      ),
      packages: many("packages", (_, own) => own),
      accounts: many("accounts", (name, own) => ({ name, ...own })),
      sysctl: many("sysctl", (fileName, values) => ({ fileName, values })),
      logRotation: many("logRotation", (name, own) => ({ name, ...own })),
      ...one("upgrade"),
      ...one("dns"),
      ...one("options"),
      ...(timeZone === undefined ? {} : { timeZone: { name: `${node}-time-zone`, args: { node, timeZone } } }),
      ...(lines.length === 0 ? {} : { hosts: { name: `${node}-hosts`, args: { node, block, entries: lines } } }),
    };
  }
}

/**
 * Whoever does without Proxmox's enterprise repository does without Ceph's: the installer leaves both on, and one that lets nobody
 * in keeps all lists from being refreshed. Not where one of Ceph's is named, be it with `null`.
 */
function withCeph(described: unknown, layers: readonly unknown[]): Args {
  const repositories = isRecord(described) ? described : {};
  const named = layers.some((layer) => {
    const own = isRecord(layer) ? layer["repositories"] : undefined;
    return isRecord(own) && Object.keys(own).some((handle) => /^ceph-(?:[a-z]+-)?enterprise$/.test(handle));
  });
  return repositories["enterprise"] === false && !named ? { ...repositories, "ceph-enterprise": false } : repositories;
}

const withoutHosts = (settings: unknown): unknown => {
  if (!isRecord(settings)) return settings;
  const { hosts: _, ...rest } = settings;
  return rest;
};

/**
 * Lines of /etc/hosts. One with variables stands for a line of each node, the same ones on all nodes: it is written with
 * the variables of the node that it is about, not of the one that it stands on.
 */
function linesFor(on: string, { nodes, shared, stack }: Hosts, problems: string[]): unknown[] {
  const hostsIn = (settings: unknown): unknown => (isRecord(settings) ? settings["hosts"] : undefined);
  const lines = layered({ shared: hostsIn(shared), stack: hostsIn(stack), node: hostsIn(nodes[on]?.["host"]) });
  if (!Array.isArray(lines)) return [];
  return (lines as unknown[]).flatMap((line, index) =>
    hasVariables(JSON.stringify(line))
      ? Object.entries(nodes).map(([node, { variables }]) =>
          expanded(line, { node, variables, path: `host.hosts[${index}]` }, problems),
        )
      : [line],
  );
}

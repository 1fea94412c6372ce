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
  readonly hosts?: PlannedChild;
  readonly dns?: PlannedChild;
  readonly timeZone?: PlannedChild;
  readonly options?: PlannedChild;
  /** By name of the file. */
  readonly sysctl: Readonly<Record<string, PlannedChild>>;
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
    const { repositories, timeZone } = host;
    const lines = linesFor(node, { nodes, shared, stack }, problems);
    return {
      repositories: Object.fromEntries(
        Object.entries(isRecord(repositories) ? repositories : {}).map(([handle, enabled]) => [
          handle,
          { name: `${node}-${handle}`, args: { node, handle, enabled } },
        ]),
      ),
      packages: many("packages", (_, own) => own),
      sysctl: many("sysctl", (fileName, values) => ({ fileName, values })),
      ...one("upgrade"),
      ...one("dns"),
      ...one("options"),
      ...(timeZone === undefined ? {} : { timeZone: { name: `${node}-time-zone`, args: { node, timeZone } } }),
      ...(lines.length === 0 ? {} : { hosts: { name: `${node}-hosts`, args: { node, block, entries: lines } } }),
    };
  }
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

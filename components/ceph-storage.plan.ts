import { isRecord, layered, switchesIn } from "./layers.plan";
import { entriesOf, type NodeDescription } from "./node-layers.plan";
import { expanded } from "./node-variables.plan";

type Args = Readonly<Record<string, unknown>>;

/** A disk of a node with its OSDs. */
interface PlannedDisk {
  readonly resource: string;
  readonly disk: string;
  readonly args: Args;
}

/** What is made of Ceph. */
interface PlannedCeph {
  readonly install: Args;
  readonly config: Args;
  readonly nodes: readonly string[];
  readonly monitors: readonly string[];
  readonly managers: readonly string[];
  /** Modules of the managers, and packages that they come with, by the nodes that need them. */
  readonly modules: Readonly<Record<string, Args>>;
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly disks: Readonly<Record<string, readonly PlannedDisk[]>>;
  readonly rules: Readonly<Record<string, Args>>;
  readonly pools: Readonly<Record<string, Args>>;
  /** Daemons and OSDs stay when their resources go. */
  readonly stays: boolean;
}

interface Ceph {
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly shared?: unknown;
  readonly stack?: unknown;
}

/** Modules that Ceph's own packages do not bring. */
const modulePackages: Readonly<Record<string, string>> = { dashboard: "ceph-mgr-dashboard" };

function modulesIn(described: unknown, problems: string[]): string[] {
  if (described === undefined) return [];
  const list = Array.isArray(described) ? (described as unknown[]) : [described];
  const names = list.filter((one): one is string => typeof one === "string");
  if (!Array.isArray(described) || names.length < list.length)
    problems.push('ceph.modules: write the names of the modules as a list: ["dashboard", "prometheus"]');
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at) problems.push(`ceph.modules: ${name} is there twice; write it once`);
  return [...new Set(names)];
}

export function planCeph({ nodes, shared, stack }: Ceph, problems: string[]): PlannedCeph {
  const names = Object.keys(nodes);
  if (names.length === 0) problems.push("nodes: name at least one");
  problems.push(...switchesIn(shared, "shared.ceph"));
  const merged = layered({ shared, stack });
  const { release, repository, osd, monitors, managers, modules, rules, pools, retainOnDelete, ...config } = isRecord(
    merged,
  )
    ? merged
    : {};
  if (config["publicNetwork"] === undefined)
    problems.push("ceph.publicNetwork: write the network of monitors and OSDs");
  const chosen = (part: string, wanted: unknown): string[] => {
    const list = Array.isArray(wanted) ? (wanted as string[]) : names;
    for (const one of list)
      if (!names.includes(one)) problems.push(`ceph.${part}: ${one} is no node; there are ${names.join(", ")}`);
    if (list.length === 0) problems.push(`ceph.${part}: name at least one node`);
    return names.filter((name) => list.includes(name));
  };
  const disks = names.map((node) => {
    const described = nodes[node]?.["ceph"];
    const own = isRecord(described) ? described : {};
    for (const key of Object.keys(own))
      if (key !== "osds") problems.push(`nodes.${node}.ceph.${key}: of a node there are only osds`);
    return [
      node,
      entriesOf(own["osds"]).map(([disk, args]) => ({
        disk,
        resource: `${node}-${disk}`,
        args: {
          ...(expanded(
            layered({ stack: osd, node: args }),
            { node, variables: nodes[node]?.variables, path: `nodes.${node}.ceph.osds.${disk}` },
            problems,
          ) as Args),
          node,
        },
      })),
    ] as const;
  });
  const said = (values: Args): Args =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const monitored = chosen("monitors", monitors);
  const managing = chosen("managers", managers);
  const enabled = modulesIn(modules, problems);
  const packages = enabled.flatMap((name) => modulePackages[name] ?? []);
  const asked = (described: unknown): Record<string, Args> =>
    Object.fromEntries(entriesOf(described).map(([name, args]) => [name, { node: monitored[0] ?? names[0], ...args }]));
  return {
    install: said({ release, repository }),
    config: { ...config, node: names[0] },
    nodes: names,
    monitors: monitored,
    managers: managing,
    modules: Object.fromEntries(enabled.map((name) => [name, { node: monitored[0] ?? names[0] }])),
    packages: packages.length === 0 ? {} : Object.fromEntries(managing.map((node) => [node, packages])),
    disks: Object.fromEntries(disks),
    rules: asked(rules),
    pools: asked(pools),
    stays: retainOnDelete === true,
  };
}

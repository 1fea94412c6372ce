import { planHa } from "./cluster-ha.plan";
import { isRecord, layered, switchesIn } from "./layers.plan";
import { onEachNode, type NodeDescription } from "./node-layers.plan";

type Args = Readonly<Record<string, unknown>>;

interface WholeCluster {
  readonly nodes: Readonly<Record<string, NodeDescription>>;
  readonly shared?: Args | undefined;
  readonly cluster?: Args | undefined;
  readonly ceph?: Args | undefined;
  readonly datacenter?: Args | undefined;
  readonly templates?: Readonly<Record<string, Args>> | undefined;
  readonly vms?: Readonly<Record<string, Args>> | undefined;
  readonly guests?: Readonly<Record<string, Args>> | undefined;
  readonly backups?: Readonly<Record<string, Args>> | undefined;
  readonly ha?: Parameters<typeof planHa>[0];
}

/** What is planned of a cluster beside its parts. */
interface PlannedCluster {
  /** Arguments of the Cluster; undefined where the nodes stay by themselves. */
  readonly cluster?: Args;
  /** Arguments of the DatacenterOptions; undefined where they stay as they are. */
  readonly datacenter?: Args;
  /** Addresses and networks that corosync and Ceph live on. */
  readonly keep: readonly string[];
  /** The repositories of Ceph are not to be touched: it comes from the enterprise one, or whoever runs it sees to them. */
  readonly keepsCephRepository: boolean;
  /** Nodes of each template. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
  /** The template of the stack that a VM is cloned from, by the VM's name. */
  readonly cloned: Readonly<Record<string, { readonly template: string; readonly node: string }>>;
}

/** Parts that several stacks may have in common. */
const sharedParts = ["host", "network", "ceph", "access", "firewall", "datacenter"];
/** Parts of a node. */
const nodeParts = ["variables", "host", "network", "cluster", "ceph", "firewall"];

export function planCluster(whole: WholeCluster, problems: string[]): PlannedCluster {
  const { nodes, shared = {}, cluster, ceph } = whole;
  const names = Object.keys(nodes);
  for (const key of Object.keys(shared))
    if (!sharedParts.includes(key))
      problems.push(`shared.${key}: cannot be shared by several stacks; there are ${sharedParts.join(", ")}`);
  problems.push(...switchesIn(shared["datacenter"], "shared.datacenter"));
  for (const [node, described] of Object.entries(nodes))
    for (const key of Object.keys(described))
      if (!nodeParts.includes(key))
        problems.push(`nodes.${node}.${key}: there is no such part of a node; there are ${nodeParts.join(", ")}`);
  const planned = cluster && members(nodes, cluster, problems);
  const links = planned?.nodes.flatMap((node) => Object.values(isRecord(node["links"]) ? node["links"] : {})) ?? [];
  const storage = layered({ shared: shared["ceph"], stack: ceph });
  const networks = isRecord(storage) ? [storage["publicNetwork"], storage["clusterNetwork"]] : [];
  const templates = templatesOf(whole, names, problems);
  for (const guest of Object.keys(whole.guests ?? {}))
    if (whole.vms?.[guest] === undefined)
      problems.push(`guests.${guest}: is none of vms; there are ${Object.keys(whole.vms ?? {}).join(", ") || "none"}`);
  problems.push(...backupProblems(whole));
  planHa(whole.ha, whole.vms ?? {}, problems);
  const datacenter = layered({ shared: shared["datacenter"], stack: whole.datacenter });
  return {
    ...(isRecord(datacenter) ? { datacenter } : {}),
    ...(planned ? { cluster: planned } : {}),
    keep: [...links, ...networks].filter((one) => typeof one === "string"),
    keepsCephRepository:
      isRecord(storage) && !(["no-subscription", "test"] as unknown[]).includes(storage["repository"]),
    templates,
    cloned: clonesOf(whole, templates, problems),
  };
}

function backupProblems({ vms = {}, backups = {} }: WholeCluster): string[] {
  const there = Object.keys(vms).join(", ") || "none";
  return Object.entries(backups).flatMap(([job, { vms: named, vmids }]) => {
    if (named === undefined) return [];
    if (!Array.isArray(named)) return [`backups.${job}.vms: write a list of names of vms`];
    const missing = (named as unknown[]).filter((vm) => typeof vm !== "string" || vms[vm] === undefined);
    return [
      ...missing.map((vm) => `backups.${job}.vms: ${String(vm)} is none of vms; there are ${there}`),
      ...(vmids === undefined ? [] : [`backups.${job}: vms and vmids exclude each other; write one of them`]),
    ];
  });
}

/** The members with their own links and numbers. */
function members(nodes: WholeCluster["nodes"], cluster: Args, problems: string[]): Args & { readonly nodes: Args[] } {
  const { links, votes, ...rest } = cluster;
  const each = onEachNode({ part: "cluster", nodes, stack: { links, votes } }, problems);
  return { ...rest, nodes: Object.entries(each).map(([name, own]) => ({ name, ...own })) };
}

function templatesOf(
  { templates = {} }: WholeCluster,
  names: readonly string[],
  problems: string[],
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(templates).map(([template, { nodes: wanted }]) => {
      const list = Array.isArray(wanted) ? (wanted as string[]) : names;
      for (const one of list)
        if (!names.includes(one))
          problems.push(`templates.${template}.nodes: ${one} is no node; there are ${names.join(", ")}`);
      return [template, list];
    }),
  );
}

/** VMs that name a template of the stack are cloned from the one on their own node. */
function clonesOf(
  { vms = {} }: WholeCluster,
  templates: Readonly<Record<string, readonly string[]>>,
  problems: string[],
): PlannedCluster["cloned"] {
  return Object.fromEntries(
    Object.entries(vms).flatMap(([vm, { node, source }]) => {
      const clone = isRecord(source) ? source["clone"] : undefined;
      const template = isRecord(clone) ? clone["template"] : undefined;
      const on = typeof template === "string" ? templates[template] : undefined;
      if (typeof template !== "string" || on === undefined) return [];
      if (typeof node !== "string")
        problems.push(`vms.${vm}.node: write the node: template ${template} is another one on each`);
      else if (!on.includes(node))
        problems.push(`vms.${vm}.node: there is no template ${template} on ${node}; it is on ${on.join(", ")}`);
      else return [[vm, { template, node }]];
      return [];
    }),
  );
}

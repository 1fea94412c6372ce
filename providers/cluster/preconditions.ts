import { oneSpelling } from "../../pve/format/cidr";
import type { Problem } from "../kernel/state/problems";
import { differencesOf, type ClusterInputs, type MemberInputs } from "./cluster.model";
import type { ClusterView } from "./cluster-view";
import type { Candidate } from "./candidate";
import { awaited, healthProblems } from "./health";
import { takenProblems } from "./numbers";
import { withoutQdevice } from "./qdevice/two-nodes";

/** More than this between two clocks, and certificates, tickets and logs go wrong. */
const LONGEST_SKEW_MS = 1_000;

/** What is known of the cluster, of the nodes by themselves, and what the program wants. */
export interface Seen {
  readonly inputs: ClusterInputs;
  readonly view: ClusterView;
  /** Of the nodes that were looked at: all that join, and the members. */
  readonly facts: ReadonlyMap<string, Candidate>;
  /** What resources of the program are to make before the cluster: known in a preview, where it is not there yet. */
  readonly coming?: Coming | undefined;
}

interface Coming {
  address(node: string, address: string): boolean;
  /** Of a host, in the /etc/hosts of a node. */
  hostName(node: string, name: string): boolean;
}

/** The nodes that are to join: those that are no members yet, or never got as far. */
export const joiners = (
  { nodes }: Pick<ClusterInputs, "nodes">,
  { members, local, name }: ClusterView,
): MemberInputs[] =>
  nodes.filter((node) => {
    if (name === undefined && node.name === local) return false;
    const member = members.find((one) => one.name === node.name);
    return member?.fingerprint === undefined;
  });

const namesOf = ({ nodes }: Pick<ClusterInputs, "nodes">): string[] => nodes.map(({ name }) => name);

/** Nodes whose join, under way, has taken the quorum until it ends. */
export const awaitedIn = ({ inputs, view, facts }: Seen): string[] => awaited(view, facts, namesOf(inputs));

/** Addresses by the number of the link, as a node has or will have them. */
export function linksOf(node: MemberInputs, { view, facts }: Pick<Seen, "view" | "facts">): Record<string, string> {
  const member = view.members.find(({ name }) => name === node.name);
  if (member) return member.links;
  const address = facts.get(node.name)?.standing.address;
  return node.links ?? (address === undefined ? {} : { 0: address });
}

/** Everything that speaks against it, at once. */
export function formationProblems(seen: Seen): Problem[] {
  const { inputs, view } = seen;
  const first = inputs.nodes[0];
  const problems = clusterProblems(inputs, view);
  // What is said of another cluster's nodes would only confuse.
  if (problems.length > 0) return problems;
  if (view.name === undefined && first && first.name !== view.local)
    problems.push({
      path: "nodes[0].name",
      message: `proxmox:endpoints lead to ${view.local}: the cluster is made on the first node; name ${view.local} first, or set proxmox:endpoints to the address of ${first.name}`,
    });
  const joining = new Set(joiners(inputs, view).map(({ name }) => name));
  if (joining.size === 0 && view.name !== undefined) return [...problems, ...otherMembers(inputs, view)];
  problems.push(
    ...otherMembers(inputs, view),
    ...healthProblems(view, seen.facts, namesOf(inputs)),
    ...clockProblems(seen),
  );
  // Versions, storages and clocks are compared with its own: without them nothing would speak against anybody.
  if (joining.size > 0 && view.name !== undefined && !seen.facts.has(view.local))
    problems.push({
      path: "",
      message: `nothing is known of ${view.local}, through which nodes join: what they bring cannot be compared with it`,
    });
  inputs.nodes.forEach((node, at) => {
    const facts = seen.facts.get(node.name);
    if (!facts) return;
    const found = [
      ...nameProblems(facts, seen),
      ...linkProblems(node, facts, seen),
      ...(joining.has(node.name) ? joinerProblems(facts, seen) : []),
    ];
    problems.push(...found.map(({ path, message }) => ({ path: `nodes[${at}]${path && `.${path}`}`, message })));
  });
  return problems;
}

function clusterProblems(inputs: ClusterInputs, view: ClusterView): Problem[] {
  if (view.name !== undefined && view.name !== inputs.name)
    return [
      {
        path: "name",
        message: `proxmox:endpoints lead to cluster ${view.name}; write its name, or set them to the nodes of ${inputs.name}. Nothing is done to another cluster`,
      },
    ];
  if (view.name === undefined && view.members.length > 0)
    return [
      {
        path: "",
        message: `${view.local} has /etc/pve/corosync.conf and no cluster that runs: corosync has not started, as with an address of a link that the node does not have. Look at journalctl -u corosync there; nothing is taken away to repair it`,
      },
    ];
  if (view.qdevice && joiners(inputs, view).length > 0)
    return [
      {
        path: "nodes",
        message: `the cluster has a QDevice, which must be away while nodes join: ${withoutQdevice}`,
      },
    ];
  return [];
}

/** Members that are there, where they are described otherwise; and nodes whose number or address is a member's. */
function otherMembers({ nodes, linkPriorities }: ClusterInputs, view: ClusterView): Problem[] {
  const problems: Problem[] = [];
  nodes.forEach((node, at) => {
    const member = view.members.find(({ name }) => name === node.name);
    if (member?.fingerprint !== undefined) {
      for (const { path, message } of differencesOf(node, member))
        problems.push({ path: `nodes[${at}].${path}`, message: `${message}; describe the member as it is` });
      return;
    }
    for (const { path, message } of takenProblems(node, view)) problems.push({ path: `nodes[${at}].${path}`, message });
    const numbers = Object.keys(view.members[0]?.links ?? {}).sort();
    const own = Object.keys(node.links ?? { 0: "" }).sort();
    if (numbers.length > 0 && numbers.join() !== own.join())
      problems.push({
        path: `nodes[${at}].links`,
        message: `the cluster has link ${numbers.join(", ")}, and this node ${own.join(", ")}: write an address for each link of the cluster`,
      });
  });
  if (view.name !== undefined)
    for (const [number, priority] of Object.entries(linkPriorities ?? {}))
      if (view.priorities[number] !== undefined && view.priorities[number] !== priority)
        problems.push({
          path: `linkPriorities.${number}`,
          message: `is ${view.priorities[number]}; describe the cluster as it is`,
        });
  return problems;
}

/** Clocks that are surely wrong. */
export function clockProblems({ inputs, view, facts }: Seen): Problem[] {
  const all = inputs.nodes.flatMap(({ name }) => facts.get(name) ?? []);
  const reference = facts.get(view.local) ?? all[0];
  return all.flatMap((one) => {
    if (!reference?.clock || !one.clock || one === reference) return [];
    const ahead = one.clock[0] - reference.clock[1];
    const behind = reference.clock[0] - one.clock[1];
    const skew = Math.max(ahead, behind);
    if (skew <= LONGEST_SKEW_MS) return [];
    return [
      {
        path: "",
        message: `the clock of ${one.name} is ${Math.round(skew / 100) / 10} s or more ${ahead > behind ? "before" : "behind"} that of ${reference.name}; let chrony set them (chronyc makestep) before they are in one cluster`,
      },
    ];
  });
}

/** Is a link's address still to come? Nothing can be sent along it before. */
export function linkIsComing({ facts, coming }: Seen, { name, links }: MemberInputs, number: string): boolean {
  const address = links?.[number];
  if (address === undefined || coming?.address(name, address) !== true) return false;
  return !(facts.get(name)?.addresses.map(oneSpelling) ?? []).includes(oneSpelling(address));
}

/** Every node must find itself and the others under their names. */
function nameProblems({ name, hosts, standing }: Candidate, { inputs, facts, coming }: Seen): Problem[] {
  const own = hosts.get(name);
  const problems: Problem[] = [];
  if (coming?.hostName(name, name) !== true && (standing.address === undefined || /^127\.|^::1$/.test(own ?? "")))
    problems.push({
      path: "",
      message: `the name ${name} leads to ${own ?? "nothing"} on the node itself; write its address into its /etc/hosts: ${standing.address ?? "ADDRESS"} ${name}`,
    });
  for (const other of inputs.nodes) {
    const [said, address] = [hosts.get(other.name), facts.get(other.name)?.standing.address];
    if (other.name === name || said === undefined || address === undefined) continue;
    if (coming?.hostName(name, other.name)) continue;
    if (oneSpelling(said) !== oneSpelling(address))
      problems.push({
        path: "",
        message: `/etc/hosts of ${name} leads ${other.name} to ${said}, and its address is ${address}; set it right`,
      });
  }
  return problems;
}

function linkProblems(node: MemberInputs, { name, addresses, dhcp }: Candidate, { view, coming }: Seen): Problem[] {
  // Proxmox looks at those of a node that joins, and not at those of the node that a cluster is made on.
  const isFounder = view.name === undefined && name === view.local;
  if (view.members.some((member) => member.name === name) || (dhcp && !isFounder)) return [];
  const there = [...new Set(addresses.map(oneSpelling))];
  return Object.entries(node.links ?? {})
    .filter(([, address]) => !there.includes(oneSpelling(address)) && coming?.address(name, address) !== true)
    .map(([number, address]) => ({
      path: `links.${number}`,
      message: dhcp
        ? `whether ${name} has the address ${address} cannot be told: it gets addresses by DHCP, and its configuration has ${there.join(", ") || "none"}. Make it a static one, or configure SSH, with which the node is asked`
        : `${name} does not have the address ${address}; it has ${there.join(", ") || "none"}. If a resource of the program gives it to the node, name that one in dependsOn of the cluster`,
    }));
}

function joinerProblems(facts: Candidate, { inputs, view, facts: all }: Seen): Problem[] {
  const { name, guests, standing, release, storages } = facts;
  const problems: Problem[] = [];
  const wrong = (message: string) => void problems.push({ path: "", message });
  if (standing.local !== name)
    wrong(
      `the node that answers at the endpoint of ${name} in proxmox:nodes is ${standing.local}; set its own address`,
    );
  const other = standing.cluster?.name;
  if (other === inputs.name && view.members.every((member) => member.name !== name))
    wrong(
      `${name} is in a cluster ${other} that is not the one at proxmox:endpoints, which does not have it; nothing is taken out of another cluster. Set proxmox:endpoints to a node that is in it, or take ${name} out of it`,
    );
  if (other !== undefined && other !== inputs.name)
    wrong(
      `${name} is a member of cluster ${other}; nothing is taken out of another cluster. Take it out, or leave it out`,
    );
  if (guests.length > 0)
    wrong(
      `${name} has guests (${guests.slice(0, 5).join(", ")}${guests.length > 5 ? ", …" : ""}), whose numbers may be taken in the cluster: move them away or back them up and remove them first`,
    );
  const founder = all.get(view.local);
  if (!founder) return problems;
  const major = (text: string): string => text.split(".")[0] ?? "";
  if (major(release) !== major(founder.release))
    wrong(
      `${name} has Proxmox VE ${release}, and ${founder.name} ${founder.release}: upgrade first; members have one major version`,
    );
  for (const [storage, definition] of storages) {
    const theirs = founder.storages.get(storage);
    if (theirs !== undefined && theirs !== definition)
      wrong(
        `storage ${storage} of ${name} (${definition}) is another one in the cluster (${theirs}), whose definition takes its place; give one of them another name`,
      );
  }
  return problems;
}

/** Storages whose definitions a node loses by joining; what is on them stays. */
export const lostStorages = ({ view, facts }: Seen, name: string): string[] => {
  const founder = facts.get(view.local);
  return [...(facts.get(name)?.storages.keys() ?? [])].filter((storage) => !founder?.storages.has(storage));
};

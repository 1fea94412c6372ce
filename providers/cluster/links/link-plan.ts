import { oneSpelling } from "../../../pve/format/cidr";
import type { Problem } from "../../kernel/state/problems";
import type { ClusterInputs, MemberInputs } from "../cluster.model";
import { withoutQdevice } from "../qdevice/two-nodes";
import type { ClusterView, Member } from "../cluster-view";
import type { CorosyncChange } from "./corosync-text";

/** One change of corosync's file: one link, or the priorities, or the votes. */
export interface LinkStep extends Omit<CorosyncChange, "version"> {
  /** What it is, for the row. */
  readonly what: string;
}

interface LinkPlan {
  readonly steps: readonly LinkStep[];
  readonly problems: readonly Problem[];
}

const isOne = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && oneSpelling(one) === oneSpelling(other);

/**
 * What is to be done to the links of a cluster that runs, one change after the other: links that come first, then those with other
 * addresses, then those that go. Corosync takes no other address for a link: it has to go and to come again
 * (`check_things_have_not_changed` in corosync's totemconfig.c), while another one carries the cluster.
 */
export function planLinks(inputs: ClusterInputs, was: Partial<ClusterInputs> | undefined, view: ClusterView): LinkPlan {
  const [steps, problems]: [LinkStep[], Problem[]] = [[], []];
  const nodes = inputs.nodes.flatMap((node, at) => {
    const member = view.members.find(({ name }) => name === node.name);
    const before = was?.nodes?.find(({ name }) => name === node.name);
    return member?.fingerprint !== undefined && before ? [{ node, at, member, before }] : [];
  });
  if (view.name === undefined || nodes.length === 0) return { steps, problems };
  const wanted = (number: string): [string, string | undefined][] =>
    nodes.map(({ node }) => [node.name, node.links?.[number]]);
  const described = nodes.filter(({ node }) => node.links !== undefined);
  const numbers = new Set(described.flatMap(({ node }) => Object.keys(node.links ?? {})));
  const there = new Set(view.members.flatMap(({ links }) => Object.keys(links)));
  const path = (number: string) => `nodes[${described[0]?.at ?? 0}].links.${number}`;
  const unknown = (number: string): void => {
    const strangers = view.members.filter(({ name }) =>
      nodes.every(({ node }) => node.name !== name || node.links?.[number] === undefined),
    );
    if (strangers.length > 0)
      problems.push({
        path: path(number),
        message: `nothing says which address ${strangers.map(({ name }) => name).join(", ")} has on this link: write the links of all members`,
      });
  };
  const addresses = (number: string): Record<string, string> =>
    Object.fromEntries(wanted(number).flatMap(([name, address]) => (address === undefined ? [] : [[name, address]])));
  const said = (number: string): string => Object.values(addresses(number)).join(", ");
  const come = [...numbers].filter((number) => !there.has(number)).sort();
  const moved = [...numbers]
    .filter(
      (number) =>
        there.has(number) && described.some(({ node, member }) => !isOne(node.links?.[number], member.links[number])),
    )
    .sort();
  const go = [...there]
    .filter((number) => !numbers.has(number) && described.some(({ before }) => before.links?.[number] !== undefined))
    .sort();
  const priorityOf = (number: string) => {
    // One that a run has taken away, and was killed before it came back, has its priority in the state alone.
    const priority = inputs.linkPriorities?.[number] ?? was?.linkPriorities?.[number];
    return priority === undefined ? {} : { priorities: { [number]: priority } };
  };
  for (const number of come) {
    unknown(number);
    const link = { number, addresses: addresses(number) };
    steps.push({ what: `adds link ${number} (${said(number)})`, link, ...priorityOf(number) });
  }
  for (const number of moved) {
    unknown(number);
    const others = [...there].filter((other) => other !== number && !moved.includes(other));
    if (others.length + come.length === 0)
      problems.push({
        path: path(number),
        message: `corosync takes no other address for a link that it has, and the cluster has no other link whose addresses stay: add one first, or change one at a time`,
      });
    const link = { number, addresses: addresses(number) };
    // A run that is killed while it is away would not know it any more.
    const kept = view.priorities[number] ?? 0;
    if (kept !== 0 && inputs.linkPriorities?.[number] === undefined)
      problems.push({
        path: `linkPriorities.${number}`,
        message: `is ${kept} in the cluster: write it, so that the link comes back with it`,
      });
    steps.push({ what: `takes link ${number} away`, link: { number } });
    steps.push({ what: `brings it back with other addresses (${said(number)})`, link, ...priorityOf(number) });
  }
  for (const number of go) {
    if (number === "0")
      problems.push({
        path: `nodes[${described[0]?.at ?? 0}].links`,
        message: "link 0 stays: corosync wants ring0_addr of every node. Change its addresses instead",
      });
    steps.push({ what: `takes link ${number} away`, link: { number } });
  }
  const priorities: Record<string, number | undefined> = {};
  for (const number of there) {
    if (go.includes(number) || moved.includes(number)) continue;
    const [to, from] = [inputs.linkPriorities?.[number], was?.linkPriorities?.[number]];
    const isReset = to === undefined && from !== undefined;
    if ((to ?? (isReset ? 0 : undefined)) === undefined || (to ?? 0) === (view.priorities[number] ?? 0)) continue;
    priorities[number] = to;
  }
  const set = Object.entries(priorities).map(([number, to]) => `${number}: ${to ?? "corosync's own"}`);
  if (set.length > 0) steps.push({ what: `sets priorities of links (${set.join(", ")})`, priorities });
  const votes = Object.fromEntries(
    nodes.flatMap(({ node, member, before }) => {
      const to = node.votes ?? (before.votes === undefined ? undefined : 1);
      return to === undefined || to === member.votes ? [] : [[node.name, to]];
    }),
  );
  if (Object.keys(votes).length > 0) {
    const each = Object.entries(votes).map(([name, to]) => `${name}: ${to}`);
    if (view.qdevice)
      problems.push({
        path: "nodes",
        message: `the cluster has a QDevice, which goes with one vote of each node: ${withoutQdevice}`,
      });
    steps.push({ what: `sets votes (${each.join(", ")})`, votes });
  }
  if (steps.length > 0) problems.push(...wellProblems(view), ...changedByHand(inputs, was, view));
  return { steps, problems };
}

/** What is neither as it was nor as it shall be was changed by somebody else: no preview has shown that it is changed back. */
function changedByHand(inputs: ClusterInputs, was: Partial<ClusterInputs> | undefined, view: ClusterView): Problem[] {
  const say = "run pulumi refresh, then look at the preview again";
  return inputs.nodes.flatMap((node, at) => {
    const member = view.members.find(({ name }) => name === node.name);
    const before = was?.nodes?.find(({ name }) => name === node.name);
    if (!member || !before) return [];
    return Object.entries(before.links ?? {}).flatMap(([number, old]) => {
      const [live, to] = [member.links[number], node.links?.[number]];
      const isUnderWay = live === undefined && !isOne(old, to);
      if (isOne(live, old) || isOne(live, to) || isUnderWay) return [];
      return [{ path: `nodes[${at}].links.${number}`, message: `is ${live ?? "not there"}, and was ${old}: ${say}` }];
    });
  });
}

/** A change of links begins only where everybody is there: who is away would not hear of it. */
export function wellProblems({ name, quorate, members }: ClusterView): Problem[] {
  const away = members.filter((member) => !member.online || member.fingerprint === undefined);
  if (quorate && away.length === 0) return [];
  return [
    {
      path: "nodes",
      message: quorate
        ? `${away.map((member) => member.name).join(", ")} is not online: links, votes and priorities are changed when all members are there`
        : `cluster ${name ?? ""} has no quorum: links, votes and priorities are changed when it has`,
    },
  ];
}

/** The cluster as it will be after these steps. */
export function viewAfter(view: ClusterView, steps: readonly LinkStep[]): ClusterView {
  return steps.reduce<ClusterView>((now, { link, priorities, votes }) => {
    const after = (member: Member): Member => {
      const { [link?.number ?? ""]: _, ...links } = member.links;
      const address = link?.addresses?.[member.name];
      return {
        ...member,
        ...(link ? { links: { ...links, ...(address === undefined ? {} : { [link.number]: address }) } } : {}),
        votes: votes?.[member.name] ?? member.votes,
      };
    };
    const said = Object.entries(priorities ?? {}).map(([number, to]) => [number, to ?? 0] as const);
    return { ...now, members: now.members.map(after), priorities: { ...now.priorities, ...Object.fromEntries(said) } };
  }, view);
}

/** Addresses that a step brings to a node, by the node and the number of the link. */
export const broughtBy = (steps: readonly LinkStep[]): { node: string; number: string; address: string }[] =>
  steps.flatMap(({ link }) =>
    Object.entries(link?.addresses ?? {}).map(([node, address]) => ({ node, number: link?.number ?? "", address })),
  );

/** Was anything of the links, votes or priorities described otherwise before? */
export const linksDiffer = (inputs: ClusterInputs, was: Partial<ClusterInputs> | undefined): boolean => {
  const of = ({ nodes, linkPriorities }: Partial<ClusterInputs>, names: readonly string[]) =>
    JSON.stringify([
      linkPriorities ?? {},
      (nodes ?? [])
        .filter(({ name }) => names.includes(name))
        .map(({ name, links, votes }: MemberInputs) => [name, Object.entries(links ?? {}).sort(), votes])
        .sort(),
    ]);
  if (was?.nodes === undefined) return false;
  const both = inputs.nodes.map(({ name }) => name).filter((name) => was.nodes?.some((node) => node.name === name));
  return of(inputs, both) !== of(was, both);
};

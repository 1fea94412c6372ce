import { needsSsh, sshOf } from "../../checks/ssh-needed";
import type { Problem } from "../../kernel/state/problems";
import { lookAtCandidate, type Candidate } from "../candidate";
import { roundTrip } from "../cluster-commands";
import type { ClusterInputs } from "../cluster.model";
import type { ClusterView, Member } from "../cluster-view";
import { oneSpelling } from "../../../pve/format/cidr";
import { leavingReason } from "./over-ssh-leaving";
import {
  assertFree,
  clusterViewOf,
  confOn,
  strike,
  sweep,
  viewWithout,
  type NodeRemoval,
  type Planned,
} from "./removal";
import { dataOn, whatKeeps } from "./what-keeps-a-node";

type Nodes = Pick<ClusterInputs, "nodes">;

/** Two spellings of one fingerprint; what is not known is like nothing. */
export const isSame = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && one.toUpperCase() === other?.toUpperCase();

/** Nodes that the cluster still knows by the certificate that the program calls dead. */
export const replaced = ({ nodes }: Nodes, { members }: Pick<ClusterView, "members">): string[] =>
  nodes
    .filter(({ name, replaces }) =>
      members.some((member) => member.name === name && isSame(member.fingerprint, replaces)),
    )
    .map(({ name }) => name);

/** Nodes whose dead machine is off the list already, while what it has left in the cluster's files may be there still. */
const struck = ({ nodes }: Nodes, { name: cluster, members }: ClusterView): string[] =>
  cluster === undefined
    ? []
    : nodes
        .filter(({ name, replaces }) => replaces !== undefined && members.every((member) => member.name !== name))
        .map(({ name }) => name);

/** What speaks against a replacement, as far as the cluster's list and the new machines tell. */
export function replacementProblems(
  { nodes }: Nodes,
  { members, name: cluster }: ClusterView,
  facts: ReadonlyMap<string, Candidate>,
): Problem[] {
  return nodes.flatMap(({ name, replaces }, at) => {
    const member = members.find((one) => one.name === name);
    if (replaces === undefined || member?.fingerprint === undefined) return [];
    const path = `nodes[${at}].replaces`;
    if (!isSame(member.fingerprint, replaces))
      return member.online
        ? []
        : [
            {
              path,
              message: `${name} is offline, and its certificate in ${cluster ?? ""} is ${member.fingerprint}, not the one that is said to be dead: nothing is replaced by its name alone`,
            },
          ];
    if (member.online)
      return [
        {
          path,
          message: `${name} has that certificate and is online: nothing is replaced that runs. Power it off, or take it off the list first`,
        },
      ];
    const standing = facts.get(name)?.standing;
    if (standing?.cluster === undefined) return [];
    return [
      {
        path,
        message: `the machine that proxmox:nodes has as ${name} says that it is in ${standing.cluster.name}: it may be the very one that is said to be dead. Set the endpoint of the new machine`,
      },
    ];
  });
}

/** Looks at everything that an up will look at again: nothing is changed. */
export async function planReplacing(parts: NodeRemoval, inputs: Nodes, view: ClusterView): Promise<Planned> {
  const { session, call, pve, cluster } = parts;
  const [problems, plan]: [Problem[], string[]] = [[], []];
  const names = [...replaced(inputs, view), ...struck(inputs, view)];
  if (names.length === 0) return { problems, plan };
  const { ssh } = (await session.node(call, view.local)).process;
  if (!ssh) return { problems: [{ path: "nodes", message: `replacing a node ${needsSsh(leavingReason)}` }], plan };
  let rest = view;
  for (const name of names) {
    const path = `nodes[${inputs.nodes.findIndex((node) => node.name === name)}].replaces`;
    const member = rest.members.find((one) => one.name === name);
    const conf = confOn(parts, ssh, view.local, name);
    const kept = member ? await whatKeeps(pve, rest, name, conf) : await dataOn(pve, view.local, name, conf);
    if (member) kept.push(...(await stillThere(parts, view.local, member)));
    problems.push(...kept.map((message) => ({ path, message: `${name} is not replaced: ${message}` })));
    rest = viewWithout(rest, [name]);
    const files = `/etc/pve/nodes/${name} and its keys go`;
    plan.push(
      member
        ? `replaces ${name} (node id ${member.nodeId}, certificate ${member.fingerprint ?? "none"}), which is offline: on ${view.local} its entry, ${files}, and its machine must not be started in this network again as it is`
        : `${name} is no member of ${cluster}: on ${view.local} what is left of the one that it replaces, ${files}`,
    );
  }
  return { problems, plan };
}

/** Takes what the cluster has of dead machines out of it, from wherever an earlier run has left them. */
export async function takeDeadOut(parts: NodeRemoval, inputs: Nodes, first: ClusterView): Promise<string[]> {
  const became: string[] = [];
  for (const name of [...replaced(inputs, first), ...struck(inputs, first)]) {
    const { session, call, pve, cluster } = parts;
    const view = await clusterViewOf(pve, cluster);
    const host = sshOf(await session.node(call, view.local), "replacing a node", leavingReason);
    const conf = confOn(parts, host, view.local, name);
    const member = view.members.find((one) => one.name === name);
    const dead = inputs.nodes.find((node) => node.name === name)?.replaces;
    // It has come as far as to be the new one meanwhile.
    if (member && !isSame(member.fingerprint, dead)) continue;
    if (member) {
      if (member.online)
        throw new Error(`${name} was not taken out of ${cluster}: it is online, and nothing is replaced that runs`);
      assertFree(cluster, name, [
        ...(await whatKeeps(pve, view, name, conf)),
        ...(await stillThere(parts, view.local, member)),
      ]);
      await strike(parts, host, member);
      became.push(`the ${name} that was dead is out of it: its machine must not be started in this network again`);
    } else assertFree(cluster, name, await dataOn(pve, view.local, name, conf));
    await sweep(parts, host, view, name, member);
  }
  return became;
}

/**
 * A machine that is cut off from corosync runs on, with its guests. What answers at the addresses that it had, and is not
 * the new machine, may be that one.
 */
async function stillThere({ session, call }: NodeRemoval, host: string, member: Member): Promise<string[]> {
  const ssh = sshOf(await session.node(call, host), "replacing a node", leavingReason);
  const own = await lookAtCandidate(await session.ownNode(call, member.name), member.name);
  const taken = new Set([...own.addresses, own.standing.address ?? ""].map(oneSpelling));
  const had = new Set([...Object.values(member.links), ...(member.address === undefined ? [] : [member.address])]);
  const answering: string[] = [];
  for (const address of had) {
    if (taken.has(oneSpelling(address))) continue;
    if ((await roundTrip(ssh, host, address, call.signal)) !== undefined) answering.push(address);
  }
  return answering.length === 0
    ? []
    : [
        `something answers at ${answering.join(", ")}, which it had: it may be cut off and run still. Power it off, or take the address away`,
      ];
}

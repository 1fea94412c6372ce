import { wire, type Ssh } from "../../../pve";
import { isAddress } from "../../../pve/format/address";
import { oneSpelling } from "../../../pve/format/cidr";
import { needsSsh } from "../../checks/ssh-needed";
import type { Problem } from "../../kernel/state/problems";
import { lookAtCandidate, running } from "../candidate";
import { answersPing } from "../cluster-commands";
import type { Pve } from "../../kernel/session/pve-session";
import type { ClusterInputs } from "../cluster.model";
import { clusterView, type ClusterView, type Member } from "../cluster-view";
import { leavingReason, LeftBehind } from "./over-ssh-leaving";
import {
  assertFree,
  clusterViewOf,
  confOn,
  hostOf,
  hostProblem,
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

/** What speaks against a replacement, as far as the cluster's list tells. A word that has done its work says nothing more. */
export function replacementProblems(
  { nodes }: Nodes,
  { members, name: cluster }: ClusterView,
  was: Partial<Nodes> | undefined,
): Problem[] {
  return nodes.flatMap(({ name, replaces }, at) => {
    const member = members.find((one) => one.name === name);
    if (replaces === undefined || member?.fingerprint === undefined) return [];
    const wrong = (message: string): Problem[] => [{ path: `nodes[${at}].replaces`, message }];
    const isNew = !isSame(was?.nodes?.find((node) => node.name === name)?.replaces, replaces);
    const twin = members.find((one) => one.name !== name && isSame(one.fingerprint, replaces));
    if (!isSame(member.fingerprint, replaces))
      return member.online || !isNew
        ? []
        : wrong(
            `${name} is offline, and its certificate in ${cluster ?? ""} is ${member.fingerprint}, not the one that is said to be dead: nothing is replaced by its name alone`,
          );
    if (twin)
      return wrong(
        `${twin.name} serves that certificate too, so that it tells no machine from another: take ${name} off the list with one up, and put it back with the next`,
      );
    if (member.online)
      return wrong(
        `${name} has that certificate and is online: nothing is replaced that runs. Power it off, or take it off the list first`,
      );
    return [];
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
  const stranger = await hostProblem(parts, ssh, view.local);
  if (stranger !== undefined) return { problems: [{ path: "nodes", message: stranger }], plan };
  let rest = view;
  for (const name of names) {
    const at = inputs.nodes.findIndex((node) => node.name === name);
    const member = rest.members.find((one) => one.name === name);
    const conf = confOn(parts, ssh, view.local, name);
    const kept = member ? await whatKeeps(pve, rest, name, conf) : await dataOn(pve, view.local, name, conf);
    if (member) kept.push(...(await newMachineProblems(parts, ssh, view.local, member)));
    problems.push(
      ...kept.map((message) => ({ path: `nodes[${at}].replaces`, message: `${name} is not replaced: ${message}` })),
    );
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
    const { pve, cluster } = parts;
    const view = await clusterViewOf(pve, cluster);
    const host = await hostOf(parts, view, "replacing a node");
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
        ...(await newMachineProblems(parts, host, view.local, member)),
      ]);
      await strike(parts, host, member);
      became.push(`the ${name} that was dead is out of it: its machine must not be started in this network again`);
    } else {
      if (!(await isLeftOfDead(parts, host, view.local, name, dead))) continue;
      assertFree(cluster, name, await dataOn(pve, view.local, name, conf));
    }
    await sweep(parts, host, view, name, member);
  }
  return became;
}

/** Off the list, its files may be those of somebody who came later, or of one who is coming right now. */
async function isLeftOfDead(
  { session, call }: NodeRemoval,
  host: Ssh,
  local: string,
  name: string,
  dead: string | undefined,
): Promise<boolean> {
  const own = await session.ownNode(call, name);
  if ((await running(own, name, "clusterjoin")) !== undefined) return false;
  const there = await new LeftBehind(host, call, local, name).certificates();
  return there.length === 0 || there.some((one) => isSame(one, dead));
}

/**
 * The machine at the endpoint has to be another one than the dead one: a member whose corosync does not run says that it is
 * alone, and is known by its own list of members and its certificate. And what answers at the addresses that the dead one
 * had, and is not the new machine, may be that one: cut off from corosync it runs on, with its guests.
 */
async function newMachineProblems(
  { session, call, pve }: NodeRemoval,
  host: Ssh,
  local: string,
  member: Member,
): Promise<string[]> {
  const { name } = member;
  const own = await session.ownNode(call, name);
  const [alone, fact, served] = await Promise.all([
    clusterView(own),
    lookAtCandidate(own, name),
    own.api.nodes.$(name).certificates.info.$get().then(wire.list),
  ]);
  const at = `the machine that proxmox:nodes has as ${name}`;
  if (alone.local !== name) return [`${at} is ${alone.local}; set the endpoint of the new machine`];
  const is = alone.name ?? (alone.members.length > 0 ? "a cluster whose corosync does not run" : undefined);
  if (is !== undefined || served.some((row) => isSame(wire.string(row["fingerprint"]), member.fingerprint)))
    return [
      `${at} ${is === undefined ? "has the certificate of the dead one" : `is in ${is}`}: it may be the very one that is said to be dead. Set the endpoint of the new machine`,
    ];
  if (fact.guests.length > 0) return [`${at} has guests (${fact.guests.join(", ")})`];
  const taken = new Set([...fact.addresses, fact.standing.address ?? ""].map(oneSpelling));
  // A pmxcfs that was started since then knows no address of it: its certificate and its name do.
  const named = await Promise.all([
    new LeftBehind(host, call, local, name).addressesInCertificate(),
    addressesIn(pve, local, name),
  ]);
  const had = new Set([
    ...Object.values(member.links),
    ...(member.address === undefined ? [] : [member.address]),
    ...named.flat(),
  ]);
  const found: string[] = [];
  for (const address of had) {
    if (!isAddress(address))
      found.push(
        `${JSON.stringify(address)}, under which it was known, is a name or an address of one link: whether it still answers there cannot be tried`,
      );
    else if (!taken.has(oneSpelling(address)) && (await answersPing(host, local, address, call.signal)))
      found.push(
        `something answers at ${address}, which it had: it may be cut off and run still. Power it off, or take the address away`,
      );
  }
  return found;
}

/**
 * Addresses to which a name leads by the /etc/hosts of a node, by every line. DNS is not asked: an answer that it fails to
 * give is told from "no such name" by no command that every node has.
 */
async function addressesIn(pve: Pve, local: string, name: string): Promise<string[]> {
  const text = wire.string(wire.object(await pve.api.nodes.$(local).hosts.$get())["data"]) ?? "";
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    return names.includes(name) && !/^127\.|^::1$/.test(address) ? [address] : [];
  });
}

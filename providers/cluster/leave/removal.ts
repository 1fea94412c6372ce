import { isProxmoxError, type Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Session } from "../../kernel/session/session";
import { departedNodes } from "../../kernel/session/departed-nodes";
import type { Problem } from "../../kernel/state/problems";
import { needsSsh, sshOf } from "../../checks/ssh-needed";
import type { ClusterInputs } from "../cluster.model";
import { withoutQdevice } from "../qdevice/two-nodes";
import { clusterView, type ClusterView, type Member } from "../cluster-view";
import { answerers } from "../who-answers";
import { LeavingNode, LeftBehind, leavingReason, type MachineSays } from "./over-ssh-leaving";
import { dataOn, guestsOn, whatKeeps } from "./what-keeps-a-node";

/** What taking nodes out needs. */
export interface NodeRemoval {
  readonly session: Session;
  readonly call: Call;
  /** The cluster as root@pam; in a preview, as whoever the stack is. */
  readonly pve: Pve;
  /** Name of the cluster. */
  readonly cluster: string;
}

/** Nodes that the program had and has no longer. */
export const leavers = (inputs: Pick<ClusterInputs, "nodes">, was: Partial<ClusterInputs> | undefined): string[] =>
  (was?.nodes ?? []).map(({ name }) => name).filter((name) => inputs.nodes.every((node) => node.name !== name));

/** The cluster as it will be for those that stay. */
export const viewWithout = (view: ClusterView, gone: readonly string[]): ClusterView => ({
  ...view,
  members: view.members.filter(({ name }) => !gone.includes(name)),
});

export interface Planned {
  readonly problems: readonly Problem[];
  /** What will be done, for the row. */
  readonly plan: readonly string[];
}

/** Looks at everything that an up will look at again: nothing is changed. */
export async function planLeaving(parts: NodeRemoval, view: ClusterView, gone: readonly string[]): Promise<Planned> {
  const { session, call, pve, cluster } = parts;
  const [problems, plan]: [Problem[], string[]] = [[], []];
  const wrong = (message: string) => void problems.push({ path: "nodes", message });
  const strays = (await answerers(call, pve)).flatMap(({ local }) => (gone.includes(local ?? "") ? (local ?? "") : []));
  for (const name of strays) wrong(`proxmox:endpoints lead to ${name} too, which leaves: take its address out of them`);
  const { ssh } = (await session.node(call, view.local)).process;
  if (!ssh)
    return { problems: [...problems, { path: "nodes", message: `taking nodes out ${needsSsh(leavingReason)}` }], plan };
  const host = await hostProblem(parts, ssh, view.local);
  if (host !== undefined) return { problems: [...problems, { path: "nodes", message: host }], plan };
  let rest = view;
  for (const name of gone) {
    const member = rest.members.find((one) => one.name === name);
    if (!member) {
      const kept = await dataOn(pve, view.local, name, confOn(parts, ssh, view.local, name));
      for (const message of kept) wrong(`what ${name} has left behind in ${cluster} stays: ${message}`);
      plan.push(
        `${name} is no member of ${cluster} any more: on ${view.local} /etc/pve/nodes/${name} and its keys go, and its machine is not touched`,
      );
      continue;
    }
    for (const message of await whatKeeps(pve, rest, name, confOn(parts, ssh, view.local, name)))
      wrong(`${name} stays: ${message}`);
    rest = viewWithout(rest, [name]);
    try {
      const found = await machineOf(parts, name, member);
      const id = `node id ${member.nodeId}, certificate ${member.fingerprint ?? "none"}`;
      const inCluster = `on ${view.local} its entry, /etc/pve/nodes/${name} and its keys go`;
      plan.push(
        found.underWay
          ? `${name} (${id}) is on its way out of ${cluster}: it has begun as a Proxmox of its own, which is brought to its end there; ${inCluster}`
          : found.says
            ? `takes ${name} (${id}) out of ${cluster}: on ${name} corosync ends, and it begins as a Proxmox of its own, without ${cluster}'s users, storages and keys (its copy of them stays there in /var/lib/pve-cluster/config.db.of-${cluster}); ${inCluster}; what is on its disks stays`
            : `takes ${name} (${id}), which is offline, out of ${cluster}: ${inCluster}. The machine must not be started in this network again as it is: it still takes itself for a member`,
      );
    } catch (error) {
      wrong(`${name} stays: ${(error as Error).message}`);
    }
  }
  return { problems, plan };
}

/** Takes one node out, from wherever an earlier run has left it; tells what became of it. */
export async function takeOut(parts: NodeRemoval, name: string, known: string | undefined): Promise<string> {
  const { session, pve, cluster } = parts;
  const view = await clusterViewOf(pve, cluster);
  const host = await hostOf(parts, view, "taking nodes out");
  const member = view.members.find((one) => one.name === name);
  let became: string;
  if (member) {
    // Who was managed here is known by his certificate, not by his name alone.
    if (known !== undefined && member.fingerprint !== undefined && member.fingerprint !== known)
      throw new Error(
        `${name} was not taken out of ${cluster}: its certificate is ${member.fingerprint}, and the state knows it by ${known}. Somebody has made it anew; run pulumi refresh, then look at the preview again`,
      );
    assertFree(cluster, name, await whatKeeps(pve, view, name, confOn(parts, host, view.local, name)));
    became = await separate(parts, view, member);
    await strike(parts, host, member);
  } else {
    assertFree(cluster, name, await dataOn(pve, view.local, name, confOn(parts, host, view.local, name)));
    became = await lookThere(parts, name);
  }
  await sweep(parts, host, view, name, member);
  departedNodes(session).add(name);
  return became;
}

/** The machine's own side: it ends its corosync and begins as a Proxmox of its own. */
async function separate(parts: NodeRemoval, view: ClusterView, member: Member): Promise<string> {
  const { call, pve, cluster } = parts;
  const { name } = member;
  const found = await machineOf(parts, name, member);
  if (!found.says || !found.node)
    return `${name} was offline: its machine must not be started in this network again as it is`;
  call.report.progress(`making ${name} a Proxmox of its own`);
  await call.safePoint();
  if (found.underWay) await found.node.settleDown();
  else await found.node.standAlone(cluster, othersIn(view, name));
  await pve.until(
    `${cluster} to be without ${name}`,
    async () => {
      const now = (await clusterViewOf(pve, cluster)).members.find((one) => one.name === name);
      return now?.online === true ? { pending: "it is still seen there" } : { done: true };
    },
    call.remainingMs(),
  );
  return own(name, await found.node.fingerprint());
}

/** Takes its entry off the list: that node's, away, without guests, and nobody else's number. All looked at directly before. */
export async function strike(parts: NodeRemoval, host: Ssh, was: Member): Promise<void> {
  const { call, pve, cluster } = parts;
  const { name } = was;
  call.report.progress(`taking ${name} out of ${cluster}`);
  await call.safePoint();
  const view = await clusterViewOf(pve, cluster);
  const member = view.members.find((one) => one.name === name);
  if (!member) return;
  if (member.nodeId !== was.nodeId || member.fingerprint !== was.fingerprint || member.online)
    throw new Error(
      `${name} came back to ${cluster} while it was taken out; it was left there. Look at it, then run this again`,
    );
  assertFree(cluster, name, await whatKeeps(pve, view, name, confOn(parts, host, view.local, name)));
  await pve.api.cluster.config.nodes.$(name).$delete();
}

/**
 * It is on the list no more: nothing shows whether its machine is still the one that was managed, and its guests may run.
 * It is looked at, to tell what is left for somebody's hands, and never changed.
 */
async function lookThere({ session, call, cluster }: NodeRemoval, name: string): Promise<string> {
  const unknown = `${name} was no member of ${cluster} any more, and its machine was not touched`;
  if (!session.ownNodes().configured.includes(name)) return unknown;
  const { ssh } = (await session.ownNode(call, name)).process;
  const node = ssh && new LeavingNode(ssh, call, name);
  const says = node && (await ifReached(() => node.says()));
  if (!node || !says) return `${unknown}; it could not be looked at, and must not be started in this network as it is`;
  if (says.hostname !== name) return `${unknown}; by SSH ${says.hostname} answers there`;
  if (!says.cluster)
    return (await node.hasBegunAnew(cluster)) ? `${own(name, await node.fingerprint())}; ${unknown}` : unknown;
  if (says.cluster.name !== cluster) return `${unknown}; it is in ${says.cluster.name}`;
  return `${unknown}; it still takes itself for a member of ${cluster}. Look at what runs there, move it away, and then install it anew, or separate it by hand as Proxmox's documentation has it`;
}

/** The cluster's files of it, on a node that stays. Its guests would be in its directory: there are none, or it stays. */
export async function sweep(
  parts: NodeRemoval,
  host: Ssh,
  view: ClusterView,
  name: string,
  member?: Member,
): Promise<void> {
  const { call, pve, cluster } = parts;
  const left = new LeftBehind(host, call, view.local, name);
  await call.safePoint();
  const [now, stranger, guests] = await Promise.all([
    clusterViewOf(pve, cluster),
    hostProblem(parts, host, view.local),
    guestsOn(pve, name),
  ]);
  if (now.members.some((one) => one.name === name))
    throw new Error(`${name} is a member of ${cluster} again; its files stay`);
  if (stranger !== undefined) throw new Error(stranger);
  assertFree(cluster, name, guests);
  await left.removeDirectory();
  await left.removeKeys([...Object.values(member?.links ?? {}), ...(member?.address ? [member.address] : [])]);
}

/** Whoever answers by SSH for the node that stays: what another machine says of files and addresses says nothing. */
export async function hostProblem(
  { call, cluster }: NodeRemoval,
  host: Ssh,
  local: string,
): Promise<string | undefined> {
  const there = await new LeavingNode(host, call, local).says();
  if (there.hostname === local && there.cluster?.name === cluster)
    return there.cluster.qdevice
      ? `${cluster} has a QDevice in its corosync.conf, which must be away while a node leaves: ${withoutQdevice}`
      : undefined;
  return `the machine that answers by SSH as ${local} is ${there.hostname}, in ${there.cluster?.name ?? "no cluster"}: nothing was removed. Set its address in proxmox:nodes or proxmox:sshAddresses`;
}

/** SSH to the node that answers for the cluster, which has said who it is. */
export async function hostOf(parts: NodeRemoval, view: ClusterView, what: string): Promise<Ssh> {
  const host = sshOf(await parts.session.node(parts.call, view.local), what, leavingReason);
  const problem = await hostProblem(parts, host, view.local);
  if (problem !== undefined) throw new Error(problem);
  return host;
}

/**
 * The machine of a member, as far as it answers by SSH and is that member. One that is online must answer; one that is
 * offline, and another machine at its address, are left alone.
 */
async function machineOf(
  { session, call, cluster }: NodeRemoval,
  name: string,
  member: Member,
): Promise<{ readonly node?: LeavingNode; readonly says?: MachineSays; readonly underWay?: boolean }> {
  const { ssh } = (await session.node(call, name)).process;
  if (!ssh) {
    if (member.online) throw new Error(`taking ${name} out ${needsSsh(leavingReason)}; or power it off first`);
    return {};
  }
  const node = new LeavingNode(ssh, call, name);
  const says = member.online ? await node.says() : await ifReached(() => node.says());
  const isIt = says?.hostname === name && says.cluster?.name === cluster && says.cluster.nodeId === member.nodeId;
  if (isIt) return { node, says };
  if (!member.online) {
    // A run that was killed has put its files out of the way. A node that is on its way in has no certificate yet.
    const begun = says?.hostname === name && !says.cluster && member.fingerprint !== undefined;
    return begun && (await node.hasBegunAnew(cluster)) ? { node, says, underWay: true } : {};
  }
  throw new Error(
    `the machine that answers by SSH as ${name} is ${says?.hostname ?? "nobody"}, in ${says?.cluster?.name ?? "no cluster"}, and not node ${member.nodeId} of ${cluster}: set its address in proxmox:nodes`,
  );
}

/** Undefined where nobody answers, or somebody who may not be asked. */
export async function ifReached<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isProxmoxError(error, "unavailable", "timeout", "untrusted", "unauthenticated")) return undefined;
    throw error;
  }
}

export async function clusterViewOf(pve: Pve, cluster: string): Promise<ClusterView> {
  const view = await clusterView(pve);
  if (view.name === cluster) return view;
  throw new Error(
    `${view.local} says that it is in ${view.name ?? "no cluster"}, not in ${cluster}: nothing was taken out. Are proxmox:endpoints right?`,
  );
}

/** Whether the cluster's files have a configuration of Ceph, as the node that answers has them. */
export const confOn =
  ({ call }: NodeRemoval, host: Ssh, local: string, gone: string) =>
  (): Promise<boolean> =>
    new LeftBehind(host, call, local, gone).hasCephConf();

const othersIn = ({ members }: ClusterView, name: string): string[] =>
  members.map((one) => one.name).filter((one) => one !== name);

const own = (name: string, fingerprint: string | undefined): string =>
  `${name} is a Proxmox of its own again${fingerprint === undefined ? "" : `, with the certificate ${fingerprint}`}`;

export function assertFree(cluster: string, name: string, reasons: readonly string[]): void {
  if (reasons.length > 0) throw new Error([`${name} was not taken out of ${cluster}:`, ...reasons].join("\n"));
}

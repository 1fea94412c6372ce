import { isProxmoxError, wire, type Params } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import { departedNodes } from "../kernel/session/departed-nodes";
import type { Session } from "../kernel/session/session";
import { showProblem, type Problem } from "../kernel/state/problems";
import type { ClusterInputs, MemberInputs } from "./cluster.model";
import { running } from "./candidate";
import { clusterView, standing, type ClusterView, type Member } from "./cluster-view";
import { LeavingNode } from "./leave/over-ssh-leaving";
import { ifReached } from "./leave/removal";
import { withoutQdevice } from "./qdevice/two-nodes";
import { atNode } from "./who-answers";
import { healthProblems } from "./health";
import { numberFor, takenProblems } from "./numbers";

/** What all steps of a formation need. */
interface Forming {
  readonly session: Session;
  readonly call: Call;
  /** The cluster, or the node that it is made on, as root@pam. */
  readonly pve: Pve;
  readonly inputs: ClusterInputs;
}

/** So long pveproxy may go on with the certificate that a node had before it joined: then it is restarted. */
const OLD_CERTIFICATE_MS = 30_000;

/** Corosync and the cluster's file system are restarted by a creation. */
const CREATION_MS = 120_000;

/** An answer that says no more than that the node is crossing over: ended tickets, another certificate, nobody there. */
const isCrossing = (error: unknown): boolean => isProxmoxError(error, "unauthenticated", "untrusted", "unavailable");

/** Makes the cluster of the first node, over a connection that leads to that one alone, and waits until it runs. */
export async function makeCluster({ call, pve: pool, inputs }: Forming): Promise<void> {
  const first = inputs.nodes[0] as MemberInputs;
  await atNode(call, pool, first.name, (pve) => makeThere(call, pve, inputs, first));
}

async function makeThere(call: Call, pve: Pve, inputs: ClusterInputs, first: MemberInputs): Promise<void> {
  const params = {
    clustername: inputs.name,
    ...memberParams(first, inputs, numberFor(first, inputs, { members: [] })),
  };
  await pve.task(
    call,
    `making cluster ${inputs.name} on ${first.name}`,
    () => pve.api.cluster.config.$post(params),
    async () => (await standing(pve)).cluster?.name === inputs.name,
  );
  await pve.until(
    `cluster ${inputs.name} to run`,
    async () => {
      const { cluster } = await standing(pve);
      return cluster?.name === inputs.name && cluster.quorate ? { done: true } : { pending: "it does not run yet" };
    },
    Math.min(CREATION_MS, call.remainingMs()),
  );
}

/** The creation of an earlier run may still be under way: it ends by itself. */
export async function awaitCreation(call: Call, pve: Pve): Promise<void> {
  const { local } = await standing(pve);
  const upid = await running(pve, local, "clustercreate");
  if (upid !== undefined) await pve.wait(call, upid, "making the cluster, as an earlier run has begun it");
}

function memberParams(
  { links = {}, votes }: MemberInputs,
  { linkPriorities = {} }: Pick<ClusterInputs, "linkPriorities">,
  nodeId: number | undefined,
): Params {
  return {
    ...(nodeId === undefined ? {} : { nodeid: nodeId }),
    ...(votes === undefined ? {} : { votes }),
    ...Object.fromEntries(
      Object.entries(links).map(([number, address]) => {
        const priority = linkPriorities[number];
        return [`link${number}`, priority === undefined ? address : `${address},priority=${priority}`];
      }),
    ),
  };
}

/** How far a node has come on its way into the cluster. */
type Progress =
  | { readonly is: "apart" }
  /** The cluster has it, and it has no part of the cluster: its join was broken off. */
  | { readonly is: "half" }
  | { readonly is: "joining"; readonly upid?: string }
  | { readonly is: "member" };

const memberIn = ({ members }: ClusterView, name: string): Member | undefined =>
  members.find((member) => member.name === name);

async function progressOf({ session, call, pve, inputs }: Forming, view: ClusterView, name: string): Promise<Progress> {
  const listed = memberIn(view, name);
  if (listed?.fingerprint !== undefined) return { is: "member" };
  try {
    const own = await session.ownNode(call, name);
    const { local, cluster } = await standing(own);
    if (local !== name)
      throw new Error(`the node that answers at the endpoint of ${name} is ${local}; nothing was done`);
    // A cluster of the same name may be another one: ours lists whom it has, as it is now.
    const isOurs = cluster?.name === inputs.name && (listed ?? memberIn(await clusterView(pve), name)) !== undefined;
    if (isOurs) return { is: "joining" };
    if (cluster)
      throw new Error(
        `${name} is a member of a cluster ${cluster.name} that is not the one at proxmox:endpoints; nothing was done`,
      );
    const upid = await running(own, name, "clusterjoin");
    if (upid !== undefined) return { is: "joining", upid };
    return { is: listed ? "half" : "apart" };
  } catch (error) {
    // While it changes sides nobody is let in there.
    if (listed && isCrossing(error)) return { is: "joining" };
    throw error;
  }
}

/** Brings one node into the cluster, from wherever an earlier run has left it. */
export async function joinNode(forming: Forming, node: MemberInputs): Promise<void> {
  const { pve, call } = forming;
  const { name } = node;
  let progress = await progressOf(forming, await clusterView(pve), name);
  if (progress.is === "half") {
    await takeBack(forming, name);
    progress = { is: "apart" };
  }
  if (progress.is === "apart") progress = { is: "joining", upid: await sendJoin(forming, node) };
  if (progress.is === "joining") await crossed(forming, name, progress.upid);
  await served(forming, name);
  departedNodes(forming.session).delete(name);
  call.report.progress(`${name} is a member of ${forming.inputs.name}`);
}

/** Takes what never was a member out of corosync's file, so that it can join from the beginning. */
async function takeBack({ session, pve, call, inputs }: Forming, name: string): Promise<void> {
  call.report.progress(`taking back the join of ${name} that was broken off`);
  await call.safePoint();
  // All of it directly before: a join by somebody else may have begun since, and a member is never removed.
  const own = await session.ownNode(call, name);
  const [alone, task] = [await clusterView(own), await running(own, name, "clusterjoin")];
  const view = await clusterView(pve);
  const listed = memberIn(view, name);
  if (!listed) return;
  const isAlone = alone.local === name && alone.name === undefined && alone.members.length === 0;
  if (listed.fingerprint !== undefined || listed.online || !isAlone || task !== undefined)
    throw new Error(
      `${name} is on its way into ${inputs.name}, or has a corosync.conf already: its entry is not taken back, and nothing was changed. Run this again when it is there, or look at corosync on ${name}`,
    );
  // Removing a number ends the corosync that has it, whoever that is.
  const twin = view.members.find((one) => one.name !== name && one.nodeId === listed.nodeId);
  if (twin)
    throw new Error(
      `${name} has the node id ${listed.nodeId} in ${inputs.name}, which is that of ${twin.name}: removing it would end corosync on ${twin.name}. Take its entry out of /etc/pve/corosync.conf by hand, with a higher config_version`,
    );
  await pve.api.cluster.config.nodes.$(name).$delete();
}

async function sendJoin(forming: Forming, node: MemberInputs): Promise<string> {
  const { session, pve, call, inputs } = forming;
  const { name } = node;
  const own = await session.ownNode(call, name);
  const password = await session.rootPassword();
  call.report.progress(`joining ${name}`);
  await call.safePoint();
  // Directly before: members go away while others join, and numbers and addresses are taken.
  const view = await clusterView(pve);
  const problems = [...takenProblems(node, view), ...healthProblems(view), ...(await deviceProblems(forming, view))];
  if (problems.length > 0)
    throw new Error([`${name} was not joined to ${inputs.name}:`, ...problems.map(showProblem)].join("\n"));
  const peer = memberIn(view, view.local);
  if (peer?.address === undefined || peer.fingerprint === undefined)
    throw new Error(`cluster ${inputs.name} does not tell where ${view.local} is, or which certificate it has`);
  return own.api.cluster.config.join.$post({
    hostname: peer.address,
    fingerprint: peer.fingerprint,
    password,
    ...memberParams(node, {}, numberFor(node, inputs, view)),
  });
}

/** A QDevice may have come since the first look. The API tells of one whose daemon runs, corosync's file of any. */
async function deviceProblems({ pve, call, inputs }: Forming, view: ClusterView): Promise<Problem[]> {
  const { ssh } = pve.process;
  const says = ssh && (await ifReached(() => new LeavingNode(ssh, call, view.local).says()));
  const isOwn = says?.hostname === view.local && says.cluster?.name === inputs.name;
  if (!view.qdevice && !(isOwn && says.cluster?.qdevice)) return [];
  return [
    { path: "nodes", message: `the cluster has a QDevice, which must be away while nodes join: ${withoutQdevice}` },
  ];
}

/** Waits until the cluster sees the node; the join's own task tells only how it failed. */
async function crossed({ session, pve, call, inputs }: Forming, name: string, upid?: string): Promise<void> {
  let task = upid;
  await pve.until(
    `${name} to be a member of ${inputs.name}`,
    async () => {
      // First the task, then the cluster: what had ended when it was asked is seen there.
      const ended = task === undefined ? undefined : await endOf(session, call, name, task);
      if (ended === "crossing") task = undefined;
      const view = await clusterView(pve);
      const member = memberIn(view, name);
      if (member?.online && member.fingerprint !== undefined && view.quorate) return { done: true };
      if (ended !== undefined && ended !== "crossing") throw new Error(`joining ${name} failed: ${ended}`);
      return { pending: member ? "the cluster knows it, and it is not online" : "the cluster does not know it yet" };
    },
    call.remainingMs(),
    "join of a node",
  );
}

/** How the task failed, with the last lines of its log; `crossing` when the node cannot be asked any more. */
async function endOf(session: Session, call: Call, name: string, upid: string): Promise<string | undefined> {
  try {
    const own = await session.ownNode(call, name);
    const task = own.api.nodes.$(name).tasks.$(upid);
    const status = await task.status.$get();
    const exit = wire.string(status["exitstatus"]);
    if (wire.string(status["status"]) !== "stopped" || exit === undefined || /^(?:OK|WARNINGS: \d+)$/.test(exit))
      return undefined;
    const lines = (await task.log.$get({ limit: 50 })).map((row) => wire.string(row["t"]) ?? "");
    return [exit, ...lines.filter((line) => /^[*!] /.test(line))].join("; ");
  } catch (error) {
    if (isCrossing(error)) return "crossing";
    throw error;
  }
}

/** Waits until the node serves the certificate that the cluster tells of, and says itself that all is well. */
async function served(forming: Forming, name: string): Promise<void> {
  const { session, pve, call, inputs } = forming;
  const since = pve.process.connection.clock.now();
  let restarted = false;
  await pve.until(
    `${name} to be reached with its new certificate`,
    async () => {
      const member = memberIn(await clusterView(pve), name);
      if (member?.fingerprint === undefined) return { pending: "the cluster does not tell its certificate" };
      try {
        const { cluster } = await standing(await session.ownNode(call, name, member.fingerprint));
        if (cluster?.name === inputs.name && cluster.quorate) return { done: true };
        return { pending: cluster ? "it has no quorum" : "it does not know its cluster" };
      } catch (error) {
        if (!isCrossing(error)) throw error;
        const late = pve.process.connection.clock.now() - since > OLD_CERTIFICATE_MS;
        if (late && !restarted && isProxmoxError(error, "untrusted")) {
          restarted = true;
          call.report.warn(`${name} went on with its old certificate; pveproxy is restarted there`);
          const own = await session.ownNode(call, name);
          await own.api.nodes.$(name).services.$("pveproxy").restart.$post();
        }
        return { pending: (error as Error).message };
      }
    },
    call.remainingMs(),
    "certificate of a node that joined",
  );
}

/** Success is what every node says by itself: this cluster, with quorum, and all nodes of the program online. */
export async function verify({ session, call, pve, inputs }: Forming): Promise<ClusterView> {
  const view = await clusterView(pve);
  const { configured } = session.ownNodes();
  await Promise.all(
    inputs.nodes.map(async ({ name }) => {
      const pin = memberIn(view, name)?.fingerprint;
      const byItself = name !== view.local && configured.includes(name) && pin !== undefined;
      if (!byItself && name !== view.local) {
        // Its answer comes through the cluster: it is there, and its certificate is the cluster's.
        await pve.api.nodes.$(name).version.$get();
        return;
      }
      const { cluster, online } = await standing(byItself ? await session.ownNode(call, name, pin) : pve);
      const away = inputs.nodes.map((node) => node.name).filter((one) => online.get(one) !== true);
      if (cluster?.name === inputs.name && cluster.quorate && away.length === 0) return;
      throw new Error(
        `${name} says that ${cluster === undefined ? "it is in no cluster" : !cluster.quorate ? `${cluster.name} has no quorum` : cluster.name === inputs.name ? `${away.join(", ")} is not online` : `it is in ${cluster.name}`}; bring the nodes together, then run this again`,
      );
    }),
  );
  return view;
}

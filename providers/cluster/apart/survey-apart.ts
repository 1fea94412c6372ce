import { X509Certificate } from "node:crypto";
import { isProxmoxError, type Ssh } from "../../../pve";
import { needsSsh } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Session } from "../../kernel/session/session";
import { clusterView, type ClusterView } from "../cluster-view";
import { LeavingNode, type MachineSays } from "../leave/over-ssh-leaving";
import { isSame } from "../leave/replacement";
import { MarkOnNode, type ClusterMark, type NodeIdentity } from "./cluster-mark";
import { apartReason, SeparateNode } from "./separate-node";

/** The cluster that a resource takes apart, as its state knows it. */
export interface ApartParts {
  readonly session: Session;
  readonly call: Call;
  readonly cluster: string;
  /** Names of the nodes, the one that it was made on first. */
  readonly nodes: readonly string[];
  /** Its authority's certificate, as PEM. */
  readonly ca: string;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Of the mark that this very resource has written; undefined where the state knows none. */
  readonly note: string | undefined;
}

/**
 * How far a node has come: a member; `back`, a member by its files, without the key, as a loss of power may leave one that was
 * separated; `half`, in no cluster by its files, with corosync's own left; `apart`, a Proxmox by itself that still carries the
 * mark; `done`, the same without it.
 */
type Stage = "member" | "back" | "half" | "apart" | "done";

export interface NodeSeen {
  readonly name: string;
  readonly own: Pve;
  readonly ssh: Ssh;
  readonly stage: Stage;
  readonly mark: ClusterMark | undefined;
  /** What it says of the cluster by its own API. */
  readonly view: ClusterView;
}

interface Survey {
  readonly seen: readonly NodeSeen[];
  readonly problems: readonly string[];
}

/** A node at its own endpoint, by the certificate that the state knows: whoever else is in a cluster with it. */
async function ownNode({ session, call, fingerprints }: ApartParts, name: string): Promise<Pve> {
  return session.ownNode(call, name, fingerprints[name]);
}

/** What is missing to find the nodes again when they are no cluster any more; nothing is asked. */
export function reachMissing({ session, nodes }: Pick<ApartParts, "session" | "nodes">): string[] {
  const { configured } = session.ownNodes();
  const unknown = nodes.filter((name) => !configured.includes(name));
  return unknown.length === 0
    ? []
    : [
        `nothing says how ${unknown.join(", ")} ${unknown.length === 1 ? "is" : "are"} reached when there is no cluster any more: add ${unknown.length === 1 ? "it" : "them"} to proxmox:nodes, with endpoint, root's password and host key`,
      ];
}

/** Looks at every node by itself, at all of them at the same time. `mends`: one that was cut off in its midst is started. */
export async function surveyApart(parts: ApartParts, mends: boolean): Promise<Survey> {
  const { cluster, nodes, ca, fingerprints } = parts;
  const unknown = nodes.filter((name) => fingerprints[name] === undefined);
  if (ca === "" || nodes.length === 0 || unknown.length > 0) {
    const what = ca === "" ? "authority" : `certificate of ${unknown.join(", ")}`;
    return {
      seen: [],
      problems: [
        `the state does not know the ${what} of ${cluster}, so that nothing tells it from another one: run pulumi refresh, then this again`,
      ],
    };
  }
  const missing = reachMissing(parts);
  if (missing.length > 0) return { seen: [], problems: missing };
  const problems: string[] = [];
  const seen: NodeSeen[] = [];
  await Promise.all(
    nodes.map(async (name) => {
      try {
        const found = await lookAtNode(parts, name, mends);
        if (typeof found === "string") problems.push(`${name}: ${found}`);
        else seen.push(found);
      } catch (error) {
        if (isProxmoxError(error, "aborted") || parts.call.signal.aborted) throw error;
        problems.push(`${name} cannot be looked at: ${(error as Error).message}`);
      }
    }),
  );
  seen.sort((one, other) => nodes.indexOf(one.name) - nodes.indexOf(other.name));
  return { seen, problems: problems.sort() };
}

/** One node once more, directly before something of its copy goes: as far as it was, or an error. */
export async function lookAgain(parts: ApartParts, { name, stage }: NodeSeen): Promise<void> {
  const found = await lookAtNode(parts, name, false);
  const problem = typeof found === "string" ? found : found.stage === stage ? undefined : "it is in a cluster again";
  if (problem !== undefined) throw new Error(`nothing was removed from the files of ${name}: ${problem}`);
}

/** The node, or why it is not the one that it should be. */
async function lookAtNode(parts: ApartParts, name: string, mends: boolean): Promise<NodeSeen | string> {
  const { call } = parts;
  const own = await ownNode(parts, name);
  const { ssh } = own.process;
  if (!ssh) return `taking a cluster apart ${needsSsh(apartReason)}`;
  const machine = new SeparateNode(ssh, call, name);
  const says = await new LeavingNode(ssh, call, name).says();
  if (says.hostname.split(".")[0] !== name)
    return `the machine that answers by SSH is ${says.hostname}: set its address in proxmox:nodes`;
  const away = await filesProblem(machine, parts.cluster, own, mends);
  if (away !== undefined) return away;
  const identity = await new MarkOnNode(ssh, call, name).identity();
  const stage = stageOf(parts, says, identity);
  if (!("stage" in stage)) return stage.problem;
  const view = await clusterView(own);
  if (view.local !== name) return `the node that answers at its endpoint in proxmox:nodes is ${view.local}`;
  const isMember = stage.stage === "member";
  const gone = !isMember && stage.stage !== "back";
  if (gone && (view.name !== undefined || view.members.length > 0))
    return `its files are in no cluster, and its API says ${view.name ?? "that it has members"}`;
  const member = view.members.find((one) => one.name === name);
  if (isMember && (view.name !== parts.cluster || member?.nodeId !== says.cluster?.nodeId))
    return `its API says that it is node ${member?.nodeId ?? "none"} of ${view.name ?? "no cluster"}, and its corosync.conf node ${says.cluster?.nodeId ?? "none"} of ${says.cluster?.name ?? "none"}`;
  if (isMember && !isSame(member?.fingerprint, parts.fingerprints[name]))
    return `its certificate is ${member?.fingerprint ?? "none"}, and the state knows it by ${parts.fingerprints[name] ?? "none"}: somebody has made it anew; run pulumi refresh, then look at it again`;
  const { mark } = identity;
  return { name, own, ssh, view, stage: stage.stage, mark: mark === "broken" ? undefined : mark };
}

/** A node whose cluster file system is away tells nothing: one that was cut off in its midst is started again. */
async function filesProblem(
  machine: SeparateNode,
  cluster: string,
  own: Pve,
  mends: boolean,
): Promise<string | undefined> {
  if (!mends) return (await machine.hasFiles()) ? undefined : "its pve-cluster does not run";
  await own.until(
    "the separation of an earlier run to end",
    async () => ((await machine.isUnderWay()) ? { pending: "it is under way" } : { done: true }),
    180_000,
  );
  if (await machine.hasFiles()) return undefined;
  if (!(await machine.wasBegun(cluster)))
    return "its pve-cluster does not run, which this program has not stopped: start it";
  await machine.start();
  return (await machine.hasFiles()) ? undefined : "its pve-cluster does not start: look at journalctl -u pve-cluster";
}

/** By its own files alone: that a node is in no cluster proves nothing, its copy of the mark does. */
function stageOf(
  { cluster, ca, call }: ApartParts,
  says: MachineSays,
  { mark, authority, key, isMember }: NodeIdentity,
): { stage: Stage } | { problem: string } {
  const wrong = (problem: string) => ({ problem });
  const expected = new X509Certificate(ca).fingerprint256;
  if (authority !== expected)
    return wrong(`its authority is ${authority ?? "none"}, and that of ${cluster} is ${expected}: it is another one`);
  if (mark === "broken") return wrong("the mark in its files cannot be read");
  const isLeft = says.cluster !== undefined || key !== undefined;
  if (mark === undefined && !isMember && !isLeft) return { stage: "done" };
  if (mark === undefined)
    return wrong(
      `${cluster} has no mark that it is this resource's: run pulumi refresh and pulumi up, which write it again, or take destroyOnDelete out of the program`,
    );
  if (mark.owner !== call.mark || mark.cluster !== cluster || mark.authority !== expected)
    return wrong(`the mark in its files is that of ${mark.resource} for ${mark.cluster}: that one takes it apart`);
  if (key !== undefined && key !== mark.key) return wrong("its key of corosync is another one than the mark has");
  if (isMember) {
    const isOwnConf = says.cluster === undefined || says.cluster.name === cluster;
    if (key === undefined && mark.phase === "apart" && isOwnConf) return { stage: "back" };
    if (says.cluster?.name !== cluster || says.cluster.nodeId === undefined || key === undefined)
      return wrong(
        `its own corosync.conf is of ${says.cluster?.name ?? "no cluster"}, and its files are those of ${cluster}`,
      );
    return { stage: "member" };
  }
  if (mark.phase !== "apart")
    return wrong(
      `it is in no cluster, and this resource has not begun to take ${cluster} apart: look at what was done to it`,
    );
  return { stage: isLeft ? "half" : "apart" };
}

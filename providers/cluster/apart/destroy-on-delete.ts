import { randomBytes, X509Certificate } from "node:crypto";
import { isOwnerKnown, ownerMark } from "../../kernel/identity/mark";
import { needsSsh, sshOf } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { unlessNoLogin } from "../../kernel/session/lacking";
import type { Session } from "../../kernel/session/session";
import type { Problem } from "../../kernel/state/problems";
import { calledIn } from "../../kernel/state/urn";
import type { ClusterInputs } from "../cluster.model";
import { clusterView, type ClusterView } from "../cluster-view";
import { LeavingNode } from "../leave/over-ssh-leaving";
import { markFile, MarkOnNode, type ClusterMark } from "./cluster-mark";
import { apartReason } from "./separate-node";
import { reachMissing, surveyApart, type ApartParts } from "./survey-apart";
import { takeApart } from "./take-apart";

interface Known {
  readonly name: string;
  readonly ca: string;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Of the mark that the resource has written. */
  readonly __note: string | undefined;
}

/** A new resource never has the one of another, which may be the one that it replaces. */
export const newNote = ({ destroyOnDelete }: Inputs): string | undefined =>
  destroyOnDelete === undefined ? undefined : randomBytes(8).toString("hex");

type Inputs = Partial<Pick<ClusterInputs, "name" | "nodes" | "destroyOnDelete">>;

interface Described {
  readonly cluster: string | undefined;
  /** The owner's mark by which the state knows it; undefined for a new one. */
  readonly earlier: string | undefined;
}

/** Resources that the program of this run describes, by their URNs: a cluster of theirs is not taken apart. */
const makeDescribed = () => new Map<string, Described>();
const described = (session: Session): Map<string, Described> =>
  session.memory("cluster: described by the program", makeDescribed);

/** The program has it; `was`: its mark may be that of an earlier name. */
export function noteDescribed(session: Session, call: Call, { name }: Inputs, was: object | undefined): void {
  const { __stack: stack, __urn: urn } = (was ?? {}) as Record<string, unknown>;
  const earlier = typeof stack === "string" && typeof urn === "string" ? ownerMark(stack, urn) : undefined;
  described(session).set(call.urn, { cluster: name, earlier });
}

const partsOf = (session: Session, call: Call, at: Known, { nodes = [] }: Inputs): ApartParts => ({
  session,
  call,
  cluster: at.name,
  nodes: nodes.map(({ name }) => name),
  ca: at.ca,
  fingerprints: at.fingerprints,
  note: at.__note,
});

/** What a deletion does; the cluster goes on running unless its name was repeated. */
export async function removeCluster(session: Session, call: Call, at: Known, settings: Inputs): Promise<void> {
  const { destroyOnDelete } = settings;
  if (destroyOnDelete === undefined)
    return call.report.result(`cluster ${at.name} is left as it is; it is no longer managed`);
  if (destroyOnDelete !== at.name)
    throw new Error(
      `destroyOnDelete is ${destroyOnDelete}, and the cluster is ${at.name}: nothing was taken apart. Write its name with an up`,
    );
  // A replacement, or a resource of another name that has taken the cluster over in this very run.
  const heir = [...described(session)].find(([urn, { cluster }]) => urn === call.urn || cluster === at.name)?.[0];
  if (heir !== undefined)
    return call.report.result(`cluster ${at.name} goes on running: ${calledIn(heir)} of the program describes it`);
  if (at.ca === "" && (await wasNeverMade(session, call, at)))
    return call.report.result(`cluster ${at.name} is left as it is: it was not finished, and carries no mark`);
  call.report.result(await takeApart(partsOf(session, call, at, settings)));
}

/** A creation that failed before anything was known of the cluster has written no mark either. */
async function wasNeverMade(session: Session, call: Call, at: Known): Promise<boolean> {
  const view = await clusterView(await session.pve(call));
  if (isElsewhere(view, at.name)) return false;
  const node = await markAt(session, call, view.local);
  return node !== "no SSH" && node.found === undefined;
}

interface Planned {
  readonly problems: readonly Problem[];
  readonly plan: readonly string[];
}

/** What an up that sets it, or takes it back, will do, and what speaks against it. */
export async function planDestroyOnDelete(
  { session, call }: { session: Session; call: Call },
  view: ClusterView,
  inputs: ClusterInputs,
  was: Inputs | undefined,
): Promise<Planned> {
  const { name, destroyOnDelete } = inputs;
  const path = "destroyOnDelete";
  if (destroyOnDelete === undefined && was?.destroyOnDelete === undefined) return { problems: [], plan: [] };
  const names = inputs.nodes.map((node) => node.name);
  const missing = destroyOnDelete === undefined ? [] : reachMissing({ session, nodes: names });
  const problems: Problem[] = missing.map((message) => ({ path, message }));
  // Who only reviews may have no way to log in: then the rest of the preview is what counts.
  const look = () => markAt(session, call, view.local);
  const node = isElsewhere(view, name) ? undefined : await unlessNoLogin(session, call, look, undefined);
  if (node === "no SSH") problems.push({ path, message: `taking a cluster apart ${needsSsh(apartReason)}` });
  else if (node) {
    const foreign = foreignMark(session, call, node.found);
    if (foreign === undefined && isHalf(node.found, view))
      problems.push({ path, message: howToFinish(session, call, name, view) });
    if (foreign !== undefined && destroyOnDelete !== undefined) problems.push({ path, message: foreign });
  }
  if (destroyOnDelete === undefined) return { problems, plan: [`a deletion leaves ${name} running from now on`] };
  const isNew = was?.destroyOnDelete !== destroyOnDelete;
  const each = names.join(", ");
  const plan = `a deletion of this resource, by pulumi destroy or by an up whose program has it no longer, takes ${name} apart from now on: ${each} then become a Proxmox of their own each, unless guests, HA services, replication jobs, Ceph or a QDevice are there, a member is away, or one that the program does not name (${markFile} says so in ${name}'s files). Storages that are shared stay defined on each of them`;
  return { problems, plan: isNew ? [plan] : [] };
}

/** What an up says of a cluster in the midst; a new resource is none that a deletion could go on with. */
const howToFinish = (session: Session, call: Call, name: string, { local }: ClusterView): string =>
  isKnownToState(session, call)
    ? `${name} is half taken apart: a deletion was begun and not finished. Run pulumi destroy, which finishes it; an up makes it again then`
    : `${name} is half taken apart, or was by a deletion whose last step ${local} has lost, and the state does not have the resource that did it. Look at each of its nodes. Take those that are in ${name} still out by hand, as Proxmox's documentation has it ("Separate a Node Without Reinstalling"), and where a node is by itself remove ${markFile}: an up makes ${name} again then`;

const isKnownToState = (session: Session, call: Call): boolean =>
  described(session).get(call.urn)?.earlier !== undefined;

const isHalf = (mark: ClusterMark | "broken" | undefined, { members }: ClusterView): boolean =>
  mark !== undefined &&
  mark !== "broken" &&
  mark.phase === "apart" &&
  (members.length === 0 || members.some(({ online }) => !online));

/** Another cluster is refused by what looks at names. A node that is alone may be one that was separated. */
const isElsewhere = (view: ClusterView, name: string | undefined): boolean =>
  view.name !== undefined && view.name !== name;

/** Why the mark is not this resource's; nothing where there is none, or where a preview cannot know it. */
function foreignMark(session: Session, call: Call, mark: ClusterMark | "broken" | undefined): string | undefined {
  if (mark === undefined) return undefined;
  if (mark === "broken")
    return `${markFile} is no mark that can be read; look at what it is, and remove it if nothing needs it`;
  if (isOwnMark(session, call, mark.owner)) return undefined;
  if (!isKnownToState(session, call) && !isOwnerKnown(call) && mark.resource === calledIn(call.urn)) return undefined;
  return `${mark.cluster} is taken apart by another resource when that is deleted (${mark.resource}; ${markFile}): take destroyOnDelete out there first. If that resource is no more, remove the file`;
}

const isOwnMark = (session: Session, call: Call, owner: string): boolean =>
  owner === call.mark || owner === described(session).get(call.urn)?.earlier;

async function markAt(session: Session, call: Call, local: string) {
  const { ssh } = (await session.node(call, local)).process;
  if (!ssh) return "no SSH" as const;
  const mark = new MarkOnNode(ssh, call, local);
  return { ssh, mark, found: await mark.mark() };
}

/** Before anything is done to a cluster that is there: it may be another resource's to take apart. */
export async function assertMarkFree(
  session: Session,
  call: Call,
  view: ClusterView,
  inputs: Inputs,
  was: Inputs = {},
): Promise<void> {
  const isAsked = inputs.destroyOnDelete !== undefined || was.destroyOnDelete !== undefined;
  if (!isAsked || isElsewhere(view, inputs.name)) return;
  const node = await markAt(session, call, view.local);
  if (node === "no SSH") throw new Error(`taking a cluster apart ${needsSsh(apartReason)}`);
  const foreign = foreignMark(session, call, node.found);
  if (foreign !== undefined && inputs.destroyOnDelete !== undefined) throw new Error(foreign);
  if (foreign === undefined && isHalf(node.found, view))
    throw new Error(howToFinish(session, call, inputs.name ?? "", view));
}

/** Writes the mark, or takes it away; a mark of another resource stays in any case. Returns the note of the one that is there. */
export async function keepMark(
  session: Session,
  call: Call,
  { pve, view, ca }: { pve: Pve; view: ClusterView; ca: string },
  inputs: ClusterInputs,
  was: Inputs & { readonly note: string | undefined; readonly creating: boolean },
): Promise<string | undefined> {
  const { name, destroyOnDelete } = inputs;
  if (destroyOnDelete === undefined && was.destroyOnDelete === undefined && !was.creating) return undefined;
  const { local } = view;
  if (destroyOnDelete === undefined && was.creating) {
    const node = await markAt(session, call, local);
    const left = node === "no SSH" ? undefined : node.found;
    if (left === undefined || left === "broken" || !isOwnMark(session, call, left.owner)) return undefined;
  }
  const ssh = sshOf(await session.node(call, local), "taking a cluster apart", apartReason);
  const says = await new LeavingNode(ssh, call, local).says();
  if (view.name !== name || says.hostname.split(".")[0] !== local || says.cluster?.name !== name)
    throw new Error(
      `the machine that answers by SSH as ${local} is ${says.hostname}, in ${says.cluster?.name ?? "no cluster"}: its mark was not written. Set its address in proxmox:nodes or proxmox:sshAddresses`,
    );
  const node = new MarkOnNode(ssh, call, local);
  const { mark, authority, key } = await node.identity();
  const isOwn = mark !== undefined && mark !== "broken" && isOwnMark(session, call, mark.owner);
  await pve.assertQuorum(call);
  if (isOwn && isHalf(mark, view)) throw new Error(howToFinish(session, call, name, view));
  if (destroyOnDelete === undefined) {
    if (!isOwn) return undefined;
    // What this one has replaced may be deleted by another process yet: another note lets it leave the cluster alone.
    if (was.creating) await node.write({ ...mark, note: randomBytes(8).toString("hex"), phase: "whole" });
    else await node.remove();
    return undefined;
  }
  const foreign = foreignMark(session, call, mark);
  if (foreign !== undefined) throw new Error(foreign);
  if (authority === undefined || key === undefined || authority !== new X509Certificate(ca).fingerprint256)
    throw new Error(
      `${local} tells another authority in its files than by its API, or has no key of corosync: no mark was written`,
    );
  const note = was.note ?? (isOwn && !was.creating ? mark.note : randomBytes(8).toString("hex"));
  const wanted: ClusterMark = {
    ...{ owner: call.mark, resource: calledIn(call.urn), cluster: name },
    ...{ authority, key, note, phase: "whole" },
  };
  if (JSON.stringify(mark) === JSON.stringify(wanted)) return note;
  await call.safePoint();
  await node.write(wanted);
  return note;
}

/** What a refresh finds of a cluster that a deletion takes apart. */
type Taken = "whole" | "unmarked" | "half" | "gone";

/**
 * A node at proxmox:endpoints that is in no cluster may be one that a deletion has separated; then all others are asked.
 * `view`: what that node says.
 */
export async function howTaken(
  session: Session,
  call: Call,
  view: ClusterView,
  at: Known,
  wanted: Inputs,
): Promise<Taken> {
  if (wanted.destroyOnDelete !== at.name || at.ca === "" || isElsewhere(view, at.name)) return "whole";
  if (view.name === at.name) {
    const node = await markAt(session, call, view.local);
    if (node === "no SSH") return "whole";
    const { found } = node;
    if (found === undefined || found === "broken" || !isOwnMark(session, call, found.owner)) return "unmarked";
    return isHalf(found, view) ? "half" : "whole";
  }
  const { seen, problems } = await surveyApart(partsOf(session, call, at, wanted), false);
  const known = seen.filter(({ mark, stage }) => stage === "done" || mark?.phase === "apart");
  if (seen.length > 0 && problems.length === 0 && seen.every(({ stage }) => stage === "done")) return "gone";
  // One that carries the mark is enough: a deletion has begun, and looks at all of them.
  if (known.some(({ mark }) => mark?.phase === "apart")) return "half";
  if (problems.length > 0) throw new Error([`${at.name} cannot be looked at:`, ...problems].join("\n"));
  return "whole";
}

/** How a refresh tells of it. */
export const halfTaken = (name: string): string =>
  `${name} is half taken apart by a deletion that was not finished: run pulumi destroy, which goes on with it`;

import { otherOwner } from "../checks/declared-twice";
import { isMade, onNode } from "../checks/made-here";
import { isProxmoxError, wire } from "../../pve";
import { oneSpelling } from "../../pve/format/cidr";
import type { Call } from "../kernel/call/call";
import { retryLost } from "../kernel/call/retry-lost";
import { define } from "../kernel/define";
import type { Live } from "../kernel/resource-kind";
import type { Pve } from "../kernel/session/pve-session";
import { comingNodes } from "../kernel/session/coming-nodes";
import type { Session } from "../kernel/session/session";
import type { Change } from "../kernel/state/changes";
import { showProblem, type Problem } from "../kernel/state/problems";
import { clusterModel, type ClusterInputs, type MemberInputs } from "./cluster.model";
import * as ending from "./apart/destroy-on-delete";
import { clusterView, viewOf, type ClusterView } from "./cluster-view";
import { awaitCreation, joinNode, makeCluster, verify } from "./formation";
import { leavers, planLeaving, takeOut, viewWithout } from "./leave/removal";
import { isSame, planReplacing, replaced, replacementProblems, takeDeadOut } from "./leave/replacement";
import { assertLinksWhole, changeLinks, linkProblems } from "./links/link-change";
import { linksDiffer, planLinks, viewAfter } from "./links/link-plan";
import { lookAround } from "./look-around";
import { awaitedIn, formationProblems, joiners, lostStorages, type Seen } from "./preconditions";
import { twoNodeProblems } from "./qdevice/two-nodes";
import { reachProblems } from "./reach";

interface ClusterOutputs {
  readonly name: string;
  readonly ca: string;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Of the mark that lets a deletion take it apart; see apart/cluster-mark.ts. */
  readonly __note: string | undefined;
}

const kept = { ca: "", fingerprints: {} };

/** A join that is under way has the quorum back within seconds; one that takes longer than this needs a look. */
const UNDER_WAY_MS = 180_000;

export const clusterProvider = (session: Session) => {
  /** Resources whose preconditions this process has looked up for the change that is under way. */
  const checked = new Set<string>();

  /** Looks everything up again, and fails with all that speaks against it before anything is changed. */
  async function assertReady(
    call: Call,
    pve: Pve,
    inputs: ClusterInputs,
    was?: Partial<ClusterInputs>,
  ): Promise<ClusterView> {
    const as = (view: ClusterView): ClusterView => {
      const staying = viewWithout(view, [...leavers(inputs, was), ...replaced(inputs, view)]);
      return viewAfter(staying, planLinks(inputs, was, staying).steps);
    };
    const again = async () => as(await clusterView(pve));
    const look = async () => {
      const view = await clusterView(pve);
      const around = await lookAround({ session, call, pve, inputs, view: as(view), again });
      return { ...around, replacing: replacementProblems(inputs, view, was) };
    };
    let seen = await look();
    if (awaitedIn(seen).length > 0) seen = await joinsEnded(call, pve, look);
    const problems = [...seen.problems, ...seen.replacing, ...formationProblems(seen)];
    if (problems.length === 0) problems.push(...(await reachProblems(call, seen, seen.pveOf)).problems);
    if (problems.length > 0) throw new Error(["nothing was changed:", ...problems.map(showProblem)].join("\n"));
    return seen.view;
  }

  return define<ClusterInputs, ClusterOutputs>(
    {
      kind: "Cluster",
      model: clusterModel,
      outputs: ["name", "ca", "fingerprints", "__note"],
      authority: ({ ca }) => ca,
      timeouts: { create: "30m", update: "30m", delete: "30m", read: "2m" },
      async inspect(call, inputs, was) {
        const problems = describedTwice(session, call, inputs.name);
        problems.push(...twoNodeProblems(call, inputs));
        const { name, nodes } = inputs;
        ending.noteDescribed(session, call, inputs, was);
        if (name === undefined || nodes === undefined) return problems;
        const known = { ...inputs, name, nodes };
        for (const node of nodes) comingNodes(session).add(node.name);
        const pve = await session.look(call);
        if (!pve) return problems;
        const view = await seenIn(() => clusterView(pve));
        if ("problems" in view) return [...problems, ...view.problems];
        const coming = {
          address: (node: string, address: string) => isMade(session, "address", onNode(node, oneSpelling(address))),
          hostName: (node: string, host: string) => isMade(session, "host name", onNode(node, host)),
        };
        const gone = leavers(known, was);
        const staying = viewWithout(view, [...gone, ...replaced(known, view)]);
        const links = planLinks(known, was, staying);
        const without = viewAfter(staying, links.steps);
        const again = async () =>
          viewAfter(viewWithout(await clusterView(pve), [...gone, ...replaced(known, view)]), links.steps);
        const around = await lookAround({ session, call, pve, inputs: known, view: without, again });
        const seen = { ...around, coming };
        problems.push(
          ...seen.problems,
          ...replacementProblems(known, view, was),
          ...links.problems,
          ...formationProblems(seen),
        );
        if (work(known, without)) problems.push(...session.rootProblems("making a cluster and joining nodes"));
        else if (gone.length > 0) problems.push(...session.rootProblems("taking nodes out of a cluster"));
        else if (links.steps.length > 0) problems.push(...session.rootProblems("changing links of a cluster"));
        const isOurs = gone.length > 0 && view.name === name;
        const leaving: { problems: readonly Problem[]; plan?: readonly string[] } | undefined = isOurs
          ? await seenIn(() => planLeaving({ session, call, pve, cluster: name }, view, gone))
          : undefined;
        const isThere = view.name === name && problems.length === 0;
        const replacing: typeof leaving = isThere
          ? await seenIn(() => planReplacing({ session, call, pve, cluster: name }, known, viewWithout(view, gone)))
          : undefined;
        problems.push(...(leaving?.problems ?? []), ...(replacing?.problems ?? []));
        const ring = view.name === name && problems.length === 0 ? { session, call, pve, cluster: name } : undefined;
        const linked: typeof leaving = ring && {
          problems: await linkProblems(ring, staying, links.steps, coming.address),
          plan: links.steps.map(({ what }) => what),
        };
        const atTheEnd: typeof leaving = await seenIn(() =>
          ending.planDestroyOnDelete({ session, call }, view, known, was),
        );
        problems.push(...(linked?.problems ?? []), ...atTheEnd.problems);
        if (problems.length > 0) return problems;
        const { problems: unreached, summary } = await reachProblems(call, seen, seen.pveOf);
        const out = [leaving, replacing, linked, atTheEnd].flatMap((part) => part?.plan ?? []);
        call.report.result(
          [...out, ...plan(seen, was !== undefined), ...(summary === undefined ? [] : [summary])].join("; ") ||
            "as described",
        );
        return [...unreached];
      },
      async refine(call, changes, at, { was, wanted }) {
        const nodes = wanted.nodes ?? [];
        const gone = leavers({ nodes }, was);
        const pve = gone.length > 0 ? await session.look(call) : undefined;
        if (pve) assertSameMachines(at, await clusterView(pve), gone);
        return membershipChanges(changes, was.nodes ?? [], nodes, at.fingerprints);
      },
      async lookup(call, id) {
        const pve = await session.pve(call);
        const view = await viewOf(pve, id);
        return { id, outputs: (await live(pve, view, {}, undefined)).outputs };
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const view = await clusterView(pve);
        const taken = await ending.howTaken(session, call, view, at, wanted);
        if (taken === "gone") return undefined;
        if (taken === "half") {
          call.report.warn(ending.halfTaken(at.name));
          return { inputs: wanted, outputs: at };
        }
        if (taken === "unmarked") return live(pve, view, { ...wanted, destroyOnDelete: undefined }, at.__note);
        if (view.name !== undefined && view.name !== at.name)
          throw new Error(
            `proxmox:endpoints lead to cluster ${view.name}, not to ${at.name}; set them to the nodes of ${at.name}`,
          );
        // A file of corosync's without a cluster that runs is no cluster that is gone.
        if (view.members.length > 0) return live(pve, view, wanted, at.__note);
        const strays = wanted.nodes?.every(({ name }) => name !== view.local) ?? true;
        if (strays)
          throw new Error(`proxmox:endpoints lead to node ${view.local}, which is none of ${at.name}; are they right?`);
        // What was made is not gone because one node says so: the others may well be the cluster still.
        if (at.ca !== "")
          throw new Error(
            `node ${view.local} says that it is in no cluster, and ${at.name} was made of ${Object.keys(at.fingerprints).join(", ")}: it was installed anew or taken out, and the others may be ${at.name} still. Set proxmox:endpoints to one that is; if there is none any more, take the resource out of the state (pulumi state delete) and it is made anew`,
          );
        return undefined;
      },
      async ensure(call, inputs, made) {
        const pve = await session.root(call);
        await retryLost(call, async () => {
          await awaitCreation(call, pve);
          const view = await assertReady(call, pve, inputs);
          await ending.assertMarkFree(session, call, view, inputs);
          checked.add(call.urn);
          if (view.name === undefined) await makeCluster({ session, call, pve, inputs });
        });
        const at = { ...kept, name: inputs.name, __note: ending.newNote(inputs) };
        made(inputs.name, at);
        return { id: inputs.name, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.root(call);
        const gone = leavers(inputs, was);
        const first = await clusterView(pve);
        await ending.assertMarkFree(session, call, first, inputs, was);
        let missing = joiners(inputs, viewWithout(first, replaced(inputs, first)));
        if (missing.length > 0 && !checked.delete(call.urn))
          missing = joiners(inputs, await assertReady(call, pve, inputs, was));
        checked.delete(call.urn);
        const became: string[] = [];
        for (const name of gone)
          became.push(await takeOut({ session, call, pve, cluster: inputs.name }, name, at.fingerprints[name]));
        became.push(...(await takeDeadOut({ session, call, pve, cluster: inputs.name }, inputs, first)));
        const ring = { session, call, pve, cluster: inputs.name };
        const view = await clusterView(pve);
        const { steps, problems } = planLinks(inputs, was, view);
        if (problems.length > 0) throw new Error(["no link was changed:", ...problems.map(showProblem)].join("\n"));
        became.push(...(await changeLinks(ring, steps)));
        if (steps.length === 0 && linksDiffer(inputs, was)) await assertLinksWhole(ring);
        for (const node of missing) await joinNode({ session, call, pve, inputs }, node);
        await verify({ session, call, pve, inputs });
        const seen = await clusterView(pve);
        const here = { pve, view: seen, ca: await authority(pve, seen.local) };
        const __note = await ending.keepMark(session, call, here, inputs, { ...was, note: at.__note, creating });
        // What comes next in this run finds the members where they are now.
        await (await session.pve(call)).snapshot.refresh();
        const names = inputs.nodes.map(({ name }) => name).join(", ");
        call.report.result([`cluster ${inputs.name}: ${names}, with quorum`, ...became].join("; "));
        return { ...at, __note };
      },
      remove: (call, at, settings) => ending.removeCluster(session, call, at, settings),
    },
    session,
  );
};

/** A look that Proxmox refuses is told where it belongs. */
async function seenIn<T extends object>(
  look: () => Promise<T>,
): Promise<T | { readonly problems: readonly Problem[] }> {
  try {
    return await look();
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return { problems: [{ path: "", message: `the cluster cannot be looked at: ${error.message}` }] };
  }
}

/** Waits for joins that have taken the quorum: they end by themselves, and the advice to end them would break them. */
async function joinsEnded<S extends Seen>(call: Call, pve: Pve, look: () => Promise<S>): Promise<S> {
  call.report.progress("a join of an earlier run is under way");
  return pve.until(
    "a join of an earlier run to end",
    async () => {
      const seen = await look();
      const names = awaitedIn(seen).join(", ");
      return names === ""
        ? { done: seen }
        : { pending: `${seen.view.name ?? ""} lists ${names} and has no quorum until it is there; look at the node` };
    },
    Math.min(UNDER_WAY_MS, call.remainingMs()),
  );
}

const work = (inputs: ClusterInputs, view: ClusterView): boolean =>
  view.name === undefined || joiners(inputs, view).length > 0;

/** Two resources for one cluster would work on it at the same time. */
function describedTwice(session: Session, call: Call, name: string | undefined): Problem[] {
  const owner = otherOwner(session, call, "the cluster");
  if (owner === undefined || name === undefined) return [];
  return [
    {
      path: "name",
      message: `proxmox:endpoints lead to one cluster, which ${owner} describes already; give this one a Provider of its own`,
    },
  ];
}

/** What an up will do, for the row. */
function plan(seen: Seen, known: boolean): string[] {
  const { inputs, view } = seen;
  const joining = joiners(inputs, view).map(({ name }) => name);
  const strangers = view.members.map(({ name }) => name).filter((name) => inputs.nodes.every((n) => n.name !== name));
  const lost = joining.flatMap((name) => {
    const storages = lostStorages(seen, name);
    return storages.length === 0
      ? []
      : [`the definitions of ${storages.join(", ")} on ${name} go, and what is on them stays`];
  });
  return [
    ...(view.name === undefined ? [`makes cluster ${inputs.name} on ${view.local}`] : []),
    ...(view.name !== undefined && !known ? [`takes over cluster ${inputs.name} as it is`] : []),
    ...(joining.length > 0
      ? [`${joining.join(", ")} join${joining.length === 1 ? "s" : ""}, one after the other`]
      : []),
    ...lost,
    ...(awaitedIn(seen).length === 0
      ? []
      : [`${awaitedIn(seen).join(", ")} is on its way into it, which is waited for`]),
    ...(strangers.length > 0 ? [`${strangers.join(", ")} belong to it too, and are left alone`] : []),
  ];
}

/** A node that is taken off the list is known by its certificate, not by its name: the state knows that one. */
function assertSameMachines({ fingerprints }: ClusterOutputs, { members }: ClusterView, gone: readonly string[]): void {
  const others = members.filter(
    ({ name, fingerprint }) =>
      gone.includes(name) &&
      fingerprint !== undefined &&
      fingerprints[name] !== undefined &&
      !isSame(fingerprints[name], fingerprint),
  );
  if (others.length === 0) return;
  throw new Error(
    others
      .map(
        ({ name, fingerprint }) =>
          `${name} would not be taken out: its certificate is ${fingerprint ?? ""}, and the state knows it by ${fingerprints[name] ?? ""}. Somebody has made it anew; run pulumi refresh, then look at the preview again`,
      )
      .join("\n"),
  );
}

/** By the names of the nodes, not by their places in the list: who is new joins, and who is missing leaves. */
function membershipChanges(
  changes: readonly Change[],
  was: readonly MemberInputs[],
  wanted: readonly MemberInputs[],
  fingerprints: Readonly<Record<string, string>>,
): Change[] {
  const dead = wanted.flatMap((node, at) =>
    node.replaces !== undefined && isSame(fingerprints[node.name], node.replaces) ? [{ node, at }] : [],
  );
  const isIn = (list: readonly MemberInputs[], name: string) => list.some((node) => node.name === name);
  const joining = wanted.flatMap((node, at) => (isIn(was, node.name) ? [] : [{ node, at }]));
  const leaving = was.flatMap((node, at) => (isIn(wanted, node.name) ? [] : [{ node, at }]));
  const moved = leaving.length > 0;
  const marked = changes.map((change) =>
    /^nodes\[\d+\]\.(?:links|votes)|^linkPriorities/.test(change.path) ? { ...change, effect: "links" } : change,
  );
  const kept = marked.filter(({ path }) => {
    if (dead.some((one) => path === `nodes[${one.at}].replaces`)) return false;
    const at = /^nodes\[(\d+)\]/.exec(path)?.[1];
    if (at === undefined) return !moved || path !== "nodes";
    // Behind one that leaves every place is another node's.
    return !moved && joining.every((one) => one.at !== Number(at));
  });
  return [
    ...kept,
    ...leaving.map(({ node, at }): Change => ({
      path: `nodes[${at}]`,
      from: node,
      to: undefined,
      effect: "leave",
      note: node.name,
    })),
    ...dead.map(({ node, at }): Change => ({
      path: `nodes[${at}].replaces`,
      from: node,
      to: undefined,
      effect: "leave",
      note: `${node.name}, whose machine is dead`,
    })),
    ...[...joining, ...dead].map(({ node, at }): Change => ({
      path: `nodes[${at}]`,
      from: undefined,
      to: node,
      effect: "join",
      note: node.name,
    })),
  ];
}

/** The cluster in the terms of the inputs: what the program names of it, in the program's order. */
async function live(
  pve: Pve,
  view: ClusterView,
  wanted: Partial<ClusterInputs>,
  __note: string | undefined,
): Promise<Live<ClusterInputs, ClusterOutputs>> {
  const members = new Map(view.members.map((member) => [member.name, member]));
  const nodes = (wanted.nodes ?? []).flatMap(({ name, replaces }) => {
    const member = members.get(name);
    if (!member) return [];
    const { links, votes, nodeId } = member;
    return [{ name, links, votes, nodeId, replaces }];
  });
  const inputs: Partial<ClusterInputs> = { ...wanted, nodes, linkPriorities: { ...view.priorities } };
  const name = view.name ?? wanted.name ?? "";
  return {
    inputs: { ...inputs, name },
    outputs: {
      name,
      __note,
      ca: await authority(pve, view.local),
      fingerprints: Object.fromEntries(
        view.members.flatMap((one) => (one.fingerprint === undefined ? [] : [[one.name, one.fingerprint]])),
      ),
    },
  };
}

async function authority(pve: Pve, node: string): Promise<string> {
  const rows = wire.list(await pve.api.nodes.$(node).certificates.info.$get());
  const pem = wire.string(rows.find((row) => row["filename"] === "pve-root-ca.pem")?.["pem"]);
  if (pem === undefined) throw new Error(`node ${node} does not tell the authority of its cluster`);
  return pem;
}

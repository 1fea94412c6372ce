import { isProxmoxError } from "../../../pve";
import { oneSpelling } from "../../../pve/format/cidr";
import { sshOf, sshProblem } from "../../checks/ssh-needed";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Session } from "../../kernel/session/session";
import { showProblem, type Problem } from "../../kernel/state/problems";
import { addressesOn, roundTrip } from "../cluster-commands";
import { clusterView, type ClusterView } from "../cluster-view";
import type { Connected } from "../../checks/corosync-links";
import { CorosyncNode, linksReason, wholeLinks } from "./corosync-node";
import { changedCorosync, readCorosync, type CorosyncConf } from "./corosync-text";
import { broughtBy, wellProblems, type LinkStep } from "./link-plan";

interface Changing {
  readonly session: Session;
  readonly call: Call;
  readonly pve: Pve;
  readonly cluster: string;
}

/** So long corosync may take for a change until every node has it and its links are connected. */
const SETTLED_MS = 60_000;
/** No change is begun when less than this is left: it may have to be put back. */
export const LEAST_MS = 3 * SETTLED_MS;

/** For a preview: SSH to every member, and addresses that the nodes have and that are reached from the others. `isComing`: a resource of the program brings it. */
export async function linkProblems(
  { session, call }: Changing,
  view: ClusterView,
  steps: readonly LinkStep[],
  isComing: (node: string, address: string) => boolean,
): Promise<Problem[]> {
  if (steps.length === 0) return [];
  const problems: Problem[] = [];
  for (const { name } of view.members)
    problems.push(...sshProblem(await session.node(call, name), "nodes", linksReason, `${name}: changing links`));
  if (problems.length > 0) return problems;
  const brought = broughtBy(steps);
  for (const { node, number, address } of brought) {
    const wrong = (message: string) => void problems.push({ path: "nodes", message: `link ${number}: ${message}` });
    if (isComing(node, address)) continue;
    const ssh = sshOf(await session.node(call, node), "changing links", linksReason);
    const there = (await addressesOn(ssh, node, call.signal)).map(oneSpelling);
    if (!there.includes(oneSpelling(address))) {
      wrong(`${node} does not have the address ${address}; it has ${there.join(", ")}`);
      continue;
    }
    for (const other of brought) {
      if (other.number !== number || other.node === node || isComing(other.node, other.address)) continue;
      if ((await roundTrip(ssh, node, other.address, call.signal)) === undefined)
        wrong(
          `nothing comes back from ${node} to ${other.address} of ${other.node}; look at cables, VLANs and firewalls`,
        );
    }
  }
  return problems;
}

/** Carries the steps out, one after the other, each with a look before and after it; tells what was done. */
export async function changeLinks(parts: Changing, steps: readonly LinkStep[]): Promise<string[]> {
  const problems = await linkProblems(parts, await viewOf(parts), steps, () => false);
  if (problems.length > 0) throw new Error(["no link was changed:", ...problems.map(showProblem)].join("\n"));
  const done: string[] = [];
  for (const step of steps) {
    parts.call.report.progress(step.what);
    await changeOnce(parts, step);
    done.push(step.what);
  }
  return done;
}

/** A change of an earlier run may be there in the file alone: success is that corosync has it everywhere. */
export async function assertLinksWhole(parts: Changing): Promise<void> {
  const view = await viewOf(parts);
  const { host, nodes } = await membersOf(parts, view);
  const conf = readCorosync(await host.conf());
  await settled(parts, nodes, conf, [...new Set(conf.nodes.flatMap(({ links }) => Object.keys(links)))]);
}

/** One change of corosync's file, with a look before and after it; what does not settle is put back. */
export async function changeOnce(parts: Changing, step: LinkStep): Promise<void> {
  const { call, cluster } = parts;
  await earlierSettled(parts);
  if (call.remainingMs() < LEAST_MS)
    throw new Error(
      `${step.what}: not begun, for too little time is left to put it back; raise timeouts.${call.operation}`,
    );
  await call.safePoint();
  const view = await viewOf(parts);
  const unwell = wellProblems(view);
  if (unwell.length > 0) throw new Error([`${step.what}: not begun`, ...unwell.map(showProblem)].join("\n"));
  const { host, nodes } = await membersOf(parts, view);
  const name = await host.hostname();
  const before = await host.conf();
  const conf = readCorosync(before);
  if (name !== view.local || conf.cluster !== cluster)
    throw new Error(
      `the machine that answers by SSH as ${view.local} is ${name ?? "nobody"}, in ${conf.cluster}: nothing was changed there. Set its address in proxmox:nodes or proxmox:sshAddresses`,
    );
  const whole = await seenWhole(nodes, conf);
  const carrying = whole.links.filter((number) => number !== step.link?.number);
  if (whole.versions.some((version) => version !== conf.version))
    throw new Error(
      `${step.what}: not begun. /etc/pve/corosync.conf is version ${conf.version}, and corosync runs ${[...new Set(whole.versions)].join(", ")}: it has refused that file. Look at journalctl -u corosync`,
    );
  // Of a single node no link is connected to anybody.
  if (carrying.length === 0 && conf.nodes.length > 1)
    throw new Error(
      `${step.what}: not begun, for no other link connects all nodes, and the cluster must not be without one`,
    );
  const after = changedCorosync(before, { ...step, version: conf.version + 1 });
  await replaced(parts, host, before, after);
  const added = step.link?.addresses ? [step.link.number] : [];
  try {
    await settled(parts, nodes, readCorosync(after), [...carrying, ...added]);
  } catch (error) {
    // Ended from outside: the next run looks at what is there.
    if (call.signal.aborted) throw error;
    const why = `${step.what}: ${(error as Error).message}`;
    try {
      await putBack(parts, host, nodes, before, after);
    } catch (failure) {
      throw new Error(
        `${why}. The file could not be put back (${(failure as Error).message}); bring all nodes together, then run this again`,
        { cause: failure },
      );
    }
    throw new Error(`${why}. The file is what it was before`, { cause: error });
  }
}

/**
 * An earlier file may be on its way still, as when the answer to it was lost. What has not settled in its time was refused:
 * the looks that follow tell why.
 */
async function earlierSettled(parts: Changing): Promise<void> {
  const { call, pve } = parts;
  const longest = Math.min(SETTLED_MS, call.remainingMs() - LEAST_MS);
  if (longest <= 0) return;
  try {
    await pve.until(
      "an earlier file of corosync to be everywhere",
      async () => {
        const view = await viewOf(parts);
        // Nothing settles without them: that is told at once.
        if (wellProblems(view).length > 0) return { done: true };
        const { host, nodes } = await membersOf(parts, view);
        const conf = readCorosync(await host.conf());
        const { versions, links } = await seenWhole(nodes, conf);
        const isWhole = links.length > 0 || conf.nodes.length === 1;
        return isWhole && versions.every((version) => version === conf.version)
          ? { done: true }
          : { pending: `corosync runs version ${[...new Set(versions)].join(", ")}` };
      },
      longest,
    );
  } catch (error) {
    if (!isProxmoxError(error, "timeout") || call.signal.aborted) throw error;
  }
}

/** What was there, under a version that is higher still: corosync takes no lower one. */
async function putBack(
  parts: Changing,
  host: CorosyncNode,
  nodes: ReadonlyMap<string, CorosyncNode>,
  before: string,
  after: string,
): Promise<void> {
  const version = readCorosync(after).version + 1;
  const old = changedCorosync(before, { version });
  await replaced(parts, host, after, old);
  await settled(parts, nodes, readCorosync(old), []);
}

async function replaced({ pve, call }: Changing, host: CorosyncNode, was: string, by: string): Promise<void> {
  await pve.until(
    "the lock of corosync.conf",
    async () =>
      (await host.replace(was, by))
        ? { done: true }
        : {
            pending:
              "somebody else changes it (/etc/pve/priv/lock/file-corosync_conf; Proxmox gives it up after two minutes)",
          },
    Math.min(SETTLED_MS, call.remainingMs()),
  );
}

/** Waits until every node runs this version, the links are connected, and the quorum holds. */
async function settled(
  parts: Changing,
  nodes: ReadonlyMap<string, CorosyncNode>,
  conf: CorosyncConf,
  links: readonly string[],
): Promise<void> {
  await parts.pve.until(
    `corosync to have version ${conf.version} of its file on all nodes`,
    async () => {
      try {
        const { versions, links: whole } = await seenWhole(nodes, conf);
        const late = [...nodes.keys()].filter((_, at) => versions[at] !== conf.version);
        if (late.length > 0) return { pending: `${late.join(", ")} goes on with another version` };
        const missing = conf.nodes.length > 1 ? links.filter((number) => !whole.includes(number)) : [];
        if (missing.length > 0) return { pending: `link ${missing.join(", ")} does not connect all nodes` };
        const unwell = wellProblems(await viewOf(parts));
        return unwell.length > 0 ? { pending: unwell.map(showProblem).join("; ") } : { done: true };
      } catch (error) {
        if (!isProxmoxError(error) || parts.call.signal.aborted) throw error;
        return { pending: error.message };
      }
    },
    Math.min(SETTLED_MS, parts.call.remainingMs()),
  );
}

async function seenWhole(
  nodes: ReadonlyMap<string, CorosyncNode>,
  conf: CorosyncConf,
): Promise<{ readonly versions: readonly number[]; readonly links: readonly string[] }> {
  const seen = new Map<string, Connected>();
  const versions = await Promise.all(
    [...nodes].map(async ([name, node]) => {
      seen.set(name, await node.connected());
      return node.version();
    }),
  );
  return { versions, links: wholeLinks(conf, seen) };
}

async function membersOf(
  { session, call }: Changing,
  view: ClusterView,
): Promise<{ readonly host: CorosyncNode; readonly nodes: ReadonlyMap<string, CorosyncNode> }> {
  const nodes = new Map<string, CorosyncNode>();
  for (const { name } of view.members)
    nodes.set(name, new CorosyncNode(sshOf(await session.node(call, name), "changing links", linksReason), call, name));
  const host = nodes.get(view.local);
  if (!host) throw new Error(`${view.local} answers for a cluster that does not list it`);
  return { host, nodes };
}

async function viewOf({ pve, cluster }: Changing): Promise<ClusterView> {
  const view = await clusterView(pve);
  if (view.name === cluster) return view;
  throw new Error(
    `${view.local} says that it is in ${view.name ?? "no cluster"}, not in ${cluster}: nothing was changed`,
  );
}

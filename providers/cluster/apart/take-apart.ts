import { isProxmoxError } from "../../../pve";
import { LeavingNode, LeftBehind } from "../leave/over-ssh-leaving";
import { guestsOn } from "../leave/what-keeps-a-node";
import { standing } from "../cluster-view";
import { MarkOnNode } from "./cluster-mark";
import { SeparateNode } from "./separate-node";
import { lookAgain, surveyApart, type ApartParts, type NodeSeen } from "./survey-apart";
import { whatHoldsIt } from "./what-holds-it";

/**
 * Takes a cluster apart: each node becomes a Proxmox of its own that keeps its copy of the cluster's files. All looks at all
 * nodes come first, those for the last step too; then the mark says that it has begun, on all nodes, and one node after the
 * other is separated, the one that the cluster was made on last. Killed anywhere, the next deletion goes on. Returns what
 * became of it.
 */
export async function takeApart(parts: ApartParts): Promise<string> {
  const { call, cluster, nodes } = parts;
  const { seen, problems } = await surveyApart(parts, true);
  const marks = seen.flatMap(({ mark }) => mark ?? []);
  // A replacement may have been made by another process, with the same owner: its mark has another note.
  if (marks.length > 0 && marks.every(({ note }) => note !== parts.note))
    return `cluster ${cluster} goes on running: another resource has taken it over, whose mark it carries`;
  const all = [...problems, ...(await againstIt(parts, seen))];
  if (all.length > 0) throw new Error([`${cluster} was not taken apart:`, ...new Set(all)].join("\n"));
  const untouched = seen.every(({ stage }) => stage === "member");
  const started = { any: false };
  try {
    await begin(parts, seen);
    for (const one of [...seen].reverse())
      if (one.stage !== "apart" && one.stage !== "done") await separate(parts, one.name, started);
  } catch (error) {
    if (untouched && !started.any && !call.signal.aborted) await takeBack(parts);
    throw error;
  }
  const apart = await allApart(parts);
  for (const one of apart) await tidyDirectories(parts, one);
  for (const one of apart) await finish(parts, one);
  const own = nodes.map((name) => `${name} (${parts.fingerprints[name] ?? ""})`).join(", ");
  return `cluster ${cluster} is taken apart: ${own} are each a Proxmox of their own, with the users, storages, options and certificates that ${cluster} had`;
}

async function againstIt({ call, cluster, nodes, note }: ApartParts, seen: readonly NodeSeen[]): Promise<string[]> {
  const others = seen.filter(({ mark }) => mark !== undefined && mark.note !== note);
  return [
    ...others.map(({ name }) => `${name}: its mark is that of another resource of this name, made later or before`),
    ...(await whatHoldsIt(call, cluster, nodes, seen)),
  ];
}

/** From here on each node's own copy of the files tells what is going on. */
async function begin(parts: ApartParts, seen: readonly NodeSeen[]): Promise<void> {
  const { call, cluster } = parts;
  const members = seen.filter(({ stage }) => stage === "member");
  const [first] = members;
  if (!first?.mark || members.every(({ mark }) => mark?.phase === "apart")) return;
  call.report.progress(`taking ${cluster} apart`);
  await call.safePoint();
  await new MarkOnNode(first.ssh, call, first.name).write({ ...first.mark, phase: "apart" });
  for (const { name, ssh, own } of members)
    await own.until(
      `${name} to have the mark`,
      async () => {
        const mark = await new MarkOnNode(ssh, call, name).mark();
        return mark !== "broken" && mark?.phase === "apart" ? { done: true } : { pending: "it does not have it yet" };
      },
      Math.min(60_000, call.remainingMs()),
    );
}

/** Nobody's separation was begun: it is as whole as before, and an up may go on with it. What fails here the next deletion finds. */
async function takeBack(parts: ApartParts): Promise<void> {
  const { call, cluster } = parts;
  try {
    const { seen, problems } = await surveyApart(parts, false);
    const [first] = seen;
    if (problems.length > 0 || !first?.mark || !seen.every(({ stage }) => stage === "member")) return;
    await call.safePoint();
    await new MarkOnNode(first.ssh, call, first.name).write({ ...first.mark, phase: "whole" });
  } catch (error) {
    call.report.warn(`the mark of ${cluster} says that it is being taken apart: ${(error as Error).message}`);
  }
}

/**
 * Everything that says who it is, and what would be lost, is looked at again directly before, on all nodes: whoever is a member
 * still loses its quorum with this one.
 */
async function separate(parts: ApartParts, name: string, started: { any: boolean }): Promise<void> {
  const { call, cluster } = parts;
  call.report.progress(`making ${name} a Proxmox of its own`);
  await call.safePoint();
  const { seen, problems } = await surveyApart(parts, true);
  const all = [...problems, ...(await againstIt(parts, seen))];
  if (all.length > 0) throw new Error([`${name} was not separated from ${cluster}:`, ...new Set(all)].join("\n"));
  const now = seen.find((one) => one.name === name);
  if (!now || now.stage === "apart" || now.stage === "done") return;
  if (now.mark?.phase !== "apart")
    throw new Error(`${name} was not separated from ${cluster}: its mark is not that of now`);
  started.any = true;
  await new SeparateNode(now.ssh, call, name).separate(cluster, now.mark.note);
  const { cluster: still } = await new LeavingNode(now.ssh, call, name).says();
  if (still)
    throw new Error(`${name} has /etc/corosync/corosync.conf of ${still.name} still, and no separation failed`);
  await now.own.until(
    `${name} to be a Proxmox of its own`,
    async () => {
      try {
        const { local, cluster: still } = await standing(now.own);
        return local === name && !still ? { done: true } : { pending: `it says that it is in ${still?.name ?? local}` };
      } catch (error) {
        if (isProxmoxError(error, "unavailable", "timeout", "unauthenticated")) return { pending: error.message };
        throw error;
      }
    },
    Math.min(120_000, call.remainingMs()),
  );
}

/** Each node says, by its API and its files, that it is by itself. */
async function allApart(parts: ApartParts): Promise<readonly NodeSeen[]> {
  const { seen, problems } = await surveyApart(parts, true);
  const still = seen
    .filter(({ stage }) => stage !== "apart" && stage !== "done")
    .map(({ name }) => `${name} is in it still`);
  if (problems.length > 0 || still.length > 0)
    throw new Error([`${parts.cluster} is not wholly taken apart yet:`, ...problems, ...still].join("\n"));
  return seen;
}

/** What its copy has of the other nodes. Guests in one of them keep all of it. */
async function tidyDirectories(parts: ApartParts, one: NodeSeen): Promise<void> {
  const { call, nodes } = parts;
  const { name, own, ssh, stage, mark } = one;
  if (stage !== "apart" || !mark) return;
  for (const other of nodes.filter((another) => another !== name)) {
    const held = await guestsOn(own, other);
    if (held.length > 0) throw new Error(`/etc/pve/nodes/${other} of ${name} stays: ${held.join(", ")}`);
    await call.safePoint();
    await lookAgain(parts, one);
    await new SeparateNode(ssh, call, name).removeDirectoryOf(other, mark.note);
  }
}

/** Keys of the others, and its mark directly afterwards: whoever signs in by one of those keys does so no more. */
async function finish(parts: ApartParts, one: NodeSeen): Promise<void> {
  const { call, nodes } = parts;
  const { name, ssh, stage, mark } = one;
  if (stage !== "apart" || !mark) return;
  await call.safePoint();
  await lookAgain(parts, one);
  for (const other of nodes.filter((another) => another !== name))
    await new LeftBehind(ssh, call, name, other).removeKeys([]);
  await new MarkOnNode(ssh, call, name).remove();
}

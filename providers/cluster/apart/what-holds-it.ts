import { isProxmoxError, wire } from "../../../pve";
import { NodeTimer } from "../../kernel/way-back/node-timer";
import { haltUnit, restoreUnit } from "../../firewall/guard/switch-files";
import { unit as networkUnit } from "../../network/guard/guard-files";
import type { Call } from "../../kernel/call/call";
import { LeavingNode, LeftBehind } from "../leave/over-ssh-leaving";
import { whatHolds } from "../leave/what-keeps-a-node";
import { SeparateNode } from "./separate-node";
import type { NodeSeen } from "./survey-apart";

/** Why a cluster is not taken apart, by the nodes that are members still: all reasons, of all nodes. */
export async function whatHoldsIt(
  call: Call,
  cluster: string,
  nodes: readonly string[],
  seen: readonly NodeSeen[],
): Promise<string[]> {
  const members = seen.filter(({ stage }) => stage === "member");
  const inIt = [...members, ...seen.filter(({ stage }) => stage === "back")];
  const begun = seen.some(({ stage }) => stage !== "member");
  const problems = await Promise.all(inIt.map((one) => onNode(call, cluster, one)));
  const done = seen.filter(({ stage }) => stage === "done");
  if (members.length > 0 && done.length > 0)
    problems.push([
      `${done.map(({ name }) => name).join(", ")} ${done.length === 1 ? "is" : "are"} in no cluster and without a mark, and ${members.map(({ name }) => name).join(", ")} in ${cluster}: look at what was done to it`,
    ]);
  const [first] = inIt;
  if (!first) return problems.flat();
  // Each sees it with its own eyes: a node that only one of them sees is there.
  for (const one of inIt) problems.push(ofCluster(cluster, nodes, one, seen, begun));
  for (const { name } of first.view.members) {
    const own = inIt.find((one) => one.name === name)?.own ?? first.own;
    const ceph = async () => new LeftBehind(first.ssh, call, first.name, name).hasCephConf();
    problems.push(await reasonsOf(call, name, () => whatHolds(first.own, first.view, name, ceph, own)));
  }
  problems.push(await reasonsOf(call, cluster, () => leftGuests(first)));
  problems.push(await reasonsOf(call, cluster, () => leftServices(first)));
  return [...new Set(problems.flat())];
}

/** Guests in the directory of a node that was a member once: every node would have their configs in its copy. */
async function leftGuests({ own, view }: NodeSeen): Promise<string[]> {
  const rows = await own.api.cluster.resources.$get({ type: "vm" });
  const left = new Map<string, string[]>();
  for (const row of rows) {
    const node = wire.string(row["node"]) ?? "";
    if (view.members.some(({ name }) => name === node)) continue;
    left.set(node, [...(left.get(node) ?? []), wire.string(row["id"]) ?? ""]);
  }
  return [...left].map(
    ([node, guests]) =>
      `guests are left of ${node}, which is no member any more (${guests.sort().join(", ")}): move their configs from /etc/pve/nodes/${node} to a member and remove them, or remove the configs`,
  );
}

/** HA services that no member has: in each copy they would let its HA manager begin again. */
async function leftServices({ own, view }: NodeSeen): Promise<string[]> {
  const rows = wire.list(await own.api.cluster.ha.status.current.$get());
  const left = rows
    .filter(({ type, node }) => type === "service" && view.members.every(({ name }) => name !== wire.string(node)))
    .map((row) => wire.string(row["sid"]) ?? "");
  return left.length === 0
    ? []
    : [`it has HA services of guests that are on no member (${left.sort().join(", ")}): remove them`];
}

/** What cannot be looked at holds it too. */
async function reasonsOf(call: Call, name: string, look: () => Promise<string[]>): Promise<string[]> {
  try {
    return (await look()).map((reason) => `${name}: ${reason}`);
  } catch (error) {
    if (!isProxmoxError(error) || call.signal.aborted) throw error;
    return [`${name}: what is on it cannot be looked at: ${error.message}`];
  }
}

function ofCluster(
  cluster: string,
  nodes: readonly string[],
  { view, stage }: NodeSeen,
  seen: readonly NodeSeen[],
  begun: boolean,
): string[] {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");
  const strangers = view.members.filter(({ name }) => !nodes.includes(name));
  const gone = new Set(seen.filter(({ stage }) => stage !== "member").map(({ name }) => name));
  // Without the key it sees nobody.
  const away = view.members.filter(({ name, online }) => stage === "member" && !online && !gone.has(name));
  return [
    ...(strangers.length === 0
      ? []
      : [
          `${names(strangers)} belong to ${cluster} too, and the program does not name them: name them, or take them out`,
        ]),
    ...(away.length === 0
      ? []
      : [`${names(away)} is offline: bring it back, or take it off nodes first. Nothing is taken apart unseen`]),
    // Who has gone already is not missed.
    ...(view.quorate || begun ? [] : [`${cluster} has no quorum: bring nodes back first`]),
    ...(view.qdevice ? [qdeviceFirst(cluster)] : []),
  ];
}

const qdeviceFirst = (cluster: string): string =>
  `${cluster} has a QDevice: its ClusterQdevice goes first. Take it out of the program with an up of its own, or let it depend on the Cluster (cluster: lab.name)`;

/** What only the node itself tells. */
async function onNode(call: Call, cluster: string, { name, ssh }: NodeSeen): Promise<string[]> {
  const problems: string[] = [];
  const missing = await new SeparateNode(ssh, call, name).missingPrograms();
  if (missing.length > 0) problems.push(`${name} has no ${missing.join(", ")}, which separates it: install it`);
  const { cluster: conf } = await new LeavingNode(ssh, call, name).says();
  if (conf?.qdevice) problems.push(qdeviceFirst(cluster));
  for (const unit of [networkUnit, restoreUnit, haltUnit]) {
    const arming = await new NodeTimer(ssh, name, unit).armed(call.signal);
    if (arming !== undefined)
      problems.push(
        `${name} has the timer ${unit} armed (${arming || "by nobody who says so"}), which puts files back: wait until that change is over`,
      );
  }
  return problems;
}

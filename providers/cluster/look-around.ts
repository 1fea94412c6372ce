import { setMaxListeners } from "node:events";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import type { ClusterInputs } from "./cluster.model";
import { addressesOn } from "./cluster-commands";
import type { ClusterView } from "./cluster-view";
import { clockOf, lookAtCandidate, running, type Candidate } from "./candidate";
import { answerers } from "./who-answers";
import { clockProblems, joiners, type Seen } from "./preconditions";

interface Parts {
  readonly session: Session;
  readonly call: Call;
  readonly pve: Pve;
  readonly inputs: ClusterInputs;
  readonly view: ClusterView;
  /** The same as it is later on: without those that leave, and with the links to come. */
  again(): Promise<ClusterView>;
}

/** All that is to be known, with what could not be looked at and why that is a problem. */
interface SeenAround extends Seen {
  readonly problems: readonly Problem[];
  /** How a node is asked, by its API and by SSH. */
  pveOf(name: string): Promise<Pve>;
}

/** Looks at all nodes that a formation concerns, at the same time; at none when nothing is to be done. */
export async function lookAround({ session, call, pve, inputs, view, again }: Parts): Promise<SeenAround> {
  const { configured, atEndpoints } = session.ownNodes();
  const apart = new Set(joiners(inputs, view).map(({ name }) => name));
  const pveOf = async (name: string): Promise<Pve> => {
    if (apart.has(name)) return session.ownNode(call, name);
    return configured.includes(name) && name !== view.local ? session.node(call, name) : pve;
  };
  const facts = new Map<string, Candidate>();
  const pathOf = (name: string): string => {
    const at = inputs.nodes.findIndex((node) => node.name === name);
    return at < 0 ? "" : `nodes[${at}]`;
  };
  const problems: Problem[] = [];
  if (view.name !== undefined && apart.size === 0) return { inputs, view, facts, problems, pveOf };
  const answered = await answerers(call, pve);
  for (const { origin, silent } of answered)
    if (silent !== undefined)
      problems.push({
        path: "config proxmox:endpoints",
        message: `who is at ${origin} cannot be told, and it may be no member of the cluster: leave there the address of ${view.local} alone until all have joined (${silent})`,
      });
  const strays = [...new Set([...atEndpoints, ...answered.flatMap(({ local }) => local ?? [])])].filter(
    (name) => name !== view.local && view.members.every((one) => one.name !== name),
  );
  if (strays.length > 0)
    problems.push({
      path: "config proxmox:endpoints",
      message: `lead to ${strays.join(", ")} too, which ${strays.length === 1 ? "is" : "are"} no member of the cluster: leave there the address of ${view.local} alone until all have joined`,
    });
  const { clock } = pve.process.connection;
  // Each of the requests under way listens to it.
  setMaxListeners(0, call.signal);
  /** One that is on its way into the cluster cannot be looked at, and has been. A read of a member that fails is no look. */
  const isCrossing = (error: unknown, name: string): boolean =>
    view.members.some((one) => one.name === name && one.fingerprint === undefined) &&
    isProxmoxError(error, "unauthenticated", "untrusted", "unavailable");
  // Members join through it, whether the program names it or not.
  const names = [
    ...new Set([...inputs.nodes.map(({ name }) => name), ...(view.name === undefined ? [] : [view.local])]),
  ];
  await Promise.all(
    names.map(async (name) => {
      // What belongs to the cluster and is away is told by its status.
      const member = view.members.find((one) => one.name === name);
      if (!apart.has(name) && member?.online === false) return;
      try {
        const own = await pveOf(name);
        const fact = await lookAtCandidate(own, name);
        const isHalf = member !== undefined && member.fingerprint === undefined;
        const isFounder = view.name === undefined && name === view.local;
        facts.set(name, {
          ...fact,
          ...(isHalf ? { joining: (await running(own, name, "clusterjoin")) !== undefined } : {}),
          ...(isFounder && fact.dhcp && own.process.ssh
            ? { addresses: await addressesOn(own.process.ssh, name, call.signal), dhcp: false }
            : {}),
        });
      } catch (error) {
        if (isCrossing(error, name)) return;
        problems.push({ path: pathOf(name), message: `${name} cannot be looked at: ${(error as Error).message}` });
      }
    }),
  );
  const unread = new Map<string, string>();
  await readClocks({ inputs, view, facts }, facts, async (name) => {
    try {
      return await clockOf(await pveOf(name), name, () => clock.now());
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      if (!isCrossing(error, name)) unread.set(name, error.message);
      return undefined;
    }
  });
  for (const [name, message] of unread)
    problems.push({ path: pathOf(name), message: `the clock of ${name} cannot be read: ${message}` });
  // The join of an earlier run may have brought a node in since the list was read.
  const isListed = (name: string): boolean => view.members.some((one) => one.name === name);
  const came =
    view.name !== undefined && [...facts].some(([name, { standing }]) => standing.cluster && !isListed(name));
  const now = came ? await again() : view;
  return { inputs, view: now, facts, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)), pveOf };
}

/** More often, and it is no delay of ours that made a clock look wrong. */
const LOOKS = 3;

/** All at the same moment, when connections are open: what was read long before the others proves little. */
async function readClocks(
  seen: Seen,
  facts: Map<string, Candidate>,
  read: (name: string) => Promise<readonly [number, number] | undefined>,
): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    await Promise.all(
      [...facts].map(async ([name, fact]) => {
        const clock = await read(name);
        if (clock) facts.set(name, { ...fact, clock });
      }),
    );
    if (clockProblems(seen).length === 0) return;
  }
}

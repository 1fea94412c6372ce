import { setMaxListeners } from "node:events";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import type { ClusterInputs } from "./cluster.model";
import type { ClusterView } from "./cluster-view";
import { clockOf, lookAtCandidate, type Candidate } from "./candidate";
import { clockProblems, joiners, type Seen } from "./preconditions";

interface Parts {
  readonly session: Session;
  readonly call: Call;
  readonly pve: Pve;
  readonly inputs: ClusterInputs;
  readonly view: ClusterView;
}

/** All that is to be known, with what could not be looked at and why that is a problem. */
interface SeenAround extends Seen {
  readonly problems: readonly Problem[];
  /** How a node is asked, by its API and by SSH. */
  pveOf(name: string): Promise<Pve>;
}

/** Looks at all nodes that a formation concerns, at the same time; at none when nothing is to be done. */
export async function lookAround({ session, call, pve, inputs, view }: Parts): Promise<SeenAround> {
  const { configured, atEndpoints } = session.ownNodes();
  const apart = new Set(joiners(inputs, view).map(({ name }) => name));
  const pveOf = async (name: string): Promise<Pve> => {
    if (apart.has(name)) return session.ownNode(call, name);
    return configured.includes(name) && name !== view.local ? session.node(call, name) : pve;
  };
  const facts = new Map<string, Candidate>();
  const problems: Problem[] = [];
  if (view.name !== undefined && apart.size === 0) return { inputs, view, facts, problems, pveOf };
  const strays = atEndpoints.filter((name) => name !== view.local && view.members.every((one) => one.name !== name));
  if (strays.length > 0)
    problems.push({
      path: "config proxmox:endpoints",
      message: `lead to ${strays.join(", ")} too, which ${strays.length === 1 ? "is" : "are"} no member of the cluster: leave there the address of ${view.local} alone until all have joined`,
    });
  const { clock } = pve.process.connection;
  // Each of the requests under way listens to it.
  setMaxListeners(0, call.signal);
  await Promise.all(
    inputs.nodes.map(async ({ name }, at) => {
      // What belongs to the cluster and is away is told by its status.
      const member = view.members.find((one) => one.name === name);
      if (!apart.has(name) && member?.online === false) return;
      const path = `nodes[${at}]`;
      try {
        facts.set(name, await lookAtCandidate(await pveOf(name), name));
      } catch (error) {
        // One that is on its way into the cluster cannot be looked at, and has been.
        if (member && isProxmoxError(error, "unauthenticated", "untrusted", "unavailable")) return;
        problems.push({ path, message: `${name} cannot be looked at: ${(error as Error).message}` });
      }
    }),
  );
  await readClocks({ inputs, view, facts }, facts, async (name) => {
    try {
      return await clockOf(await pveOf(name), name, () => clock.now());
    } catch (error) {
      // It answered a moment ago, and is on its way into the cluster, or gone: whatever comes next finds that out.
      if (isProxmoxError(error, "unauthenticated", "untrusted", "unavailable")) return undefined;
      throw error;
    }
  });
  return { inputs, view, facts, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)), pveOf };
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

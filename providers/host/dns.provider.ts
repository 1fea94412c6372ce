import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { nameIn } from "../kernel/state/urn";
import type { Problem } from "../kernel/state/problems";
import {
  describeSettings,
  dnsModel,
  fromApi,
  sameSettings,
  toApi,
  type DnsInputs,
  type DnsSettings,
} from "./dns.model";

interface DnsOutputs {
  readonly node: string;
}

const readSettings = async (pve: Pve, node: string): Promise<Partial<DnsSettings>> =>
  fromApi(await pve.api.nodes.$(node).dns.$get());

/** Nodes that this run sets, and by which resource. */
const makeOwners = () => new Map<string, string>();

export const dnsProvider = (session: Session) =>
  define<DnsInputs, DnsOutputs>(
    {
      kind: "Dns",
      model: dnsModel,
      outputs: ["node"],
      timeouts: { create: "2m", update: "2m", delete: "1m", read: "2m" },
      async inspect(call, inputs, was) {
        const { node } = inputs;
        if (node === undefined) return [];
        const problems = declaredTwice(session.memory("dns: owners", makeOwners), call, node);
        if (was?.node === node) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        return [...problems, ...unreachable, ...(pve ? await tellWhatGoes(pve, call, inputs, node) : [])];
      },
      async lookup(call, id) {
        return { id, outputs: { node: id, ...(await readSettings(await session.node(call, id), id)) } };
      },
      async observe(call, at, wanted) {
        const { servers, searchDomain } = await readSettings(await session.node(call, at.node), at.node);
        // Said also when the node has none: what is left out counts as it is wanted.
        return { inputs: { ...wanted, node: at.node, servers, searchDomain } as Partial<DnsInputs>, outputs: at };
      },
      async ensure(call, { node }, made) {
        // Every node has such settings: nothing is made, and what is wanted is written like any later change.
        await readSettings(await session.node(call, node), node);
        made(node, { node });
        return { id: node, at: { node } };
      },
      async sync(call, at, wanted) {
        const { node } = at;
        const pve = await session.node(call, node);
        if (sameSettings(wanted, await readSettings(pve, node))) return at;
        await pve.write(call, {
          what: `setting the name servers of node ${node}`,
          lock: `host:${node}`,
          send: () => pve.api.nodes.$(node).dns.$put(toApi(wanted)),
          happened: async () => sameSettings(wanted, await readSettings(pve, node)),
        });
        call.report.result(`node ${node}: ${describeSettings(wanted)}`);
        return at;
      },
      async remove(call, { node }) {
        // Without name servers a node finds neither packages nor other nodes, and what was there before may be wrong by now.
        call.report.result(`node ${node} keeps its name servers; they are no longer managed`);
      },
    },
    session,
  );

/** Two resources for one node would undo each other's work in every run. */
function declaredTwice(owners: Map<string, string>, call: Call, node: string): Problem[] {
  const owner = owners.get(node) ?? call.urn;
  owners.set(node, owner);
  if (owner === call.urn) return [];
  return [
    { path: "node", message: `the name servers of ${node} are set by ${nameIn(owner)} already; keep one of the two` },
  ];
}

/** What is there has been written by somebody: it is shown before it goes. */
async function tellWhatGoes(pve: Pve, call: Call, inputs: Partial<DnsInputs>, node: string): Promise<Problem[]> {
  try {
    const live = await readSettings(pve, node);
    const { servers, searchDomain } = inputs;
    const known = servers !== undefined && searchDomain !== undefined;
    if (!known || !sameSettings({ servers, searchDomain }, live))
      call.report.result(`node ${node} has ${describeSettings(live)}; this takes their place`);
    return [];
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return [{ path: "node", message: `its name servers cannot be read: ${error.message}` }];
  }
}

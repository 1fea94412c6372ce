import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { cephMdsModel, type CephMdsInputs } from "./ceph-mds.model";
import { daemons, ifConfigured, ifThere } from "./readiness";

interface CephMdsOutputs {
  readonly node: string;
  readonly state: string;
}

interface MetadataServer {
  readonly name: string;
  readonly host: string | undefined;
  readonly state: string;
}

export async function metadataServers(pve: Pve, node: string): Promise<MetadataServer[]> {
  const answer: unknown = await pve.api.nodes.$(node).ceph.mds.$get();
  if (!Array.isArray(answer)) throw new Error("the answer to what metadata servers there are is no list");
  return wire.list(answer).map((row) => ({
    name: wire.string(row["name"]) ?? "",
    host: wire.string(row["host"]),
    state: wire.string(row["state"]) ?? "unknown",
  }));
}

const ofNode = (all: readonly MetadataServer[], node: string): MetadataServer | undefined =>
  all.find(({ name, host }) => name === node && (host === undefined || host === node));
const runs = ({ state }: MetadataServer): boolean => state === "up:active" || state === "up:standby";

export const cephMdsProvider = (session: Session) => {
  return define<CephMdsInputs, CephMdsOutputs>(
    {
      kind: "CephMds",
      model: cephMdsModel,
      outputs: ["node", "state"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "2m" },
      onNode: {
        node: ({ node }) => node,
        what: () => "its metadata server's data",
        async elsewhere(call, local, { node }) {
          const pve = await session.node(call, local);
          const there = ofNode((await ifConfigured(() => metadataServers(pve, local))) ?? [], node);
          return there && `Ceph has a metadata server ${node} still: take it out of Ceph by hand first`;
        },
      },
      async inspect(call, { node }, was) {
        if (node === undefined) return [];
        const problems = declaredTwice(session, call, "node", `the metadata server of node ${node} belongs to`);
        if (was?.node === node) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        try {
          const found = ofNode((await ifThere(() => metadataServers(pve, node))) ?? [], node);
          if (found) call.report.result(`node ${node} has its metadata server; it is taken over`);
          return problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `the metadata servers cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, node) {
        const found = ofNode(await metadataServers(await session.node(call, node), node), node);
        if (!found) throw new Error(`node ${node} has no metadata server; CephMds makes one`);
        return { id: node, outputs: { node, state: found.state } };
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        const found = ofNode((await ifConfigured(() => metadataServers(pve, at.node))) ?? [], at.node);
        return found && { inputs: { ...wanted, node: at.node }, outputs: { node: at.node, state: found.state } };
      },
      async ensure(call, { node }, made) {
        const pve = await session.node(call, node);
        return pve.limits([daemons], call, async () => {
          const there = ofNode(await metadataServers(pve, node), node);
          if (!there) await create(pve, call, node);
          made(node, { node, state: there?.state ?? "unknown" });
          const { state } = await untilRunning(pve, call, node);
          call.report.result(`${there ? "took over metadata server" : "metadata server"} ${node}, ${state}`);
          return { id: node, at: { node, state } };
        });
      },
      async remove(call, { node }) {
        const pve = await session.node(call, node);
        await pve.limits([daemons], call, async () => {
          const look = async () => ofNode((await ifConfigured(() => metadataServers(pve, node))) ?? [], node);
          if (!(await look())) return;
          await pve.task(call, `removing metadata server ${node}`, async () => {
            // Ceph calls one that does not exist safe to stop.
            if (!(await look())) return null;
            const why = await whyKept(pve, node);
            if (why !== undefined) throw new Error(`metadata server ${node} was not removed: ${why}`);
            return pve.api.nodes.$(node).ceph.mds.$(node).$delete();
          });
          if (await look())
            throw new Error(`metadata server ${node} is still there, although Proxmox reported no error`);
        });
      },
    },
    session,
  );
};

async function create(pve: Pve, call: Call, node: string): Promise<void> {
  const isThere = async (): Promise<boolean> => ofNode(await metadataServers(pve, node), node) !== undefined;
  try {
    await pve.task(
      call,
      `making metadata server ${node}`,
      async () => ((await isThere()) ? null : pve.api.nodes.$(node).ceph.mds.$(node).$post()),
      isThere,
    );
  } catch (error) {
    if (!isProxmoxError(error, "unavailable") || !(await isThere())) throw error;
  }
}

const untilRunning = (pve: Pve, call: Call, node: string): Promise<MetadataServer> =>
  pve.until(
    `metadata server ${node} to run`,
    async () => {
      const found = ofNode(await metadataServers(pve, node), node);
      if (found && runs(found)) return { done: found };
      return { pending: found ? `it is ${found.state}` : "it is not listed" };
    },
    call.remainingMs(),
    "ceph mds",
  );

/** Why a file system would be without one. */
async function whyKept(pve: Pve, node: string): Promise<string | undefined> {
  const answer = wire.object(
    await pve.api.nodes.$(node).ceph["cmd-safety"].$get({ service: "mds", id: node, action: "stop" }),
  );
  if (wire.boolean(answer["safe"])) return undefined;
  return (
    `no standby would take its place (Ceph: ${wire.string(answer["status"]) ?? "it is not safe"}). Make another one first, ` +
    "remove the CephFS, or keep it (retainOnDelete)"
  );
}

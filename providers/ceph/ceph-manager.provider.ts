import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { cephManagerModel, type CephManagerInputs } from "./ceph-manager.model";
import { daemons, ifConfigured, ifThere } from "./readiness";

interface CephManagerOutputs {
  readonly node: string;
  /** `active`, `standby` or `stopped`. */
  readonly state: string;
}

interface Manager {
  readonly name: string;
  readonly state: string;
}

export async function managers(pve: Pve, node: string): Promise<Manager[]> {
  const rows = wire.list(await pve.api.nodes.$(node).ceph.mgr.$get());
  return rows.map((row) => ({ name: wire.string(row["name"]) ?? "", state: wire.string(row["state"]) ?? "stopped" }));
}

const ofNode = (all: readonly Manager[], node: string): Manager | undefined => all.find(({ name }) => name === node);
const runs = ({ state }: Manager): boolean => state === "active" || state === "standby";

export const cephManagerProvider = (session: Session) => {
  return define<CephManagerInputs, CephManagerOutputs>(
    {
      kind: "CephManager",
      model: cephManagerModel,
      outputs: ["node", "state"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "2m" },
      onNode: {
        node: ({ node }) => node,
        what: () => "its manager's data",
        async elsewhere(call, local, { node }) {
          const pve = await session.node(call, local);
          const there = ofNode((await ifConfigured(() => managers(pve, local))) ?? [], node);
          return there && `Ceph has a manager ${node} still: take it out of Ceph by hand first`;
        },
      },
      async inspect(call, { node }, was) {
        if (node === undefined) return [];
        const problems = declaredTwice(session, call, "node", `the manager of node ${node} belongs to`);
        if (was?.node === node) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        try {
          const found = ofNode((await ifThere(() => managers(pve, node))) ?? [], node);
          if (found) call.report.result(`node ${node} has its manager; it is taken over`);
          return problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `the managers cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, node) {
        const found = ofNode(await managers(await session.node(call, node), node), node);
        if (!found) throw new Error(`node ${node} has no manager; CephManager makes one`);
        return { id: node, outputs: { node, state: found.state } };
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        const found = ofNode((await ifConfigured(() => managers(pve, at.node))) ?? [], at.node);
        if (!found) return undefined;
        return { inputs: { ...wanted, node: at.node }, outputs: { node: at.node, state: found.state } };
      },
      async ensure(call, { node }, made) {
        const pve = await session.node(call, node);
        const there = await pve.limits([daemons], call, async () => {
          const found = ofNode(await managers(pve, node), node);
          if (!found) await create(pve, call, node);
          made(node, { node, state: found?.state ?? "stopped" });
          return found;
        });
        // The others need not wait until this one is seen: a standby changes nothing for them.
        const { state } = await untilRunning(pve, call, node);
        call.report.result(`${there ? "took over manager" : "manager"} ${node}, ${state}`);
        return { id: node, at: { node, state } };
      },
      async remove(call, { node }) {
        const pve = await session.node(call, node);
        await pve.limits([daemons], call, async () => {
          const look = async (): Promise<Manager[]> => (await ifConfigured(() => managers(pve, node))) ?? [];
          if (!ofNode(await look(), node)) return;
          await pve.task(call, `removing manager ${node}`, async () => {
            const now = await look();
            if (!ofNode(now, node)) return null;
            if (!now.some((other) => other.name !== node && runs(other)))
              throw new Error(
                `manager ${node} was not removed: no other one runs, and without any Ceph tells neither usage nor what is ` +
                  "safe to remove. Make another one first, or keep it (retainOnDelete, pulumi state delete)",
              );
            return pve.api.nodes.$(node).ceph.mgr.$(node).$delete();
          });
          await pve.until(
            `manager ${node} to be gone, and another one active`,
            async () => {
              const now = await look();
              if (ofNode(now, node)) return { pending: "it is still listed" };
              return now.some(({ state }) => state === "active") ? { done: true } : { pending: "none is active" };
            },
            call.remainingMs(),
          );
        });
      },
    },
    session,
  );
};

async function create(pve: Pve, call: Call, node: string): Promise<void> {
  const isThere = async (): Promise<boolean> => ofNode(await managers(pve, node), node) !== undefined;
  try {
    await pve.task(call, `making manager ${node}`, () => pve.api.nodes.$(node).ceph.mgr.$(node).$post(), isThere);
  } catch (error) {
    // The one that comes with the first monitor may have been quicker, or only the answer was lost.
    if (!isProxmoxError(error, "unavailable", "conflict", "task-failed") || !(await isThere())) throw error;
  }
}

const untilRunning = (pve: Pve, call: Call, node: string): Promise<Manager> =>
  pve.until(
    `manager ${node} to run`,
    async () => {
      const found = ofNode(await managers(pve, node), node);
      if (found && runs(found)) return { done: found };
      return { pending: found ? `it is ${found.state}` : "it is not listed" };
    },
    call.remainingMs(),
    "ceph manager",
  );

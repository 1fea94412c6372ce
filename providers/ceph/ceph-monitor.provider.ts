import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { addressIn, cephMonitorModel, whyNotRemoved, type CephMonitorInputs, type Monitor } from "./ceph-monitor.model";
import { managers } from "./ceph-manager.provider";
import { daemons, ifConfigured, ifThere } from "./readiness";

interface CephMonitorOutputs {
  readonly node: string;
  readonly address: string | undefined;
  /** Does it vote? */
  readonly inQuorum: boolean;
}

async function monitors(pve: Pve, node: string): Promise<Monitor[]> {
  const rows = wire.list(await pve.api.nodes.$(node).ceph.mon.$get());
  return rows.map((row) => ({
    name: wire.string(row["name"]) ?? "",
    host: wire.string(row["host"]),
    address: addressIn(wire.string(row["addr"])),
    inQuorum: wire.boolean(row["quorum"]),
    state: wire.string(row["state"]) ?? "unknown",
  }));
}

const ofNode = (all: readonly Monitor[], node: string): Monitor | undefined => all.find(({ name }) => name === node);

export const cephMonitorProvider = (session: Session) => {
  return define<CephMonitorInputs, CephMonitorOutputs>(
    {
      kind: "CephMonitor",
      model: cephMonitorModel,
      outputs: ["node", "address", "inQuorum"],
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "2m" },
      onNode: {
        node: ({ node }) => node,
        what: () => "its monitor's data",
        async elsewhere(call, local, { node }) {
          const pve = await session.node(call, local);
          const there = ofNode((await ifConfigured(() => monitors(pve, local))) ?? [], node);
          return there && `Ceph has a monitor ${node} still: take it out of Ceph by hand first`;
        },
      },
      // The old one and the new one have the same name.
      oldGoesFirst: (changes) => changes.every(({ path }) => path !== "node"),
      async inspect(call, { node, address }, was) {
        if (node === undefined) return [];
        const problems = declaredTwice(session, call, "node", `the monitor of node ${node} belongs to`);
        if (was?.node === node && was.address === address) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        try {
          const found = ofNode((await ifThere(() => monitors(pve, node))) ?? [], node);
          if (found && was === undefined) call.report.result(`node ${node} has its monitor; it is taken over`);
          return problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `the monitors cannot be read: ${error.message}` }];
        }
      },
      async lookup(call, node) {
        const found = ofNode(await monitors(await session.node(call, node), node), node);
        if (!found) throw new Error(`node ${node} has no monitor; CephMonitor makes one`);
        return { id: node, outputs: { node, address: found.address, inQuorum: found.inQuorum } };
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        const found = ofNode((await ifConfigured(() => monitors(pve, at.node))) ?? [], at.node);
        if (!found) return undefined;
        const { address, inQuorum } = found;
        return {
          inputs: { ...wanted, node: at.node, ...(address === undefined ? {} : { address }) },
          outputs: { node: at.node, address, inQuorum },
        };
      },
      async ensure(call, inputs, made) {
        const { node } = inputs;
        const pve = await session.node(call, node);
        return pve.limits([daemons], call, async () => {
          const before = await monitors(pve, node);
          const there = ofNode(before, node);
          if (there) refuseElsewhere(there, inputs);
          else await create(pve, call, inputs);
          const at = { node, address: there?.address, inQuorum: false };
          made(node, at);
          const { address } = await untilInQuorum(pve, call, node);
          if (before.length === 0) await untilManager(pve, call, node);
          call.report.result(there ? `took over the monitor of node ${node}` : `monitor ${node}, in the quorum`);
          return { id: node, at: { node, address, inQuorum: true } };
        });
      },
      async remove(call, { node }) {
        const pve = await session.node(call, node);
        await pve.limits([daemons], call, async () => {
          const look = async (): Promise<Monitor[]> => (await ifConfigured(() => monitors(pve, node))) ?? [];
          const before = await look();
          if (!ofNode(before, node)) return;
          await pve.task(call, `removing monitor ${node}`, async () => {
            const now = await look();
            if (!ofNode(now, node)) return null;
            const why = whyNotRemoved(now, node) ?? (await whyCephKeeps(pve, node));
            if (why !== undefined) throw new Error(`monitor ${node} was not removed: ${why}`);
            return pve.api.nodes.$(node).ceph.mon.$(node).$delete();
          });
          await pve.until(
            `monitor ${node} to be gone`,
            async () => {
              const now = await look();
              const left = now.filter(
                ({ name }) => name !== node && before.some((one) => one.name === name && one.inQuorum),
              );
              const away = left.filter(({ inQuorum }) => !inQuorum).map(({ name }) => name);
              if (ofNode(now, node)) return { pending: "it is still listed" };
              return away.length === 0 ? { done: true } : { pending: `${away.join(", ")} not in the quorum` };
            },
            call.remainingMs(),
          );
        });
      },
    },
    session,
  );
};

async function create(pve: Pve, call: Call, { node, address }: CephMonitorInputs): Promise<void> {
  const params = address === undefined ? {} : { "mon-address": address };
  try {
    await pve.task(
      call,
      `making monitor ${node}`,
      () => pve.api.nodes.$(node).ceph.mon.$(node).$post(params),
      async () => ofNode(await monitors(pve, node), node) !== undefined,
    );
  } catch (error) {
    // What was lost may have been the answer only.
    if (!isProxmoxError(error, "unavailable") || !ofNode(await monitors(pve, node), node)) throw error;
  }
}

function refuseElsewhere({ host, address, name }: Monitor, { node, address: wanted }: CephMonitorInputs): void {
  if (host !== undefined && host !== node)
    throw new Error(`monitor ${name} runs on node ${host}, not on ${node}; nothing was changed`);
  if (wanted !== undefined && address !== undefined && !cephMonitorModel.same?.("address", wanted, address))
    throw new Error(`monitor ${name} has address ${address}, not ${wanted}; describe it as it is, or remove it first`);
}

/** It needs some seconds to find the others; when it is in the quorum, the next one may come. */
const untilInQuorum = (pve: Pve, call: Call, node: string): Promise<Monitor> =>
  pve.until(
    `monitor ${node} to be in the quorum`,
    async () => {
      const found = ofNode(await monitors(pve, node), node);
      if (found?.inQuorum) return { done: found };
      return { pending: found ? `it is ${found.state}` : "it is not listed" };
    },
    call.remainingMs(),
    "ceph monitor",
  );

/** The first monitor brings a manager, by a task of which no answer tells. Without one Ceph reports nothing. */
async function untilManager(pve: Pve, call: Call, node: string): Promise<void> {
  const running = async () => (await managers(pve, node)).some(({ state }) => state !== "stopped");
  try {
    await pve.until(
      "the manager that comes with the first monitor",
      async () => ((await running()) ? { done: true } : { pending: "it does not run yet" }),
      Math.min(120_000, call.remainingMs()),
    );
  } catch (error) {
    if (!isProxmoxError(error, "timeout")) throw error;
    // The monitor stands, and a CephManager makes what is missing.
    call.report.warn(`monitor ${node} stands, and ${error.message}; look at the task log of node ${node}`);
  }
}

/** Ceph's own opinion of it. */
async function whyCephKeeps(pve: Pve, node: string): Promise<string | undefined> {
  const answer = wire.object(
    await pve.api.nodes.$(node).ceph["cmd-safety"].$get({ service: "mon", id: node, action: "destroy" }),
  );
  return wire.boolean(answer["safe"])
    ? undefined
    : `Ceph refuses: ${wire.string(answer["status"]) ?? "it is not safe"}`;
}

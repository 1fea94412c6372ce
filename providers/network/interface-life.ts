import { isProxmoxError, wire } from "../../pve";
import { makes, onNode } from "../checks/made-here";
import { ApplyFailed } from "../kernel/commit/commit";
import type { Call } from "../kernel/call/call";
import { untilAborted } from "../kernel/call/until-aborted";
import { define } from "../kernel/define";
import type { Definition, Live } from "../kernel/resource-kind";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { suggestion, type Problem } from "../kernel/state/problems";
import { inspectInterface } from "./check/inspect-interface";
import { guestsOnBridge } from "./guests-on-bridge";
import {
  changedFields,
  change,
  liveInputs,
  resent,
  reset,
  type InterfaceInputs,
  type InterfaceOutputs,
  type Kind,
} from "./kind";
import { nodeNetwork, type NodeNetwork } from "./network-commit";
import { otherType, removalPart, thereAlready, wantedPart } from "./parts";
import { addressIn, pathOf } from "./path";
import { addressesOf } from "./place-addresses";
import type { NodeView } from "./view";
import { touchedIn } from "./staged";

const idOf = ({ node, name }: InterfaceOutputs): string => `${node}/${name}`;
const member = (call: Call) => ({
  signal: call.signal,
  safePoint: () => call.safePoint(),
  progress: (text: string) => call.report.progress(text),
});
/** The node's network, when what is there is what stays. */
async function settled(call: Call, pve: Pve, node: string): Promise<NodeNetwork> {
  const network = nodeNetwork(pve, node);
  await untilAborted(call.signal, network.settle(pve, stackOf(call), call.operation !== "read", call.report.warn));
  return network;
}
const stackOf = (call: Call): string => wire.string(call.inputs["__stack"]) ?? "";

interface Life {
  readonly kind: Kind;
  readonly timeouts: Definition<object, object>["timeouts"];
}

/** The life of a kind of interfaces: each change meets the others of its node, and all are applied at once. */
export function interfaceLife<I extends InterfaceInputs>({ kind, timeouts }: Life, session: Session) {
  /** Made or changed by this process, as it is wanted. */
  const complete = new Set<string>();
  const values = (inputs: Partial<I>) => inputs as Readonly<Record<string, unknown>>;

  const about = (call: Call, pve: Pve, { node, name }: InterfaceOutputs) => ({ kind, pve, call, node, name });

  function live(view: NodeView, at: InterfaceOutputs, wanted: Partial<I>): Live<I, InterfaceOutputs> | undefined {
    if (view.changes !== undefined) {
      const { names, unknown } = touchedIn(view.changes);
      if (unknown || names.has(at.name))
        throw new Error(
          `what ${at.name} is on ${at.node} cannot be told while a change of it is staged; apply or revert it in ` +
            `System > Network of ${at.node}:\n${view.changes}`,
        );
    }
    const row = view.rows.get(at.name);
    if (row === undefined) return undefined;
    if (!kind.types.includes(row["type"] ?? "")) throw new Error(otherType({ kind, ...at }, row));
    const found = {
      ...wanted,
      ...liveInputs(kind, row, { ...wanted, ...at }, view.rows),
      node: at.node,
      name: at.name,
    };
    return { inputs: found as unknown as Partial<I>, outputs: at };
  }

  async function create(call: Call, pve: Pve, inputs: I, made: () => void): Promise<void> {
    const network = nodeNetwork(pve, inputs.node);
    const part = wantedPart(about(call, pve, inputs), inputs, {}, { creating: true, applyAnyway: false });
    try {
      await network.arrive(pve, stackOf(call), member(call), part);
    } catch (error) {
      // Without a way back Proxmox keeps what it could not bring up: it is there, and not to be forgotten.
      if (error instanceof ApplyFailed && (await isThere(pve, inputs))) made();
      throw error;
    }
    made();
    complete.add(idOf(inputs));
    call.whenRecorded(network.madeOne(inputs.name, call.mark));
  }

  async function isThere(pve: Pve, { node, name }: InterfaceOutputs): Promise<boolean> {
    try {
      const { rows, changes } = await nodeNetwork(pve, node).view(pve, true);
      return changes === undefined && rows.has(name);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return false;
    }
  }

  async function takeOver(call: Call, pve: Pve, { node, name }: InterfaceOutputs): Promise<void> {
    const { rows } = await nodeNetwork(pve, node).view(pve);
    const row = rows.get(name);
    if (row === undefined) throw new Error(nothing(node, name, [...rows.keys()]));
    if (!kind.types.includes(row["type"] ?? "")) throw new Error(otherType({ kind, node, name }, row));
    call.report.result(kind.physical ? `${name} of ${node}` : `took over ${kind.noun} ${name} of ${node}`);
  }

  const nothing = (node: string, name: string, names: readonly string[]): string =>
    kind.physical
      ? `there is no port ${name} on ${node}${suggestion(name, names)}; there are ${names.join(", ")}`
      : `there is no ${kind.noun} ${name} on ${node} to take over${suggestion(name, names)}; leave adopt out to make it`;

  return define<I, InterfaceOutputs>(
    {
      kind: kind.kind,
      model: kind.model,
      outputs: ["node", "name"],
      timeouts,
      onNode: { node: ({ node }) => node, what: ({ name }) => `${name} in its /etc/network/interfaces` },
      /** Two interfaces cannot have the same ports or addresses at once. */
      oldGoesFirst: () => true,
      async inspect(call, inputs, was) {
        const { node, name } = inputs;
        if (node === undefined || name === undefined) return [];
        const { pve, problems } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems];
        if (/ridge$/.test(kind.kind)) makes(pve, "bridge", name);
        for (const cidr of [values(inputs)["address"], values(inputs)["address6"]])
          if (typeof cidr === "string") makes(pve, "address", onNode(node, addressIn(cidr)));
        const network = nodeNetwork(pve, node);
        const end = network.expect();
        try {
          const view = await network.view(pve);
          const found = await inspectInterface(
            { kind, call, pve, node, name, view },
            values(inputs),
            was && values(was),
          );
          return [...problems, ...found, ...(was ? [] : await inspectNew(call, pve, view, { ...inputs, node, name }))];
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `the network of ${node} cannot be read: ${error.message}` }];
        } finally {
          end();
        }
      },
      async observe(call, at, wanted) {
        const pve = await session.node(call, at.node);
        return live(await (await settled(call, pve, at.node)).view(pve), at, wanted);
      },
      async lookup(call, id) {
        const [node = "", name = ""] = id.split("/");
        const pve = await session.node(call, node);
        const found = live(await nodeNetwork(pve, node).view(pve), { node, name }, {});
        if (!found) throw new Error(`there is no ${kind.noun} ${name} on ${node}`);
        return { id, outputs: { ...found.inputs, node, name } };
      },
      async ensure(call, inputs, made) {
        const { node, name } = inputs;
        const at = { node, name };
        const pve = await session.node(call, node);
        await settled(call, pve, node);
        const id = idOf(at);
        if (inputs.adopt === true || kind.physical) {
          await takeOver(call, pve, at);
          made(id, at);
        } else await create(call, pve, inputs, () => made(id, at));
        return { id, at };
      },
      async sync(call, at, inputs, was, creating) {
        const id = idOf(at);
        if (creating && complete.delete(id)) return at;
        const pve = await session.node(call, at.node);
        const network = await settled(call, pve, at.node);
        const { rows, changes } = await network.view(pve);
        const row = rows.get(at.name);
        const wanted = values(inputs);
        const due =
          row === undefined || changes !== undefined || change(kind, row, wanted, values(was), rows) !== undefined;
        // What differed and is as wanted now was written by somebody, or by a run that failed: it may not be in effect.
        const applyAnyway = call.operation === "update" && (creating || isOther(was, wanted));
        if (!due && !applyAnyway) return at;
        if (row === undefined && kind.physical) throw new Error(nothing(at.node, at.name, [...rows.keys()]));
        const part = wantedPart(about(call, pve, at), inputs, values(was), { creating: false, applyAnyway });
        await network.arrive(pve, stackOf(call), member(call), part);
        return at;
      },
      async remove(call, at, settings) {
        const pve = await session.node(call, at.node);
        const network = await settled(call, pve, at.node);
        const { rows, changes } = await network.view(pve, true);
        const row = rows.get(at.name);
        if (row === undefined && changes === undefined) return;
        const refused = row && (await whyNot(call, pve, at, row, rows, values(settings)));
        if (refused !== undefined) throw new Error(refused);
        const part = removalPart(about(call, pve, at), values(settings));
        await network.arrive(pve, stackOf(call), member(call), part);
        if (kind.physical) call.report.result(`${at.name} of ${at.node} stays, without what was set of it`);
      },
    },
    session,
  );

  /** Has a field of the interface another value than it had? */
  function isOther(was: Partial<I>, wanted: Readonly<Record<string, unknown>>): boolean {
    return Object.keys(kind.mapped).some((key) => {
      const [before, after] = [values(was)[key], wanted[key]];
      return JSON.stringify(before) !== JSON.stringify(after) && !kind.model.same?.(key, after, before);
    });
  }

  async function inspectNew(
    call: Call,
    pve: Pve,
    { rows, changes }: NodeView,
    inputs: Partial<I> & InterfaceOutputs,
  ): Promise<Problem[]> {
    const { node, name } = inputs;
    const row = rows.get(name);
    const wrong = (message: string): Problem[] => [{ path: "name", message }];
    const differs = row === undefined ? [] : changedFields(kind, row, values(inputs), rows);
    if (inputs.adopt === true || kind.physical) {
      if (row === undefined) return wrong(nothing(node, name, [...rows.keys()]));
      if (!kind.types.includes(row["type"] ?? "")) return wrong(otherType({ kind, node, name }, row));
      const what = `${kind.noun} ${name} of ${node}`;
      call.report.result(
        differs.length === 0 ? `${what} is as described` : `changes ${what}: reload: ${differs.join(", ")}`,
      );
      return [];
    }
    // One that an interrupted run has staged as it is wanted is applied; one that it has made is taken up by its resource.
    const isStaged = changes !== undefined && touchedIn(changes).names.has(name);
    const isOurs = differs.length === 0 && (isStaged || (await nodeNetwork(pve, node).wasMade(pve, name)));
    const taken = row !== undefined && !isOurs;
    if (taken) return wrong(thereAlready({ kind, node, name }, row, differs));
    call.report.result(`${kind.noun} ${name} of ${node}; reload: its network, once for all changes`);
    return [];
  }

  async function whyNot(
    call: Call,
    pve: Pve,
    { node, name }: InterfaceOutputs,
    row: Readonly<Record<string, string>>,
    rows: NodeView["rows"],
    managed: Readonly<Record<string, unknown>>,
  ): Promise<string | undefined> {
    if (!kind.types.includes(row["type"] ?? "")) return `${otherType({ kind, node, name }, row)}; nothing was removed`;
    if (kind.physical) {
      const gone = (reset(kind, row, managed)?.["delete"] ?? "").split(",");
      const carries = gone.some((key) => resent.includes(key) && row[key] !== undefined);
      if (!carries || !pathOf(rows, await addressesOf(pve, node)).has(name)) return undefined;
      return (
        `${name} carries what ${node} is reached by, and was not reset; keep it (retainOnDelete: true, or pulumi state ` +
        "delete), or give the node another way first"
      );
    }
    if (pathOf(rows, await addressesOf(pve, node)).has(name))
      return (
        `${kind.noun} ${name} is on the way by which ${node} is reached, and was not removed; keep it (retainOnDelete: ` +
        "true, or pulumi state delete), or give the node another way first"
      );
    if (!/ridge$/.test(kind.kind)) return undefined;
    call.report.progress(`looking whether guests use ${name}`);
    const guests = await guestsOnBridge(pve, node, name);
    return guests.length === 0
      ? undefined
      : `bridge ${name} of ${node} is used by ${guests.join("; ")}; it was not removed. Move their devices to another bridge first`;
  }
}

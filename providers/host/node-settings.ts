import { isProxmoxError } from "../../pve";
import type { Operation } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Model } from "../kernel/resource-kind";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { declaredTwice } from "../checks/declared-twice";

/** Settings that every node has in any case, over an API that reads and writes them whole. */
interface NodeSettings<I extends { readonly node: string }, S, C> {
  readonly kind: string;
  readonly model: Model;
  /** What they are called in a sentence: "name servers". */
  readonly what: string;
  readonly number: "singular" | "plural";
  readonly timeouts: Record<Operation, string>;
  read(pve: Pve, node: string): Promise<S>;
  /** The live settings in the terms of what is wanted. */
  inputs(live: S, wanted: Partial<I>): Partial<I>;
  /** All of the live settings, for a look-up; those of `inputs` without `all`. */
  all?(live: S): Partial<I>;
  /** What is to be sent so that they are as wanted; `was`: what was managed before. Undefined: nothing. */
  change(live: S, wanted: I, was: Partial<I>): C | undefined;
  send(pve: Pve, node: string, change: C, live: S): Promise<unknown>;
  /** What is there and gives way to these inputs, for people; undefined when nothing does. */
  givesWay(live: S, wanted: Partial<I>): string | undefined;
  /** For the row, when they were written. */
  describe(wanted: I): string;
  /** More checks, of what is known and sound. */
  inspect?(pve: Pve, inputs: Partial<I>, node: string): Promise<Problem[]>;
}

/**
 * The life of such settings. Nothing is made: what is wanted takes the place of what is there, which the preview shows,
 * and a deletion leaves them, for what was there before may be wrong by now.
 */
export const nodeSettings = <I extends { readonly node: string }, S, C>(
  session: Session,
  of: NodeSettings<I, S, C>,
) => {
  const [they, their, verb] = of.number === "plural" ? ["they", "their", "are"] : ["it", "its", "is"];
  return define<I, { readonly node: string }>(
    {
      ...{ kind: of.kind, model: of.model, outputs: ["node"], timeouts: of.timeouts },
      async inspect(call, inputs, was) {
        const { node } = inputs;
        if (node === undefined) return [];
        const problems = declaredTwice(session, call, "node", `the ${of.what} of ${node} ${verb} set by`);
        if (was?.node === node) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        problems.push(...unreachable);
        if (!pve) return problems;
        try {
          // What is there has been written by somebody: it is shown before it goes.
          const gone = of.givesWay(await of.read(pve, node), inputs);
          if (gone !== undefined) call.report.result(`node ${node} has ${gone}; this takes ${their} place`);
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          problems.push({ path: "node", message: `its ${of.what} cannot be read: ${error.message}` });
        }
        return [...problems, ...((await of.inspect?.(pve, inputs, node)) ?? [])];
      },
      async lookup(call, id) {
        const live = await of.read(await session.node(call, id), id);
        return { id, outputs: { ...(of.all ? of.all(live) : of.inputs(live, {})), node: id } };
      },
      async observe(call, at, wanted) {
        const live = await of.read(await session.node(call, at.node), at.node);
        // Said also of what the node has not: what is left out counts as it is wanted.
        return { inputs: { ...wanted, ...of.inputs(live, wanted), node: at.node }, outputs: at };
      },
      async ensure(call, { node }, made) {
        await of.read(await session.node(call, node), node);
        made(node, { node });
        return { id: node, at: { node } };
      },
      async sync(call, at, wanted, was) {
        const { node } = at;
        const pve = await session.node(call, node);
        const missing = async (): Promise<{ change: C; live: S } | undefined> => {
          const live = await of.read(pve, node);
          const change = of.change(live, wanted, was);
          return change === undefined ? undefined : { change, live };
        };
        if (!(await missing())) return at;
        await pve.write(call, {
          what: `setting the ${of.what} of node ${node}`,
          lock: `host:${node}`,
          send: async () => {
            const found = await missing();
            if (found) await of.send(pve, node, found.change, found.live);
          },
          happened: async () => (await missing()) === undefined,
        });
        call.report.result(`node ${node}: ${of.describe(wanted)}`);
        return at;
      },
      async remove(call, { node }) {
        call.report.result(`node ${node} keeps its ${of.what}; ${they} ${verb} no longer managed`);
      },
    },
    session,
  );
};

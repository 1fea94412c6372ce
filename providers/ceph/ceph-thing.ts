import { declaredTwice } from "../checks/declared-twice";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Definition } from "../kernel/resource-kind";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { sshProblems } from "./over-ssh";
import { lookAgain } from "./look-again";
import { assertFsid, readFsid } from "./pools/pool-rows";
import { sharedInPreview } from "./preview-look";
import { ifThere } from "./readiness";

/** What the state knows such a thing by; more where the kind has more. */
export interface ThingState {
  readonly name: string;
  readonly node: string;
  /** The Ceph that it belongs to. */
  readonly fsid: string;
}

interface ThingInputs {
  readonly name?: string | undefined;
  readonly node: string;
}

/** One kind of what Ceph keeps under a name in its maps, and Proxmox's API does not make: rules, profiles, keys, modules. */
interface Thing<I extends ThingInputs, O extends ThingState, L> extends Pick<
  Definition<I, O>,
  "kind" | "model" | "outputs"
> {
  /** What messages call it: "CRUSH rule". */
  readonly noun: string;
  /** Undefined only when Ceph itself says that there is none. */
  read(pve: Pve, call: Call, node: string, name: string): Promise<L | undefined>;
  /** What is known of it beside name, node and Ceph. */
  outputsOf?(live: L, name: string): Omit<O, keyof ThingState>;
  /** It as it is, in the terms of the inputs. */
  live(live: L, wanted: Partial<I>): Partial<I>;
  /** How it is another one than described: "root is other, not default". */
  differences(live: L, inputs: Partial<I>): string[];
  make(pve: Pve, call: Call, inputs: I, name: string): Promise<void>;
  /** Brings one that is there to the description; without it, nothing of it is ever changed. */
  change?(pve: Pve, call: Call, inputs: I, name: string): Promise<void>;
  /** Why it stays; undefined when it may go. Asked directly before. */
  whyKept?(pve: Pve, call: Call, at: O, live: L, settings: Partial<I>): Promise<string | undefined>;
  remove(pve: Pve, call: Call, node: string, name: string): Promise<void>;
  /** Checks of the kind's own. */
  inspect?(pve: Pve, call: Call, inputs: Partial<I>): Promise<Problem[]>;
  /** What of it stands elsewhere than in the state. */
  readonly elsewhere?: Elsewhere<I, O> | undefined;
}

/** For a kind that hands a secret of its own to a store, where the program says so. */
interface Elsewhere<I, O> {
  /** What is wrong with the place; asked without Ceph. */
  inspect(call: Call, inputs: Partial<I>, was: Partial<I> | undefined): Promise<Problem[]>;
  /** Without the secret, where it is not the state's. */
  hidden(at: O, wanted: Partial<I>): O;
  /** Brings the place to what `now` holds with its secret, and returns what the state is to hold. */
  write(call: Call, inputs: I, now: O, before: O | undefined): Promise<O>;
  due(call: Call, at: O, live: O, wanted: Partial<I>): Promise<string | undefined>;
  remove(call: Call, at: O): Promise<void>;
}

/** All of them change the same map: one at a time. */
const map = "ceph:map";

/** The provider of such a kind. What is there as described is taken over; what is there otherwise is refused. */
export function thing<I extends ThingInputs, O extends ThingState, L>(of: Thing<I, O, L>, session: Session) {
  const called = (name: string): string => `${of.noun} ${name}`;
  const other = (name: string, differs: readonly string[]): string =>
    `there is ${called(name)} already, and it is another one than described: ${differs.join(", ")}. Describe it as it is, or ` +
    "write another name";
  const stateOf = (inputs: I, fsid: string, live: L): O =>
    ({ name: inputs.name ?? "", node: inputs.node, fsid, ...of.outputsOf?.(live, inputs.name ?? "") }) as unknown as O;

  async function expectAsDescribed(pve: Pve, call: Call, inputs: I, name: string): Promise<L> {
    const live = await of.read(pve, call, inputs.node, name);
    if (live === undefined) throw new Error(`${called(name)} is not there, although Ceph reported no error`);
    const differs = of.differences(live, inputs);
    if (differs.length > 0)
      throw new Error(`${called(name)} is not as described, although Ceph reported no error: ${differs.join(", ")}`);
    return live;
  }

  /** What was lost may have been the answer only: what is there counts. */
  async function sent(pve: Pve, call: Call, inputs: I, name: string, send: () => Promise<void>): Promise<L> {
    await call.safePoint();
    try {
      await send();
    } catch (error) {
      const live = await lookAgain(() => of.read(pve, call, inputs.node, name), error);
      if (live === undefined || of.differences(live, inputs).length > 0) throw error;
    }
    return expectAsDescribed(pve, call, inputs, name);
  }

  return define<I, O>(
    {
      ...{ kind: of.kind, model: of.model, outputs: of.outputs },
      timeouts: { create: "10m", update: "10m", delete: "10m", read: "5m" },
      async inspect(call, inputs, was) {
        const { name, node } = inputs;
        const places = (await of.elsewhere?.inspect(call, inputs, was)) ?? [];
        if (name === undefined || node === undefined) return places;
        const problems = [...places, ...declaredTwice(session, call, "name", `${called(name)} belongs to`)];
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems, ...unreachable];
        problems.push(...sshProblems(pve, `${called(name)}`));
        if (problems.length > 0) return problems;
        try {
          // Before there is a Ceph, there is nothing to look at.
          const shared = <T>(what: string, read: (pve: Pve) => Promise<T>) =>
            ifThere(() => sharedInPreview(session, pve, call, `${what} of ${node}`, read));
          if ((await shared("fsid", (at) => readFsid(at, node))) === undefined) return problems;
          if ((await shared("rules", (at) => at.api.nodes.$(node).ceph.rules.$get())) === undefined) return problems;
          problems.push(...((await of.inspect?.(pve, call, inputs)) ?? []));
          if (was?.name === name) return problems;
          const live = await of.read(pve, call, node, name);
          if (live === undefined) return problems;
          const differs = of.differences(live, inputs);
          if (differs.length > 0) return [...problems, { path: "name", message: other(name, differs) }];
          call.report.result(`${called(name)} is there as described; it is taken over`);
          return problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [...problems, { path: "node", message: `${called(name)} cannot be looked for: ${error.message}` }];
        }
      },
      async lookup(call, id) {
        const [, node = "", name = ""] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
        if (name === "") throw new Error(`write node and name, such as echo/${id}, not ${id}`);
        const pve = await session.node(call, node);
        const live = await of.read(pve, call, node, name);
        if (live === undefined) throw new Error(`there is no ${called(name)}`);
        const inputs = { ...of.live(live, {}), name, node } as unknown as I;
        return { id, outputs: { ...inputs, ...stateOf(inputs, await readFsid(pve, node), live) } };
      },
      ...(of.elsewhere ? { due: (call: Call, at: O, wanted: Partial<I>) => due(call, at, wanted) } : {}),
      async observe(call, at, wanted) {
        const node = wanted.node ?? at.node;
        const pve = await session.node(call, node);
        await assertFsid(pve, node, at.fsid, called(at.name));
        const live = await of.read(pve, call, node, at.name);
        if (live === undefined) return undefined;
        const now = { ...at, node, ...of.outputsOf?.(live, at.name) };
        return {
          inputs: { ...wanted, ...of.live(live, wanted), name: at.name },
          outputs: of.elsewhere?.hidden(now, wanted) ?? now,
        };
      },
      async ensure(call, inputs, made) {
        const { node, name = "" } = inputs;
        const pve = await session.node(call, node);
        return pve.limits([map], call, async () => {
          const fsid = await readFsid(pve, node);
          const there = await of.read(pve, call, node, name);
          if (there !== undefined) {
            const differs = of.differences(there, inputs);
            if (differs.length > 0) throw new Error(other(name, differs));
          } else call.report.progress(`making ${called(name)}`);
          const live = there ?? (await sent(pve, call, inputs, name, () => of.make(pve, call, inputs, name)));
          const at = stateOf(inputs, fsid, live);
          made(name, of.elsewhere?.hidden(at, inputs) ?? at);
          call.report.result(`${there === undefined ? "" : "took over "}${called(name)}`);
          return { id: name, at: (await of.elsewhere?.write(call, inputs, at, undefined)) ?? at };
        });
      },
      async sync(call, at, inputs) {
        const { node } = inputs;
        const pve = await session.node(call, node);
        return pve.limits([map], call, async () => {
          await assertFsid(pve, node, at.fsid, called(at.name));
          let live = await of.read(pve, call, node, at.name);
          if (live === undefined)
            throw new Error(`${called(at.name)} is gone; run pulumi refresh, and up makes it anew`);
          const differs = of.differences(live, inputs);
          if (differs.length > 0) {
            if (!of.change)
              throw new Error(`${called(at.name)} is another one by now: ${differs.join(", ")}; nothing was changed`);
            const { change } = of;
            live = await sent(pve, call, inputs, at.name, () => change(pve, call, inputs, at.name));
          }
          const now = { ...at, node, ...of.outputsOf?.(live, at.name) };
          return (await of.elsewhere?.write(call, inputs, now, at)) ?? { ...at, node };
        });
      },
      async remove(call, at, settings) {
        const node = settings.node ?? at.node;
        const pve = await session.node(call, node);
        await pve.limits([map], call, async () => {
          await assertFsid(pve, node, at.fsid, called(at.name));
          const live = await of.read(pve, call, node, at.name);
          if (live === undefined) return call.report.result(`${called(at.name)} is gone already`);
          const why = await of.whyKept?.(pve, call, { ...at, node }, live, settings);
          if (why !== undefined) throw new Error(`${called(at.name)} not removed, nothing was touched: ${why}`);
          await call.safePoint();
          await of.remove(pve, call, node, at.name);
          if ((await of.read(pve, call, node, at.name)) !== undefined)
            throw new Error(`${called(at.name)} is still there, although Ceph reported no error`);
        });
        await of.elsewhere?.remove(call, at);
      },
    },
    session,
  );

  async function due(call: Call, at: O, wanted: Partial<I>): Promise<string | undefined> {
    const node = wanted.node ?? at.node;
    const pve = await session.node(call, node);
    const live = await of.read(pve, call, node, at.name);
    if (live === undefined) return undefined;
    return of.elsewhere?.due(call, at, { ...at, ...of.outputsOf?.(live, at.name) }, wanted);
  }
}

import { isProxmoxError } from "../../pve";
import type { Texts } from "../kernel/fields/codec";
import { ApplyFailed } from "../kernel/commit/commit";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Definition, Live } from "../kernel/resource-kind";
import { sees } from "../kernel/session/own-sight";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { suggestion, type Problem } from "../kernel/state/problems";
import type { Applied } from "./sdn-apply";
import { clusterSdn } from "./sdn-commit";
import { aclPath, changedFields, liveInputs, otherThan, wantedTexts, type SdnKind, type SdnOutputs } from "./sdn-kind";
import { MadeObjects } from "./sdn-made";
import { called, removalPart, thereAlready, wantedPart } from "./sdn-parts";
import { differences, differing, shown, type SdnView } from "./sdn-view";

type Values = Readonly<Record<string, unknown>>;

interface Life<I> {
  readonly kind: SdnKind;
  /** Checks of the kind's own, for fields that are known and sound. */
  inspect(pve: Pve, call: Call, inputs: Partial<I>, was: Partial<I> | undefined, view: SdnView): Promise<Problem[]>;
  /** Why it cannot be taken away as it is. */
  inUse?(pve: Pve, call: Call, id: string): Promise<string | undefined>;
}

const timeouts: Definition<object, object>["timeouts"] = { create: "15m", update: "15m", delete: "15m", read: "2m" };

const member = (call: Call) => ({
  signal: call.signal,
  safePoint: () => call.safePoint(),
  progress: (text: string) => call.report.progress(text),
});

/** The life of a kind of SDN's objects: each change meets the others of the cluster, and all are applied at once. */
export function sdnLife<I extends object>({ kind, inspect, inUse }: Life<I>, session: Session) {
  /** Made or changed by this process, as it is wanted. */
  const complete = new Set<string>();
  const values = (inputs: object) => inputs as Values;
  const about = (call: Call, pve: Pve, id: string) => ({ kind, pve, call, id });
  const nothing = (id: string, view: SdnView): string =>
    `there is no ${kind.noun} ${id} to take over${suggestion(id, [...view.config[kind.collection].keys()])}; ` +
    "leave adopt out to make it";

  function live(view: SdnView, at: SdnOutputs, wanted: Values): Live<I, SdnOutputs> | undefined {
    const id = kind.id(at);
    const staged = differences(view.running, view.config).find(
      (one) => one.collection === kind.collection && one.id === id,
    );
    if (staged !== undefined)
      throw new Error(
        `what ${kind.noun} ${id} is cannot be told while a change of it is staged; apply it or roll it back in ` +
          `Datacenter > SDN:\n${shown(staged)}`,
      );
    const texts = view.running[kind.collection].get(id);
    if (texts === undefined) return undefined;
    const fixed = texts["type"] === undefined || wanted["type"] === undefined ? {} : { type: texts["type"] };
    const inputs = { ...wanted, ...liveInputs(kind, texts, wanted), ...fixed, ...at };
    return { inputs: inputs as unknown as Partial<I>, outputs: at };
  }

  /** Proxmox leaves out of its lists what may not be seen: what is not listed is gone only where it would be shown. */
  async function assertSeen(pve: Pve, view: SdnView, id: string, wanted: Values | undefined): Promise<void> {
    const path = aclPath(kind, id, view, wanted);
    if ((await sees(pve, path, "SDN.Audit")) || (await sees(pve, path, "SDN.Allocate"))) return;
    throw new Error(`whether ${kind.noun} ${id} is there cannot be seen: it takes the privilege SDN.Audit on ${path}`);
  }

  /** Is what is there just what is wanted? */
  const isAsWanted = (texts: Texts | undefined, inputs: object): boolean =>
    texts !== undefined &&
    otherThan(kind, texts, values(inputs)) === undefined &&
    changedFields(kind, texts, values(inputs)).length === 0;

  /** Has a field that Proxmox keeps another value than it had? */
  const isOther = (was: Values, wanted: Values): boolean =>
    Object.keys(kind.fields(wanted["type"] as string | undefined) ?? {}).some(
      (name) => JSON.stringify(was[name]) !== JSON.stringify(wanted[name]),
    );

  const tellOffline = (call: Call, applied: Applied | undefined): void => {
    if (applied && applied.offline.length > 0)
      call.report.warn(
        `${applied.offline.join(", ")} ${applied.offline.length > 1 ? "are" : "is"} offline, and was not looked at; ` +
          "apply the SDN again when the node is back",
      );
  };

  async function create(call: Call, pve: Pve, inputs: I, made: () => void): Promise<void> {
    const id = kind.id(values(inputs));
    const sdn = clusterSdn(pve);
    const notes = await MadeObjects.of(pve, call.report.progress);
    const running = (await sdn.view(pve, true)).running[kind.collection].get(id);
    // A note may be older than what is there now.
    const mayExist = isAsWanted(running, inputs) && ((await notes?.isOf(kind, id, call.mark)) ?? false);
    const options = { creating: true, mayExist, applyAnyway: mayExist };
    // Before anything is staged: from the apply on it is there.
    if (running === undefined) await notes?.add(kind, id, call.mark);
    try {
      tellOffline(
        call,
        await sdn.arrive(pve, member(call), wantedPart(about(call, pve, id), values(inputs), {}, options)),
      );
    } catch (error) {
      // What could not be put back is there, and not to be forgotten.
      if (error instanceof ApplyFailed && (await isThere(pve, id))) made();
      else if (!call.signal.aborted) await notes?.remove(kind, id, call.mark);
      throw error;
    }
    made();
    complete.add(id);
    if (notes) call.whenRecorded(() => notes.remove(kind, id, call.mark));
  }

  async function isThere(pve: Pve, id: string): Promise<boolean> {
    try {
      return (await clusterSdn(pve).view(pve, true)).running[kind.collection].has(id);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return false;
    }
  }

  async function takeOver(call: Call, pve: Pve, inputs: I): Promise<void> {
    const id = kind.id(values(inputs));
    const view = await clusterSdn(pve).view(pve);
    const texts = view.running[kind.collection].get(id);
    if (texts === undefined) throw new Error(nothing(id, view));
    const other = otherThan(kind, texts, values(inputs));
    if (other !== undefined) throw new Error(`${kind.noun} ${id} is another one than described: ${other}`);
    call.report.result(`took over ${kind.noun} ${id}`);
  }

  async function inspectNew(call: Call, pve: Pve, view: SdnView, inputs: Partial<I>): Promise<Problem[]> {
    const id = kind.id(values(inputs));
    const [path = ""] = kind.outputs.slice(-1);
    const wrong = (message: string): Problem[] => [{ path, message }];
    const running = view.running[kind.collection].get(id);
    if ((inputs as { adopt?: boolean }).adopt === true) {
      if (running === undefined) return wrong(nothing(id, view));
      const differs = changedFields(kind, running, values(inputs));
      call.report.result(
        differs.length === 0
          ? `${kind.noun} ${id} is as described`
          : `changes ${kind.noun} ${id}: reload: ${differs.join(", ")}`,
      );
      return [];
    }
    const isNoted = async () => (await MadeObjects.of(pve, call.report.progress))?.has(kind, id);
    if (running !== undefined && !(isAsWanted(running, inputs) && (await isNoted())))
      return wrong(thereAlready({ kind, id }));
    call.report.result(`${kind.noun} ${id}; reload: the networks of all nodes, once for all changes`);
    return [];
  }

  return define<I, SdnOutputs>(
    {
      kind: kind.kind,
      model: kind.model,
      outputs: kind.outputs,
      timeouts,
      /** Under one name there is one object. */
      oldGoesFirst: () => true,
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        const id = kind.id(values(inputs));
        if (!pve || kind.outputs.some((name) => values(inputs)[name] === undefined)) return [];
        const sdn = clusterSdn(pve);
        const end = sdn.expect();
        try {
          const view = await sdn.view(pve);
          const problems = await inspect(pve, call, inputs, was, view);
          const isNew = was === undefined || kind.id(values(was)) !== id;
          return isNew ? [...problems, ...(await inspectNew(call, pve, view, inputs))] : problems;
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          return [{ path: kind.outputs[0] ?? "", message: `the SDN cannot be read: ${error.message}` }];
        } finally {
          end();
        }
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const view = await clusterSdn(pve).view(pve);
        const found = live(view, at, values(wanted));
        if (found === undefined) await assertSeen(pve, view, kind.id(at), values(wanted));
        return found;
      },
      async lookup(call, id) {
        const pve = await session.pve(call);
        const view = await clusterSdn(pve).view(pve);
        const found = live(view, kind.at(id), {});
        if (!found)
          throw new Error(`there is no ${kind.noun} ${id}${suggestion(id, [...view.running[kind.collection].keys()])}`);
        return { id, outputs: { ...found.inputs, ...kind.at(id) } };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const id = kind.id(values(inputs));
        const at = kind.at(id);
        if ((inputs as { adopt?: boolean }).adopt === true) {
          await takeOver(call, pve, inputs);
          made(id, at);
        } else {
          await create(call, pve, inputs, () => made(id, at));
          call.report.result(called({ kind, id }));
        }
        return { id, at };
      },
      async sync(call, at, inputs, was, creating) {
        const id = kind.id(at);
        if (creating && complete.delete(id)) return at;
        const pve = await session.pve(call);
        const sdn = clusterSdn(pve);
        const view = await sdn.view(pve);
        const now = view.running[kind.collection].get(id);
        const config = view.config[kind.collection].get(id);
        const wanted = wantedTexts(kind, config, values(inputs), values(was));
        const due = now === undefined || config === undefined || differing(now, wanted).length > 0;
        // What differed and is as wanted now was written by somebody, or by a run that failed: it may not be in effect.
        const applyAnyway = call.operation === "update" && !due && isOther(values(was), values(inputs));
        if (!due && !applyAnyway) return at;
        const options = { creating: false, mayExist: true, applyAnyway };
        const part = wantedPart(about(call, pve, id), values(inputs), values(was), options);
        tellOffline(call, await sdn.arrive(pve, member(call), part));
        return at;
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const id = kind.id(at);
        const sdn = clusterSdn(pve);
        const view = await sdn.view(pve, true);
        const isLeft = view.running[kind.collection].has(id) || view.config[kind.collection].has(id);
        if (!isLeft) return assertSeen(pve, view, id, undefined);
        const looks = async () => inUse?.(pve, call, id);
        const used = await looks();
        if (used !== undefined) throw new Error(used);
        tellOffline(call, await sdn.arrive(pve, member(call), removalPart(about(call, pve, id), looks)));
      },
    },
    session,
  );
}

import { isProxmoxError, type Params } from "../../pve";
import type { Call } from "./call/call";
import { define } from "./define";
import type { Definition, Live } from "./resource-kind";
import type { Pve } from "./session/pve-session";
import type { Session } from "./session/session";
import { SharedList } from "./shared-list";
import { changesBetween } from "./state/changes";
import { withoutHidden } from "./state/hidden";
import { suggestion, type Problem } from "./state/problems";
import type { Write, WriteLock } from "./write";

/** What a program writes of every object that is known by a name. */
interface NamedInputs {
  /** Take over the one of this name instead of making it. */
  readonly adopt?: boolean | undefined;
}

/**
 * One kind of objects that Proxmox knows by a name which the user gives them, and that it makes, changes and removes
 * before it answers: pools, definitions of storages, groups, backup jobs. `E` is such an object as Proxmox tells it.
 */
interface NamedDefinition<I extends NamedInputs, O extends object, E> extends Pick<
  Definition<I, O>,
  "kind" | "model" | "outputs" | "timeouts" | "refine" | "oldGoesFirst" | "due"
> {
  /** What messages call it: "pool". */
  readonly noun: string;
  /** The input, and output, that is its name; the model has it from the resource's (`namedBy`). */
  readonly name: keyof I & keyof O & string;
  /** The file of the cluster that Proxmox locks for a change of it. */
  readonly lock: WriteLock;
  /** All of them that the user may see, by their names. */
  list(pve: Pve): Promise<ReadonlyMap<string, E>>;
  /** Asks for the one of this name; undefined when the answer tells nothing of it. "Not found" is thrown, as it comes. */
  read(pve: Pve, name: string): Promise<E | undefined>;
  /** What the state knows it by; before it is made too. */
  at(inputs: I): O;
  /** It as it is, in the terms of the inputs. */
  live(entry: E, at: O, wanted: Partial<I>): Live<I, O>;
  /** Makes it with all that the inputs say. */
  create(pve: Pve, inputs: I, call: Call): Promise<unknown>;
  /** What must be sent so that it is as described, and what was managed and no longer is, reset; undefined when nothing. */
  change(entry: E, inputs: I, was: Partial<I>): Params | undefined;
  update(pve: Pve, name: string, change: Params, of: { readonly at: O; readonly inputs: I }): Promise<unknown>;
  remove(pve: Pve, name: string, of: { readonly at: O; readonly settings: Partial<I> }): Promise<unknown>;
  /**
   * What has the name is about another thing now than the state says, though it is told nowhere in it: whose it is, in
   * words. It is never touched, and of the state's own nothing is left.
   */
  stranger?(pve: Pve, at: O): Promise<string | undefined>;
  /** Why it cannot be removed as it is, with what to do about it: it is in use, or holds something. */
  inUse?(pve: Pve, name: string, entry: E, call: Call): Promise<string | undefined>;
  /** How the one that is there is another object than the one described: "type is dir"; none when it is the same. */
  differences?(inputs: Partial<I>, entry: E): string[];
  /** Is it what a creation has sent? Only asked when the answer was lost. Unless given: nothing would be changed. */
  isAsSent?(inputs: I, entry: E): boolean;
  /** In parentheses after its name, where it is in the way: "dir". */
  detail?(entry: E): string;
  /** Checks of the area's own, for fields that are known and sound. */
  inspect?(pve: Pve, call: Call, inputs: Partial<I>, was: Partial<I> | undefined): Promise<Problem[]>;
  /** Warnings about one that will be made, in the light of those that are there. */
  warn?(call: Call, inputs: Partial<I>, there: ReadonlyMap<string, E>): void;
  /** What must be there before it is made or taken over: inputs to be sent in place of those that were written, and outputs. */
  prepare?(call: Call, inputs: I): Promise<{ readonly inputs: I; readonly outputs: Partial<O> }>;
  /**
   * What else belongs to it and goes another way than `update`; it runs again when an answer was lost. `made`: this
   * process has made it, with all that the inputs say. Outputs that it changes are returned.
   */
  afterwards?(call: Call, pve: Pve, inputs: I, was: Partial<I>, made: boolean, at: O): Promise<Partial<O> | void>;
  /** It was removed, or was gone already: what belonged to it elsewhere goes too. */
  removed?(call: Call, at: O): Promise<void>;
  /** Why it stays when the resource goes, as the row is to tell it: it is always there. */
  stays?(entry: E): string | undefined;
  /** It is there now, or gone: what the process remembers of it is to be brought up to date. */
  changed?(pve: Pve, name: string, present: boolean): Promise<void>;
}

/** The provider of such a kind. */
export function named<I extends NamedInputs, O extends object, E>(of: NamedDefinition<I, O, E>, session: Session) {
  const { kind, model, outputs, timeouts, noun, lock, refine, oldGoesFirst, due } = of;
  /** Made by this process, with all that was to be said. */
  const complete = new Set<string>();
  /** Taken over by resources of this run, by their URNs: one that only has got another name is deleted under its old one. */
  const takenOver = new Map<string, string>();
  /**
   * Whose a name is by the state, of the resources that the program has: after a run that was cut off, one that has got
   * another name is in the state under both, and is deleted under the old one by a run that takes over nothing.
   */
  const owners = new Map<string, string>();
  /** Names of what was there before this run: a resource that is replaced is checked a second time, as if it were new. */
  const existing = new Map<string, string>();
  const lists = new SharedList<ReadonlyMap<string, E>>();

  const nameOf = (at: O | Partial<I>): string => String((at as Readonly<Record<string, unknown>>)[of.name]);
  const called = (name: string): string => `${noun} ${name}`;
  const there = (name: string, entry: E): string => {
    const detail = of.detail?.(entry);
    return `${called(name)}${detail === undefined ? "" : ` (${detail})`} exists already; set adopt: true to take it over`;
  };
  const nothing = (name: string): string => `there is no ${called(name)} to take over; leave adopt out to make it`;
  const differs = (inputs: Partial<I>, entry: E): string | undefined => {
    const found = of.differences?.(inputs, entry) ?? [];
    if (found.length === 0) return undefined;
    return (
      `${called(nameOf(inputs))} is another one than described: its ${found.join(", its ")}; ` +
      "describe it as it is, or write another name"
    );
  };

  /** Its old one is to go then, which an alias may have under another URN. */
  const isReplaced = (was: Partial<I>, inputs: Partial<I>): boolean =>
    changesBetween(withoutHidden(was), withoutHidden(inputs), model.effects).some(({ effect }) => effect === "replace");

  /** The object as it is; undefined only when Proxmox itself says that there is none. */
  async function find(pve: Pve, name: string): Promise<E | undefined> {
    try {
      const entry = await of.read(pve, name);
      // An answer without it is not Proxmox's.
      if (entry === undefined)
        throw new Error(`the answer to what ${called(name)} is tells nothing of it; are the endpoints right?`);
      return entry;
    } catch (error) {
      if (isProxmoxError(error, "not-found")) return undefined;
      throw error;
    }
  }

  /** One change of such an object; a list from before it is nothing to check by any more. */
  async function change(pve: Pve, call: Call, what: Write<unknown>): Promise<void> {
    try {
      await pve.write(call, what);
    } finally {
      lists.forget();
    }
  }

  async function create(pve: Pve, call: Call, inputs: I): Promise<void> {
    const name = nameOf(inputs);
    let asked = false;
    await change(pve, call, {
      what: `making ${called(name)}`,
      lock,
      send: async () => {
        const entry = await find(pve, name);
        if (entry !== undefined) throw new Error(there(name, entry));
        asked = true;
        await of.create(pve, inputs, call);
      },
      // It was not there a moment ago: one of this name is ours when it is what was sent. What was lost may also have been
      // the answer to the look: then nothing was sent.
      happened: async () => {
        if (!asked) return false;
        const entry = await find(pve, name);
        if (entry === undefined) return false;
        return of.isAsSent?.(inputs, entry) ?? of.change(entry, inputs, {}) === undefined;
      },
    });
    complete.add(name);
  }

  /** Nothing is prepared for one that cannot be made. */
  async function prepared(pve: Pve, call: Call, inputs: I): Promise<{ inputs: I; outputs: Partial<O> }> {
    if (!of.prepare) return { inputs, outputs: {} };
    const name = nameOf(inputs);
    const entry = inputs.adopt === true ? undefined : await find(pve, name);
    if (entry !== undefined) throw new Error(there(name, entry));
    return of.prepare(call, inputs);
  }

  async function takeOver(pve: Pve, inputs: I): Promise<void> {
    const name = nameOf(inputs);
    const entry = await find(pve, name);
    if (entry === undefined) throw new Error(nothing(name));
    const other = differs(inputs, entry);
    if (other !== undefined) throw new Error(other);
  }

  async function inspectNew(pve: Pve, call: Call, inputs: Partial<I>): Promise<Problem[]> {
    const name = nameOf(inputs);
    const entries = await pve.shared(call, lists, (shared) => of.list(shared));
    const entry = entries.get(name);
    const wrong = (message: string): Problem[] => [{ path: of.name, message }];
    if (inputs.adopt === true) {
      if (entry === undefined) return wrong(nothing(name) + suggestion(name, [...entries.keys()]));
      const other = differs(inputs, entry);
      return other === undefined ? [] : wrong(other);
    }
    if (entry !== undefined) return wrong(there(name, entry));
    of.warn?.(call, inputs, entries);
    return [];
  }

  return define<I, O>(
    {
      ...{ kind, model, outputs, timeouts },
      ...(refine ? { refine } : {}),
      ...(oldGoesFirst ? { oldGoesFirst } : {}),
      ...(due ? { due } : {}),
      async inspect(call, inputs, was) {
        if (was !== undefined && nameOf(was) === nameOf(inputs) && !isReplaced(was, inputs))
          owners.set(nameOf(was), call.urn);
        const pve = await session.look(call);
        if (!pve) return [];
        const problems = (await of.inspect?.(pve, call, inputs, was)) ?? [];
        if (was !== undefined) existing.set(call.urn, nameOf(was));
        if (was !== undefined || inputs[of.name] === undefined) return problems;
        if (existing.get(call.urn) === nameOf(inputs)) return problems;
        return [...problems, ...(await inspectNew(pve, call, inputs))];
      },
      async lookup(call, id) {
        const pve = await session.pve(call);
        const entry = await find(pve, id);
        if (entry === undefined)
          throw new Error(`there is no ${called(id)}${suggestion(id, [...(await of.list(pve)).keys()])}`);
        const { inputs, outputs: at } = of.live(entry, of.at({ [of.name]: id } as unknown as I), {});
        return { id, outputs: { ...inputs, ...at } };
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const entry = await find(pve, nameOf(at));
        if (entry === undefined || (await of.stranger?.(pve, at)) !== undefined) return undefined;
        return of.live(entry, at, wanted);
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const name = nameOf(inputs);
        if (inputs.adopt === true) {
          await takeOver(pve, inputs);
          takenOver.set(name, call.urn);
        }
        const ready = await prepared(pve, call, inputs);
        if (inputs.adopt !== true) await create(pve, call, ready.inputs);
        const at = { ...of.at(inputs), ...ready.outputs };
        made(name, at);
        call.report.result(inputs.adopt === true ? `took over ${called(name)}` : called(name));
        return { id: name, at };
      },
      async sync(call, at, inputs, was, creating) {
        const pve = await session.pve(call);
        const name = nameOf(at);
        const missing = async (): Promise<Params | undefined> => {
          const entry = await find(pve, name);
          return entry === undefined ? undefined : of.change(entry, inputs, was);
        };
        // What this process has just made has all of it.
        const fresh = creating && complete.has(name);
        if (!fresh && (await missing()))
          await change(pve, call, {
            what: `changing ${called(name)}`,
            lock,
            send: async () => {
              const sent = await missing();
              const other = sent && (await of.stranger?.(pve, at));
              if (other !== undefined)
                throw new Error(`${called(name)} is not this resource's any more: ${other}; nothing was changed`);
              if (sent) await of.update(pve, name, sent, { at, inputs });
            },
            // Secrets cannot be read: whether they arrived is not known, and so they are sent again.
            happened: async () => (await missing()) === undefined,
          });
        const more = await of.afterwards?.(call, pve, inputs, was, fresh, at);
        await of.changed?.(pve, name, true);
        return more ? { ...at, ...more } : at;
      },
      async remove(call, at, settings) {
        const pve = await session.pve(call);
        const name = nameOf(at);
        const next = takenOver.get(name);
        if (next !== undefined && next !== call.urn)
          return call.report.result(`${called(name)} stays: ${next} has taken it over in this run`);
        const owner = owners.get(name);
        if (owner !== undefined && owner !== call.urn)
          return call.report.result(`${called(name)} stays: it is ${owner}'s, which has taken it over before`);
        await change(pve, call, {
          what: `deleting ${called(name)}`,
          lock,
          send: async () => {
            const entry = await find(pve, name);
            if (entry === undefined) return;
            const staying = of.stays?.(entry);
            if (staying !== undefined) return call.report.result(staying);
            const stranger = await of.stranger?.(pve, at);
            if (stranger !== undefined)
              return call.report.warn(`${called(name)} was not touched: ${stranger}; the one of this resource is gone`);
            const used = await of.inUse?.(pve, name, entry, call);
            if (used !== undefined) throw new Error(used);
            const other = of.differences?.(settings, entry) ?? [];
            if (other.length > 0)
              throw new Error(
                `${called(name)} is another one now than this resource has made: its ${other.join(", its ")}; nothing was ` +
                  "deleted. If it is to stay, take the resource out of the state with pulumi state delete; if it is yours, " +
                  "run pulumi refresh first",
              );
            await of.remove(pve, name, { at, settings });
          },
          happened: async () => (await find(pve, name)) === undefined,
        });
        complete.delete(name);
        await of.changed?.(pve, name, false);
        await of.removed?.(call, at);
      },
    },
    session,
  );
}

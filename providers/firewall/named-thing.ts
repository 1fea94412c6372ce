import { declaredTwice } from "../checks/declared-twice";
import type { Call, Operation } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Model } from "../kernel/resource-kind";
import type { Session } from "../kernel/session/session";
import { suggestion, type Problem } from "../kernel/state/problems";
import type { Pve } from "../kernel/session/pve-session";
import { locate, locateIn, located, thingOf, type Located } from "./firewall-calls";
import { placeId, placeOfId, placeWords, type FirewallPlace } from "./place.model";
import { isWhole, lookAt } from "./look";
import { concernsNodes, type FilterChange } from "./lockout/filter-change";
import { MadeObjects } from "../sdn/sdn-made";
import { lockoutProblems, type ChangeTerms } from "./lockout/lockout-check";
import { guardedChange, inTurn } from "./guard/guarded-change";
import { haltedDue, settled } from "./guard/earlier-switches";

interface ThingInputs extends ChangeTerms {
  readonly place?: FirewallPlace | undefined;
  readonly adopt?: boolean | undefined;
}

interface ThingOutputs {
  /** Left out where only the datacenter has any. */
  readonly place?: FirewallPlace;
}

/** One kind of what rules name: aliases, IP sets and security groups. `E` is one as Proxmox tells it. */
interface Thing<I extends ThingInputs, E> {
  readonly kind: string;
  readonly model: Model;
  readonly noun: string;
  /** The input, and output, that is its name. */
  readonly name: keyof I & string;
  /** Only the datacenter has any. */
  readonly global?: boolean;
  /** All of the place by their names in small letters: Proxmox tells no capitals from them. */
  list(where: Located): Promise<ReadonlyMap<string, E>>;
  /** Its name as Proxmox has it. */
  nameOf(entry: E): string;
  /** It in the terms of the inputs. */
  live(where: Located, entry: E, wanted: Partial<I>): Promise<Partial<I>>;
  /** It is made with what is in it, and has to be made with a way back. */
  readonly whole?: boolean;
  /** Is nothing in it but what is described? Then an interrupted run that has noted it may have made it. */
  isAsMade(where: Located, entry: E, inputs: I): Promise<boolean>;
  /** Makes it, with nothing in it unless it is `whole`. */
  create(where: Located, inputs: I): Promise<unknown>;
  /** Is what is in it another than it is to be? Comments filter nothing, and do not count. */
  due(where: Located, inputs: I, was: Partial<I>): Promise<boolean>;
  /** So many requests may be needed for it. */
  requests?(inputs: Partial<I>, was: Partial<I>): number;
  /** Brings it to the inputs, and looks before each request. */
  sync(call: Call, where: Located, inputs: I, was: Partial<I>): Promise<void>;
  /** Takes away what is in it, and it. */
  remove(call: Call, where: Located, name: string, settings: Partial<I>): Promise<void>;
  /** Who names it, before it is removed. */
  users(pve: Pve, owner: FirewallPlace, name: string): Promise<string[]>;
  /** What becomes of the nodes' own filter by it; `wanted` undefined: by its removal. */
  change(name: string, wanted: Partial<I> | undefined): FilterChange | undefined;
  inspect?(call: Call, pve: Pve, inputs: Partial<I>, was: Partial<I> | undefined): Promise<Problem[]>;
}

const timeouts: Record<Operation, string> = { create: "10m", update: "10m", delete: "10m", read: "2m" };

export const namedThing = <I extends ThingInputs & object, E>(session: Session, of: Thing<I, E>): object => {
  const { kind, model, noun } = of;
  type At = ThingOutputs & Readonly<Record<string, unknown>>;
  const placeOf = (inputs: Partial<I>): FirewallPlace | undefined => (of.global ? { datacenter: true } : inputs.place);
  const whereOf = (at: At): FirewallPlace => at.place ?? { datacenter: true };
  const nameIn = (at: Partial<I> | At): string => String((at as Readonly<Record<string, unknown>>)[of.name]);
  const called = (name: string, place: FirewallPlace): string =>
    `${noun} ${name}${of.global ? "" : ` of ${placeWords(place)}`}`;
  const idOf = (place: FirewallPlace, name: string): string => (of.global ? name : `${placeId(place)}/${name}`);
  const find = async (where: Located, name: string): Promise<E | undefined> =>
    (await of.list(where)).get(name.toLowerCase());
  /** Names of what was there before this run: a resource that is replaced is checked a second time, as if it were new. */
  const existing = new Map<string, string>();

  async function create(call: Call, where: Located, inputs: I): Promise<void> {
    const name = nameIn(inputs);
    let asked = false;
    await where.pve.write(call, {
      what: `making ${called(name, where.place)}`,
      lock: where.lock,
      send: async () => {
        const entry = await find(where, name);
        if (entry !== undefined && asked) return;
        if (entry !== undefined)
          throw new Error(`${called(name, where.place)} exists already; set adopt: true to take it over`);
        asked = true;
        await of.create(where, inputs);
      },
      // It was not there a moment ago: what is there is ours, whole or to be filled as ours is.
      happened: async () => asked && (await find(where, name)) !== undefined,
    });
  }

  /** Looked at, and with a way back, where the nodes filter by it. */
  const guarded = (
    ...[call, where, name, wanted, terms, more]: [
      Call,
      Located,
      string,
      Partial<I> | undefined,
      ChangeTerms,
      Pick<Parameters<typeof guardedChange>[2], "due" | "work" | "requests">,
    ]
  ): Promise<void> =>
    guardedChange(call, where.pve, {
      ...{ place: where.place, what: called(name, where.place), terms, ...more },
      change: concernsNodes(where.place) ? of.change(name, wanted) : undefined,
    });

  /** Of guests' own things none are kept: they would take the right to look at the nodes. */
  const notesOf = async (call: Call, { pve, place }: Located): Promise<MadeObjects | undefined> =>
    concernsNodes(place) ? MadeObjects.of(pve, call.report.progress, "firewall") : undefined;

  /** Makes it, or takes up what an interrupted run of this resource has made; what is somebody else's is an error. */
  async function made(call: Call, where: Located, inputs: I): Promise<void> {
    const name = nameIn(inputs);
    const notes = await notesOf(call, where);
    const entry = await find(where, name);
    const mayBeOurs = entry !== undefined && (await notes?.isOf({ kind }, name, call.mark)) === true;
    call.whenRecorded(async () => notes?.remove({ kind }, name, call.mark));
    if (mayBeOurs && (await of.isAsMade(where, entry, inputs))) return;
    if (entry === undefined) await notes?.add({ kind }, name, call.mark);
    try {
      if (of.whole === true)
        await guarded(call, where, name, inputs, inputs, {
          due: async () => true,
          work: (inTime) => create(inTime, where, inputs),
        });
      else await inTurn(call, where.pve, where.place, () => create(call, where, inputs));
    } catch (error) {
      // Whoever was ended does not know what has come to pass; else it is not there, or somebody else's.
      if (!call.signal.aborted) await notes?.remove({ kind }, name, call.mark);
      throw error;
    }
  }

  return define<I, At>(
    {
      ...{
        kind,
        model,
        timeouts,
        outputs: [...(of.global ? [] : ["place"]), of.name] as readonly (keyof At)[],
      },
      async inspect(call, inputs, was) {
        const place = placeOf(inputs);
        if (!isWhole(place)) return [];
        const name = inputs[of.name] === undefined ? undefined : nameIn(inputs);
        const problems: Problem[] = [];
        if (name !== undefined)
          problems.push(
            ...declaredTwice(
              session,
              call,
              of.name,
              `${called(name, place)} is described by`,
              thingOf(noun, place, name),
            ),
          );
        const { pve } = await lookAt(session, call, place);
        if (!pve) return problems;
        problems.push(...((await of.inspect?.(call, pve, inputs, was)) ?? []));
        if (problems.length === 0 && name !== undefined && concernsNodes(place))
          problems.push(
            ...(await lockoutProblems(
              ...([call, pve, of.change(name, inputs)] as const),
              { ...inputs, requests: of.requests?.(inputs, was ?? {}) },
              isOther(of, name, inputs, was),
            )),
          );
        if (was !== undefined) existing.set(call.urn, nameIn(was));
        if (name === undefined || was !== undefined || existing.get(call.urn) === name) return problems;
        const where = await locateIn(pve, place);
        // A guest that the program is yet to make has nothing.
        if (!where) return problems;
        const there = await of.list(where);
        const found = there.has(name.toLowerCase());
        if (inputs.adopt === true && !found)
          problems.push({
            path: of.name,
            message: `there is no ${called(name, place)} to take over; leave adopt out to make it${suggestion(name, [...there.keys()])}`,
          });
        const isNoted =
          inputs.adopt !== true && found && (await (await notesOf(call, where))?.has({ kind }, name)) === true;
        if (isNoted) call.report.result(`${called(name, place)}, which an interrupted run has made`);
        else if (inputs.adopt !== true && found)
          problems.push({
            path: of.name,
            message: `${called(name, place)} exists already; set adopt: true to take it over`,
          });
        return problems;
      },
      due: (call, at) => haltedDue(session, call, whereOf(at)),
      async lookup(call, id) {
        const [, path, name] = of.global ? [id, "datacenter", id] : (/^(.+)\/([^/]+)$/.exec(id) ?? []);
        const place = placeOfId(path ?? id);
        if (name === undefined) throw new Error(`"${id}" names no ${noun}; write PLACE/NAME, such as datacenter/lan`);
        const where = await located(session, call, place);
        const there = await of.list(where);
        const entry = there.get(name.toLowerCase());
        if (entry === undefined)
          throw new Error(`there is no ${called(name, place)}${suggestion(name, [...there.keys()])}`);
        const outputs = {
          ...(await of.live(where, entry, {})),
          ...(of.global ? {} : { place }),
          [of.name]: of.nameOf(entry),
        };
        return { id, outputs: outputs as unknown as Partial<At> };
      },
      async observe(call, at, wanted) {
        const where = await locate(session, call, whereOf(at));
        if (!where) return undefined;
        if (concernsNodes(where.place)) await settled(call, where.pve, false);
        const entry = await find(where, nameIn(at));
        if (entry === undefined) return undefined;
        return { inputs: { ...wanted, ...(await of.live(where, entry, wanted)) }, outputs: at };
      },
      async ensure(call, inputs, remember) {
        const place = placeOf(inputs) as FirewallPlace;
        const where = await located(session, call, place);
        const name = nameIn(inputs);
        if (inputs.adopt !== true) await made(call, where, inputs);
        else if ((await find(where, name)) === undefined)
          throw new Error(`there is no ${called(name, place)} to take over; leave adopt out to make it`);
        const at = { ...(of.global ? {} : { place }), [of.name]: name } as unknown as At;
        remember(idOf(place, name), at);
        call.report.result(inputs.adopt === true ? `took over ${called(name, place)}` : called(name, place));
        return { id: idOf(place, name), at };
      },
      async sync(call, at, inputs, was) {
        const where = await located(session, call, whereOf(at));
        await guarded(call, where, nameIn(at), inputs, inputs, {
          requests: of.requests?.(inputs, was) ?? 0,
          due: () => of.due(where, inputs, was),
          work: (inTime) => of.sync(inTime, where, inputs, was),
        });
        return at;
      },
      async remove(call, at, settings) {
        const where = await locate(session, call, whereOf(at));
        if (!where) return;
        const name = nameIn(at);
        if ((await find(where, name)) === undefined) return;
        const users = await of.users(where.pve, whereOf(at), name);
        if (users.length > 0)
          throw new Error(
            `${called(name, whereOf(at))} is named by ${users.join(", ")}; nothing was deleted. Take it out there first`,
          );
        await guarded(call, where, name, undefined, settings, {
          requests: of.requests?.({}, settings) ?? 0,
          due: async () => true,
          work: (inTime) => of.remove(inTime, where, name, settings),
        });
      },
    },
    session,
  );
};

/** Does the program describe another filter than before? */
const isOther = <I extends ThingInputs, E>(
  of: Thing<I, E>,
  name: string,
  wanted: Partial<I>,
  was: Partial<I> | undefined,
): boolean => was === undefined || JSON.stringify(of.change(name, wanted)) !== JSON.stringify(of.change(name, was));

import { NoLogin } from "../../pve";
import { printable } from "../../pve/format/printable";
import { identityIn, identityInCertificate } from "./identity/cluster-identity";
import { ownerMark } from "./identity/mark";
import { hashReferences, revealAsBefore, revealReferences } from "./secrets/references";
import { deadline, type Call, type Home, type Operation, type Timeouts } from "./call/call";
import type { Between, Definition, Live } from "./resource-kind";
import { changesBetween, describe, replacements, type Change } from "./state/changes";
import { clean, storablePart } from "./state/clean";
import { messageOf, plainFailure, recorded } from "./call/failure";
import { hidden, withoutHidden } from "./state/hidden";
import { managedOf, managedPart } from "./state/managed";
import { retryLost } from "./call/retry-lost";
import { dependsOnObject, refusals } from "./state/refusals";
import { after } from "./process/trail";
import { certain, pattern, problemsOf, showProblem, type Problem } from "./state/problems";
import { sensitiveIn, withValues } from "./secrets/sensitive-values";
import { underNewNames, withNewNames } from "./state/renamed";
import { renaming } from "./state/urn";
import { assertReadable, stateVersion } from "./state/state-version";
import { assertKnown, hasUnknown, isUnknown, knownPart } from "./state/unknowns";
import { exceptLacking, unlessNoLogin } from "./session/lacking";
import { warnOfMissingRights } from "./session/missing-rights";
import { removedWithNode } from "./on-node";
import type { Session } from "./session/session";

type Props = Record<string, unknown>;

/** A dynamic provider, in the shape that Pulumi's server calls; it knows none of Pulumi's types. */
export function define<I extends object, O extends object>(definition: Definition<I, O>, session: Session) {
  const { kind, model, timeouts } = definition;
  const { renamed = {}, ownEffects = [] } = model;

  /** Bounds, names, reports and writes down one operation. */
  const operation = <T>(
    name: Operation,
    props: Props,
    work: (call: Call) => Promise<T>,
    home?: () => Home,
  ): Promise<T> => operationOn("", name, props, work, home);

  async function operationOn<T>(
    id: string,
    name: Operation,
    props: Props,
    work: (call: Call) => Promise<T>,
    home?: () => Home,
  ): Promise<T> {
    return session.lifeline.hold(async () => {
      const urn = text(props["__urn"]);
      const doing = { operation: name, urn, id };
      const limit = deadline(name, props["timeouts"] as Timeouts | undefined, timeouts);
      const afterwards: (() => Promise<void>)[] = [];
      for (const { value } of sensitiveIn(props, model.sensitive))
        if (typeof value === "string" && !isUnknown(value)) session.secrets.remember(value);
      try {
        const result = await session.trail.around(doing, (started) =>
          work({
            urn,
            inputs: props,
            operation: name,
            mark: ownerMark(text(props["__stack"]), urn),
            signal: AbortSignal.any([limit.signal, session.lifeline.signal]),
            remainingMs: limit.remainingMs,
            report: session.reporter(urn),
            home: home?.(),
            changes: { sent: 0, started },
            safePoint: () => session.lifeline.assertEngine(),
            whenRecorded: (work) => void afterwards.push(() => session.trail.around(after(doing), work)),
          }),
        );
        // Not before: until the engine has the answer, only the guest itself tells whose it is.
        for (const later of afterwards) session.lifeline.whenRecorded(later);
        return result;
      } catch (error) {
        throw plainFailure(
          limit.signal.aborted && !(error instanceof Error && "id" in error) ? limit.signal.reason : error,
          session.secrets.redact,
        );
      } finally {
        limit.end();
      }
    });
  }

  /** State = what the user manages, as it is, beside what only Proxmox knows. */
  function state(wanted: Props, live: Live<I, O>, { home }: Call): Props {
    const managed = Object.keys(wanted).filter((key) => !hidden(key));
    const visible = Object.fromEntries(managed.map((key) => [key, wanted[key]]));
    return clean({
      ...live.outputs,
      ...(managedPart(visible, { ...visible, ...live.inputs }, model.same, "", model.whole) as Props),
      __inputs: managed,
      __v: stateVersion,
      __cluster: home?.answers ?? home?.expected,
      __urn: wanted["__urn"],
      __stack: wanted["__stack"],
    });
  }

  async function finish(
    call: Call,
    id: string,
    at: O,
    inputs: Props,
    revealed: Props,
    creating: boolean,
    was: Props,
  ): Promise<Props> {
    const before = creating ? {} : revealAsBefore(managedOf(was), inputs, revealed, model.sensitive);
    const { sync } = definition;
    const synced = sync
      ? await retryLost(call, () => sync(call, at, revealed as I, before as Partial<I>, creating))
      : at;
    const live = await definition.observe(call, synced, inputs as Partial<I>);
    if (!live) throw new Error(`${kind} ${id} disappeared while it was being set up`);
    return state(inputs, live, call);
  }

  /** What was added until a creation failed belongs to it too; when it cannot be seen, what is known has to do. */
  async function lastLook(call: Call, at: O, inputs: Props): Promise<Live<I, O> | undefined> {
    try {
      return await definition.observe(call, at, inputs as Partial<I>);
    } catch (error) {
      call.report.progress(`not looked at again: ${messageOf(error)}`);
      return undefined;
    }
  }

  return {
    /** The longest times of its operations where the program says nothing: for the reference. */
    timeouts,

    async configure(request: { config: { get(key: string): string | undefined } }): Promise<void> {
      session.configure(request.config);
    },

    async check(olds: Props, news: Props) {
      return operation("read", { ...news, timeouts: undefined }, async (call) => {
        const { __preview, __problems: _, __oldGoesFirst: __, __beside: ___, __hashKey: hashKey, ...written } = news;
        const preview = __preview === true;
        const { given, twice } = underNewNames(written, renamed, call.report.warn);
        const named = model.defaults ? model.defaults(given, call.urn) : given;
        const plain = withoutHidden(named);
        const configProblems = await session.configProblems(preview);
        const problems = [
          // A preview collects the problems of all resources: what they have in common is told once.
          ...configProblems.filter((problem) => !preview || session.secrets.firstTime(showProblem(problem))),
          ...twice,
          ...problemsOf(model.schema, plain, model.sensitive),
        ];
        const was = Object.keys(olds).length > 0 ? withNewNames(olds, renamed).props : undefined;
        const broken = new Set(problems.map(({ path }) => /^[^.[]*/.exec(path)?.[0]));
        const sound = Object.entries(plain).filter(([key, value]) => !broken.has(key) && !isUnknown(value));
        const sure = knownPart(Object.fromEntries(sound)) as Partial<I> & Props;
        const names = new Set(Object.keys(plain));
        const looked = <T>(look: () => T | Promise<T>) => unlessNoLogin(session, call, look, undefined);
        const found = await looked(() =>
          definition.resolve?.(call, sure, was as Partial<I> | undefined, preview, names),
        );
        problems.push(...(found?.problems ?? []));
        const known = { ...sure, ...found?.inputs };
        const key = text(hashKey) || undefined;
        const hashes =
          configProblems.length > 0
            ? { values: new Map<string, unknown>(), problems: [] }
            : await hashReferences(session.secrets, known, was, model.sensitive, { preview, key });
        problems.push(...hashes.problems);
        const whole = (part: Props): Props => {
          const all = withValues({ ...part, ...found?.inputs }, hashes.values);
          return model.derive?.(all, was, key) ?? all;
        };
        const inputs = whole(named);
        const visible = whole(plain);
        const inspect = () => definition.inspect?.(call, known, was as Partial<I>);
        const seen = configProblems.length > 0 ? [] : await looked(inspect);
        problems.push(...(await certain(seen ?? [])), ...((was && model.transition?.(known, was)) ?? []));
        const wrong = exceptLacking(session, call, problems);
        if (wrong.length === 0 && was) wrong.push(...((await looked(() => refused(call, was, visible))) ?? []));
        if (preview && wrong.length === 0)
          await warnOfMissingRights(session, call, { kind, args: known, was, wanted: visible, effects: model.effects });
        const unique = [...new Set(wrong.map((problem) => printable(showProblem(problem))))];
        // The engine would stop here; in a preview the program reports the problems of all resources instead.
        if (unique.length === 0) return { inputs: clean(inputs), failures: [] };
        // What is wrong with a value may be that it cannot even be stored, as NaN cannot.
        const storable = clean(storablePart(inputs));
        if (preview) return { inputs: { ...storable, __problems: unique } };
        return { inputs: storable, failures: unique.map((reason) => ({ property: "", reason })) };
      });
    },

    async diff(_id: string, before: Props, news: Props) {
      const olds = withNewNames(before, renamed).props;
      const work = async (call: Call) => {
        await session.glanceAtHome(call);
        if (olds["__phase"] === "creating") {
          const at = outputsOf(olds);
          const look = async () => (await definition.observe(call, at, managedOf(olds) as Partial<I>)) !== undefined;
          if (await unlessNoLogin(session, call, look, true)) {
            call.report.progress("creation is not finished yet; will be completed");
            return replacement(await refined(call, olds, news));
          }
          call.report.progress("creation came to nothing; will be begun anew");
          return {
            changes: true,
            replaces: Object.keys(news).filter((key) => !hidden(key)),
            deleteBeforeReplace: true,
          };
        }
        // A resource without changes would give the program its old outputs, and the problems would be lost.
        if (news["__problems"] !== undefined) return { changes: true };
        const found = changes(olds, news);
        const tell = (what: string): void => call.report.progress(what);
        if (found.length === 0) {
          const dueNow = () => definition.due?.(call, outputsOf(olds), news as Partial<I>);
          const due = await unlessNoLogin(session, call, dueNow, undefined);
          const todo = due ?? renaming(text(olds["__urn"]), text(news["__urn"]));
          if (todo !== undefined) tell(todo);
          return { changes: todo !== undefined };
        }
        const effects = await refined(call, olds, news);
        tell(describe(effects, ownEffects));
        return replacement(effects);
      };
      return operation("read", { ...news, timeouts: undefined }, work, () => homeOf(olds));
    },

    async create(props: Props) {
      const work = async (call: Call) => {
        assertKnown(props, `create ${kind}`);
        let known: { id: string; at: O } | undefined;
        let ensured = false;
        const revealed = await revealReferences(session.secrets, props, model.sensitive);
        try {
          known = await definition.ensure(call, revealed as I, (id, at) => (known = { id, at }));
          ensured = true;
          const outs = await finish(call, known.id, known.at, props, revealed, true, {});
          return { id: known.id, outs };
        } catch (error) {
          if (!known) throw error;
          const seen = ensured ? await lastLook(call, known.at, props) : undefined;
          const partial = {
            ...state(props, { inputs: {}, outputs: seen?.outputs ?? known.at }, call),
            __phase: "creating",
          };
          const reason = new Error(
            session.secrets.redact(messageOf(call.signal.aborted ? call.signal.reason : error)),
            { cause: error },
          );
          throw recorded(reason, known.id, partial, props["__provider"]);
        }
      };
      return operation("create", props, work, () => ({ expected: undefined }));
    },

    async update(id: string, before: Props, news: Props) {
      const olds = withNewNames(before, renamed).props;
      const work = async (call: Call) => {
        assertKnown(news, `update ${kind}`);
        const revealed = await revealReferences(session.secrets, news, model.sensitive);
        const creating = olds["__phase"] === "creating";
        return { outs: await finish(call, id, outputsOf(olds), news, revealed, creating, olds) };
      };
      return operationOn(id, "update", news, work, () => homeOf(olds));
    },

    async read(id: string, props: Props) {
      const work = async (call: Call) => {
        // What `get` asks for has no state of ours: the engine sends the arguments that it was written with.
        if (props["__inputs"] === undefined && definition.lookup) {
          const found = await definition.lookup(call, id);
          return { id: found.id, props: clean({ ...found.outputs, __urn: props["__urn"] }) };
        }
        const wanted = managedOf(props);
        const { __urn, __stack, __provider: _, ...kept } = props;
        let live: Live<I, O> | undefined;
        try {
          live = await definition.observe(call, outputsOf(props), wanted as Partial<I>);
        } catch (error) {
          if (!(error instanceof NoLogin)) throw error;
          // Whoever only reads may have no login, as in a review of drift: what is not known stays as it was known.
          call.report.warn(`not looked at: ${error.message}`);
          return { id, props: clean({ ...kept, __urn, __stack }), inputs: clean({ ...wanted, __urn, __stack }) };
        }
        if (!live) {
          // The look may have gone on with another endpoint than the one that said who it is.
          await assertStillHome(call);
          return { id: "", props: {} };
        }
        const outs = state({ ...wanted, __urn, __stack }, live, call);
        const inputs = clean({ ...managedOf(outs), __urn, __stack });
        return { id, props: clean({ ...outs, __phase: props["__phase"] }), inputs };
      };
      const isLookup = props["__inputs"] === undefined && definition.lookup !== undefined;
      return operation("read", props, work, isLookup ? undefined : () => homeOf(props));
    },

    async delete(id: string, props: Props): Promise<void> {
      const work = async (call: Call) => {
        await session.glanceAtHome(call);
        const settings = managedOf(props) as Partial<I>;
        let reported = false;
        const noting =
          (say: (message: string) => void) =>
          (message: string): void => {
            reported = true;
            say(message);
          };
        const { progress, result, warn } = call.report;
        const telling = { ...call, report: { progress, result: noting(result), warn: noting(warn) } };
        const remove = (at: O) => retryLost(call, () => definition.remove(telling, at, settings));
        await removedWithNode(session, definition.onNode, telling, { at: outputsOf(props), settings }, remove);
        await assertStillHome(call);
        // The row would end with what was done last; what stays has been reported.
        if (!reported) result("deleted");
      };
      return operationOn(id, "delete", props, work, () => homeOf(props));
    },
  };

  function changes(olds: Props, news: Props): Change[] {
    const wanted = withoutHidden(news);
    const found = changesBetween(managedOf(olds), wanted, model.effects);
    // What was not managed is from now on, also where it is as it is wanted.
    const means = ({ path, from, to }: Change) => from !== undefined && model.same?.(pattern(path), to, from);
    return found.filter((change) => hasUnknown(change.to) || !means(change));
  }

  /** The changes, by what they do to the object as it is now. */
  async function refined(call: Call, olds: Props, news: Props): Promise<readonly Change[]> {
    const found = changes(olds, news);
    const at = outputsOf(olds);
    if (found.length === 0) return found;
    const refine = () => definition.refine?.(call, found, at, between(managedOf(olds), news));
    return (await unlessNoLogin(session, call, refine, undefined)) ?? found;
  }

  /** Which cluster the state says that it is in. */
  function homeOf(props: Props): Home {
    const expected = identityIn(props["__cluster"]) ?? identityInCertificate(definition.authority?.(outputsOf(props)));
    return { expected, node: text(props["node"]) || undefined };
  }

  /** What never asked the cluster, as a file of this machine, has nothing to be asked. */
  async function assertStillHome(call: Call): Promise<void> {
    if (call.home?.answers !== undefined) await session.assertHome(call);
  }

  function replacement(effects: readonly Change[]) {
    const replaces = replacements(effects);
    const deleteBeforeReplace = replaces.length > 0 && definition.oldGoesFirst?.(effects) === true;
    return { changes: true, replaces, deleteBeforeReplace };
  }

  function outputsOf(props: Props): O {
    assertReadable(kind, props);
    return Object.fromEntries(definition.outputs.map((key) => [key, props[key]])) as O;
  }

  function between(was: Props, news: Props): Between<I> {
    const wanted = withoutHidden(news);
    return { was: was as Partial<I>, wanted: wanted as Partial<I> };
  }

  /** What arguments such as `allowReplace: false` refuse, told while nothing has been done yet. */
  async function refused(call: Call, was: Props, news: Props): Promise<Problem[]> {
    const old = Object.fromEntries(Object.entries(was).filter(([key]) => !hidden(key)));
    const changes = changesBetween(old, news, model.effects).filter(({ to }) => !hasUnknown(to));
    // A preview does not know the stack's id; the mark that the object has is that of the old inputs.
    const before = { ...call, mark: ownerMark(text(was["__stack"]), text(was["__urn"])) };
    const looked = dependsOnObject(changes, ownEffects, news) ? await asTheyAre(before, changes, old, news) : changes;
    return refusals(looked, ownEffects, news);
  }

  /** What the changes do to the object as it is now. */
  async function asTheyAre(call: Call, changes: Change[], was: Props, news: Props): Promise<Change[]> {
    const at = await definition.find?.(call, was as Partial<I>);
    return at && definition.refine ? definition.refine(call, changes, at, between(was, news)) : changes;
  }
}

const text = (value: unknown): string => (typeof value === "string" && !isUnknown(value) ? value : "");

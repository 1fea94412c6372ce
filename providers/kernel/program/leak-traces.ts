import path from "node:path";

type Formatter = NonNullable<typeof Error.prepareStackTrace>;

/** This library's own folders: what it makes is made where the program asks for it. */
const library = ["components", "providers"].map((folder) => path.join(__dirname, "..", "..", "..", folder) + path.sep);

/** The traces of one formatter by their frames: resources made in one place, in a loop, have the same. */
let mapped: { by: Formatter; texts: Map<string, unknown> } | undefined;
/** Programs have fewer places than this where they make resources. */
const mostPlaces = 1000;

const positionOf = (frame: NodeJS.CallSite): string =>
  `${frame.getFunctionName() ?? ""} ${frame.getFileName() ?? ""}:${frame.getLineNumber() ?? 0}:${frame.getColumnNumber() ?? 0}`;

/** What runs the program, and what calls its functions for it. */
const runner = /^(?:node:|$)|[\\/]node_modules[\\/]@pulumi[\\/]pulumi[\\/]/;

/**
 * What the SDK asks for each resource: where the program makes it. It leaves out the frames of its own constructors and
 * one more, that of the class which the program names; for all of this library's there stands one here, so that what a
 * component makes is found where the component is, and no file of the library is mapped. Below the program there is only
 * what runs it, which says nothing and would be kept in the state with every resource.
 */
function placeOf(error: Error, frames: NodeJS.CallSite[], by: Formatter): unknown {
  if (mapped?.by !== by || mapped.texts.size >= mostPlaces) mapped = { by, texts: new Map() };
  const { texts } = mapped;
  const fileOf = (frame: NodeJS.CallSite): string => frame.getFileName() ?? "";
  const constructor = frames.findIndex((frame) => frame.isConstructor() && runner.test(fileOf(frame)));
  const ours = frames.findIndex((frame, at) => at > constructor && !runner.test(fileOf(frame)));
  const sdk = frames.slice(0, ours);
  const called = frames.slice(ours).filter((frame) => !runner.test(fileOf(frame)));
  const program = called.filter((frame) => !library.some((folder) => fileOf(frame).startsWith(folder)));
  const shown = [...sdk, ...sdk.slice(-1), ...(program.length > 0 ? program : called)];
  const key = shown.map(positionOf).join("\n");
  if (!texts.has(key)) texts.set(key, by(error, shown));
  return texts.get(key);
}

/** Those that leave them out: what is made within a resource or a component, or after {@link leaveOutLeakTraces}. */
const ours = new WeakSet<Formatter>();

/**
 * For each property of each resource the SDK makes four promises, and writes down where: ten frames, mapped to their
 * sources, a third of the CPU time of a program with many resources. They are only ever shown with
 * `PULUMI_DEBUG_PROMISE_LEAKS`. While a resource is constructed these are left out, and only these: every other error
 * keeps its trace, also the one that the SDK makes beforehand in case that the registration fails. Where the resource is
 * made is mapped once for each place of the program.
 *
 * To be called before the SDK's constructor; what it returns, after it.
 */
export function withoutLeakTraces(): () => void {
  const before = Error.prepareStackTrace;
  // Pulumi's own way to run a program sets one. Node's is not to be had from here, and maps nothing.
  if (before === undefined || ours.has(before) || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return () => undefined;
  const short: Formatter = (error, frames): unknown => {
    const maker = error.message === "" ? frames[0]?.getFunctionName() : undefined;
    if (maker === "debuggablePromise") return "Error";
    return maker === "callsites" ? placeOf(error, frames, before) : before(error, frames);
  };
  ours.add(short);
  Error.prepareStackTrace = short;
  return () => {
    // One that somebody has set meanwhile stays.
    if (Error.prepareStackTrace === short) Error.prepareStackTrace = before;
  };
}

/**
 * The same for the rest of a process: six more traces of each resource are made while it is registered. For a program that
 * is its own master; a library does not change for good how a process makes its traces.
 */
export const leaveOutLeakTraces = (): void => void withoutLeakTraces();

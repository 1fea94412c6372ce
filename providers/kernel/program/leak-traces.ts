/**
 * For each property of each resource the SDK makes four promises, and writes down where: ten frames, mapped to their
 * sources, a third of the CPU time of a program with many resources. They are only ever shown with
 * `PULUMI_DEBUG_PROMISE_LEAKS`. While a resource is constructed these are left out, and only these: every other error
 * keeps its trace, also the one that the SDK makes beforehand in case that the registration fails.
 *
 * To be called before the SDK's constructor; what it returns, after it.
 */
export function withoutLeakTraces(): () => void {
  const before = Error.prepareStackTrace;
  // Pulumi's own way to run a program sets one. Node's is not to be had from here, and maps nothing.
  if (before === undefined || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return () => undefined;
  const short = (error: Error, frames: NodeJS.CallSite[]): unknown =>
    error.message === "" && frames[0]?.getFunctionName() === "debuggablePromise" ? "Error" : before(error, frames);
  Error.prepareStackTrace = short;
  return () => {
    // One that somebody has set meanwhile stays.
    if (Error.prepareStackTrace === short) Error.prepareStackTrace = before;
  };
}

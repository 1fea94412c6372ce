import v8 from "node:v8";
import vm from "node:vm";

const enoughBytes = 180e6;

/**
 * Keeps the process small, and what that costs. Its heap cannot be bounded from within, and V8 lets garbage pile up to
 * several times what is in use while many resources are worked on: above a size it is collected, at most once a second.
 * V8's own timer, which collects everything several times whenever a process has waited for some seconds, is left out: a
 * plugin waits for tasks most of its life, and ends with them.
 */
export function stayLean(
  rss: () => number = process.memoryUsage.rss,
  collect: () => void = collector(),
  everyMs = 1000,
  setFlag: (flag: string) => void = v8.setFlagsFromString,
): NodeJS.Timeout {
  setFlag("--no-memory-reducer");
  return setInterval(() => {
    if (rss() > enoughBytes) collect();
  }, everyMs).unref();
}

function collector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

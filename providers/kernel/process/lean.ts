import v8 from "node:v8";
import vm from "node:vm";

const enoughBytes = 180e6;

/**
 * Keeps the process small. Its heap cannot be bounded from within, and V8 lets garbage pile up to several times what
 * is in use while many resources are worked on: above a size it is collected, at most once a second.
 */
export function stayLean(
  rss: () => number = process.memoryUsage.rss,
  collect: () => void = collector(),
  everyMs = 1000,
): NodeJS.Timeout {
  return setInterval(() => {
    if (rss() > enoughBytes) collect();
  }, everyMs).unref();
}

function collector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

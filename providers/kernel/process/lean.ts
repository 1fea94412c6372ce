import v8 from "node:v8";
import vm from "node:vm";

const enoughBytes = 180e6;
/** How much must have gathered to be worth a look at all of the heap. */
const garbageBytes = 8e6;

type Usage = Pick<NodeJS.MemoryUsage, "rss" | "heapUsed" | "external">;

/**
 * Keeps the process small, and what that costs. Its heap cannot be bounded from within, and V8 lets garbage pile up to
 * several times what is in use while many resources are worked on: above a size it is collected, at most once a second,
 * and only what has gathered since: what is in use may be more than that size, and does not become less by a look each
 * second. V8's own timer, which collects everything several times whenever a process has waited for some seconds, is left
 * out: a plugin waits for tasks most of its life, and ends with them.
 */
export function stayLean(
  usage: () => Usage = process.memoryUsage,
  collect: () => void = collector(),
  everyMs = 1000,
  setFlag: (flag: string) => void = v8.setFlagsFromString,
): NodeJS.Timeout {
  setFlag("--no-memory-reducer");
  const held = ({ heapUsed, external }: Usage): number => heapUsed + external;
  /** What the latest collection left: not by the size of the process, which becomes less only by and by. */
  let kept = 0;
  return setInterval(() => {
    const now = usage();
    kept = Math.min(kept, held(now));
    if (now.rss <= enoughBytes || held(now) < kept + garbageBytes) return;
    collect();
    kept = held(usage());
  }, everyMs).unref();
}

function collector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

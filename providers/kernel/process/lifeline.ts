import net from "node:net";

/**
 * Keeps this plugin process from outliving its engine. The engine ends a plugin with SIGINT after every operation, so
 * an idle one leaves at once; with work in flight the work is told to stop at its next safe point first. An engine
 * that was killed says nothing at all: its address, the last command-line argument, then refuses connections.
 */
export interface Lifeline {
  /** Aborted when the engine is gone or wants us to stop. */
  readonly signal: AbortSignal;
  /** Counts work in flight; the process does not leave before it has settled (or 4 s have passed). */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Throws when the engine is gone: asked right before anything is made, so that no orphan makes it. */
  assertEngine(): Promise<void>;
  /** Runs this when the engine has recorded what was just returned: a moment later, or when it ends us normally. */
  whenRecorded(work: () => Promise<void>): void;
}

class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const graceMs = 4000;
/** The engine writes its whole state after each answer, one after the other: many large ones take their time. */
const recordedAfterMs = 10_000;

export function engineAddress(argv: readonly string[]): { host: string; port: number } | undefined {
  const match = /^(127\.0\.0\.1|\[?::1\]?|localhost):(\d+)$/.exec(argv.at(-1) ?? "");
  return match ? { host: (match[1] as string).replace(/[[\]]/g, ""), port: Number(match[2]) } : undefined;
}

export function createLifeline(
  engine: { host: string; port: number } | undefined,
  exit: (code: number) => void = (code) => process.exit(code),
): Lifeline {
  const controller = new AbortController();
  let inFlight = 0;
  let refusals = 0;
  let leaving = false;

  const unrecorded = new Map<() => Promise<void>, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  const run = (work: () => Promise<void>) => {
    clearTimeout(unrecorded.get(work));
    unrecorded.delete(work);
    const done: Promise<void> = work().finally(() => running.delete(done));
    running.add(done);
  };
  const leave = (why: string, recorded = false) => {
    if (leaving) return;
    leaving = true;
    controller.abort(new Interrupted(why));
    setTimeout(() => exit(inFlight === 0 ? 0 : 1), graceMs).unref();
    if (inFlight > 0) return;
    // At the normal end of an operation everything that was returned is in the state.
    if (recorded) for (const work of [...unrecorded.keys()]) run(work);
    void Promise.allSettled(running).then(() => exit(0));
  };
  process.on("SIGINT", () => leave("interrupted by the engine", true));
  process.on("SIGTERM", () => leave("terminated"));

  if (engine) {
    let idleRounds = 0;
    const watch = setInterval(() => {
      // Idle, a probe every 5 s is enough to not stay behind for ever.
      if (inFlight === 0 && refusals === 0 && ++idleRounds % 5 !== 0) return;
      void answers(engine).then((alive) => {
        refusals = alive ? 0 : refusals + 1;
        if (refusals >= 2) leave("the Pulumi engine is gone");
      });
    }, 1000);
    watch.unref();
  }

  return {
    signal: controller.signal,
    async hold(work) {
      inFlight++;
      try {
        return await work();
      } finally {
        inFlight--;
        // Let the answer leave the socket before the process does.
        if (leaving && inFlight === 0) setTimeout(() => exit(0), 50).unref();
      }
    },
    async assertEngine() {
      controller.signal.throwIfAborted();
      if (engine && !(await answers(engine))) {
        leave("the Pulumi engine is gone");
        controller.signal.throwIfAborted();
      }
    },
    whenRecorded(work) {
      const due = async () => {
        if (!leaving && (!engine || (await answers(engine)))) run(work);
      };
      unrecorded.set(work, setTimeout(() => void due(), recordedAfterMs).unref());
    },
  };
}

function answers({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 900 });
    const done = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once("connect", () => done(true));
    // Too busy to answer is not gone; refused is.
    socket.once("timeout", () => done(true));
    socket.once("error", (error: NodeJS.ErrnoException) => done(error.code !== "ECONNREFUSED"));
  });
}

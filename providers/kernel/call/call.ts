import { milliseconds } from "./duration";
import type { Reporter } from "../process/progress";

/** The operations whose time is bounded by the `timeouts` argument. */
export type Operation = "create" | "update" | "delete" | "read";
export type Timeouts = Partial<Record<Operation, string>>;

/** The cluster of a resource, as the state knows it and as it answers. */
export interface Home {
  /** Undefined for what is being made, and where an earlier release has written the state. */
  readonly expected: string | undefined;
  /** Of the one that this operation works with, once it has been asked. */
  answers?: string;
  /** On which node the state has the resource; for messages. */
  readonly node?: string | undefined;
}

/** One operation on one resource: what every step of it needs to know. */
export interface Call {
  readonly operation: Operation;
  readonly urn: string;
  /** The inputs as the state holds them: references to secrets with keyed hashes, never what they lead to. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The owner's mark of what this resource makes; see kernel/identity/mark.ts. */
  readonly mark: string;
  /** Aborted at the deadline, or when the engine is gone or interrupts. */
  readonly signal: AbortSignal;
  /** Milliseconds from now to the deadline. */
  remainingMs(): number;
  readonly report: Reporter;
  /** Undefined in checks, which do not see the state. */
  readonly home?: Home | undefined;
  /** Changes that were sent so far. What was read before the last one may have been overtaken by it. */
  readonly changes: { sent: number; started?(task: string): void };
  /** To be awaited right before something new is made; throws when nobody would record it any more. */
  safePoint(): Promise<void>;
  /** Runs this after the operation has succeeded and the engine has had the time to record what it returned. */
  whenRecorded(work: () => Promise<void>): void;
}

export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

interface Deadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
  end(): void;
}

/** Node.js fires a longer timer at once: 24 days are as good as no limit. */
const longestTimerMs = 2 ** 31 - 1;

/** A deadline as an AbortSignal; `end` must be called so that nothing waits for the timer. */
export function deadline(
  operation: Operation,
  timeouts: Timeouts | undefined,
  defaults: Record<Operation, string>,
): Deadline {
  const text = timeouts?.[operation] ?? defaults[operation];
  const controller = new AbortController();
  const ms = Math.min(milliseconds(text), longestTimerMs);
  const endsAt = performance.now() + ms;
  const timer = setTimeout(
    () =>
      controller.abort(
        new DeadlineExceeded(
          `${operation} took longer than ${text}; raise timeouts.${operation} if it needs more time`,
        ),
      ),
    ms,
  );
  timer.unref();
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endsAt - performance.now()),
    end: () => clearTimeout(timer),
  };
}

import { abortError } from "./errors";

/** How many operations may be at work on one of each; `vm:100` is limited by `vm`. */
export type LimitConfig = Readonly<Record<string, number>>;

/**
 * Proxmox serialises most of this itself, with time-outs of 10 s that turn queues into errors: we queue instead.
 * The order is the order of acquisition.
 */
export const DEFAULT_LIMITS = {
  global: 32,
  cluster: 1,
  sdn: 1,
  storage: 6,
  node: 6,
  network: 1,
  vm: 1,
} as const satisfies LimitConfig;

interface Waiter {
  start(): void;
}

interface Gate {
  free: number;
  readonly queue: Waiter[];
}

/** Counting limits by key, first come first served. */
export class Limits {
  private readonly gates = new Map<string, Gate>();
  private readonly config: LimitConfig;
  private readonly order: readonly string[];

  constructor(config: LimitConfig = {}) {
    this.config = { ...DEFAULT_LIMITS, ...config };
    this.order = Object.keys(this.config);
  }

  /**
   * Runs `work` while holding one place of every key (`node:pve1`, `storage:ceph`, `vm:100`, `global`). All holders
   * take several keys in the same order, so that none waits in a circle. A kind without a configured limit has one
   * place per key.
   */
  async run<T>(keys: readonly string[], work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const held: string[] = [];
    try {
      for (const key of this.sorted(keys)) {
        await this.acquire(key, signal);
        held.push(key);
      }
      return await work();
    } finally {
      for (const key of held.reverse()) this.release(key);
    }
  }

  private sorted(keys: readonly string[]): string[] {
    const rank = (key: string) => {
      const at = this.order.indexOf(kind(key));
      return at < 0 ? this.order.length : at;
    };
    return [...new Set(keys)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  private acquire(key: string, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(abortError(signal, `waiting for a turn at ${key}`));
    const gate = this.gate(key);
    if (gate.free > 0) {
      gate.free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const aborted = () => {
        gate.queue.splice(gate.queue.indexOf(waiter), 1);
        reject(abortError(signal!, `waiting for a turn at ${key}`));
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        },
      };
      signal?.addEventListener("abort", aborted, { once: true });
      gate.queue.push(waiter);
    });
  }

  private release(key: string): void {
    const gate = this.gate(key);
    const next = gate.queue.shift();
    // The place is handed on, not freed: nobody who comes later can take it first.
    if (next) next.start();
    else gate.free++;
  }

  private gate(key: string): Gate {
    let gate = this.gates.get(key);
    if (!gate) {
      gate = { free: Math.max(1, this.config[kind(key)] ?? 1), queue: [] };
      this.gates.set(key, gate);
    }
    return gate;
  }
}

const kind = (key: string) => key.split(":", 1)[0]!;

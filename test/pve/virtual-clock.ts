import type { Clock } from "../../pve";

/** Sleeps take no time: when nothing else is left to do, the earliest sleeper is woken at its moment. */
export class VirtualClock implements Clock {
  private readonly sleepers: { at: number; order: number; wake: () => void }[] = [];
  private order = 0;
  private scheduled = false;
  /** Happens before each sleep: events of the world that the sleeper meets afterwards. */
  beforeSleep: (() => Promise<void>) | undefined;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  /** Lets time pass without waking anyone. */
  skip(ms: number): void {
    this.time += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.beforeSleep?.();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const aborted = () => {
        const at = this.sleepers.indexOf(sleeper);
        if (at >= 0) this.sleepers.splice(at, 1);
        reject(signal?.reason as Error);
      };
      const wake = () => {
        signal?.removeEventListener("abort", aborted);
        resolve();
      };
      const sleeper = { at: this.time + ms, order: this.order++, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener("abort", aborted);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.sleepers.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const next = this.sleepers.sort((a, b) => a.at - b.at || a.order - b.order).shift();
      if (!next) return;
      this.time = Math.max(this.time, next.at);
      next.wake();
      this.schedule();
    });
  }
}

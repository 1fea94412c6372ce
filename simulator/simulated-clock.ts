/**
 * How simulated time passes.
 * - `immediate`: every task is finished when the request that started it returns; nothing ever waits.
 * - `manual`: time stands still until `advance`.
 * - `auto`: time passes by itself, `speed` times as fast as on the wall.
 */
export type ClockMode = "immediate" | "manual" | "auto";

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A scheduled event that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Simulated time in milliseconds since the epoch, and what is due at which moment. */
export class SimulatedClock {
  private time: number;
  private readonly start: number;
  private readonly origin = performance.now();
  private order = 0;
  private events: Event[] = [];
  private wake: NodeJS.Timeout | undefined;
  /** Is told after each scheduled event. */
  onEvent: () => void = () => undefined;

  constructor(
    readonly mode: ClockMode,
    start: number,
    readonly speed = 1,
  ) {
    this.time = start;
    this.start = start;
  }

  now(): number {
    if (this.mode !== "auto") return this.time;
    return Math.max(this.time, Math.floor(this.start + (performance.now() - this.origin) * this.speed));
  }

  /** Seconds since the epoch, as Proxmox's replies have them. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Whether something that takes until `at` is over. With the immediate clock everything is. */
  reached(at: number): boolean {
    return this.mode === "immediate" || this.now() >= at;
  }

  schedule(delay: number, run: () => void): Timer {
    const event: Event = { at: this.now() + Math.max(0, delay), order: this.order++, run };
    if (Number.isFinite(event.at)) {
      this.events.push(event);
      this.events.sort((a, b) => a.at - b.at || a.order - b.order);
      this.setWake();
    }
    return {
      cancel: () => {
        this.events = this.events.filter((other) => other !== event);
        this.setWake();
      },
    };
  }

  /** Lets time pass (manual and immediate clocks): what is due on the way happens at its moment. */
  advance(ms: number): void {
    const end = this.now() + ms;
    for (let next = this.events[0]; next && next.at <= end; next = this.events[0]) this.runNext();
    this.time = Math.max(this.time, end);
  }

  /** Jumps to the next event and runs it; false when there is none. */
  runNext(): boolean {
    const event = this.events.shift();
    if (!event) return false;
    this.time = Math.max(this.time, event.at);
    event.run();
    this.onEvent();
    this.setWake();
    return true;
  }

  /** A request that waits: at once with the immediate and manual clocks (time jumps), really with `auto`. */
  async sleep(ms: number): Promise<void> {
    if (this.mode !== "auto") return this.advance(ms);
    await new Promise<void>((resolve) => this.schedule(ms, resolve));
  }

  close(): void {
    this.events = [];
    clearTimeout(this.wake);
  }

  private setWake(): void {
    if (this.mode !== "auto") return;
    clearTimeout(this.wake);
    const next = this.events[0];
    if (!next) return;
    this.wake = setTimeout(() => this.runDue(), Math.max(0, (next.at - this.now()) / this.speed));
    this.wake.unref();
  }

  private runDue(): void {
    for (let next = this.events[0]; next && next.at <= this.now(); next = this.events[0]) {
      this.events.shift();
      next.run();
      this.onEvent();
    }
    this.setWake();
  }
}

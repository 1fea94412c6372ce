interface Waiter {
  readonly host: string;
  start(): void;
}

/** Who takes away from one host may do so together; those of other hosts wait until all of them are done. */
export class Turns {
  private host: string | undefined;
  private atWork = 0;
  private readonly waiting: Waiter[] = [];

  async run<T>(host: string, signal: AbortSignal, work: () => Promise<T>, waits: (host: string) => void): Promise<T> {
    await this.begin(host, signal, waits);
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  private begin(host: string, signal: AbortSignal, waits: (host: string) => void): Promise<void> {
    signal.throwIfAborted();
    if (this.host === undefined || this.host === host) {
      this.host = host;
      this.atWork++;
      return Promise.resolve();
    }
    waits(this.host);
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        host,
        start: () => {
          signal.removeEventListener("abort", aborted);
          this.atWork++;
          resolve();
        },
      };
      signal.addEventListener("abort", aborted, { once: true });
      this.waiting.push(waiter);
    });
  }

  private end(): void {
    if (--this.atWork > 0) return;
    this.host = this.waiting[0]?.host;
    const next = this.waiting.filter(({ host }) => host === this.host);
    for (const waiter of next) this.waiting.splice(this.waiting.indexOf(waiter), 1);
    for (const waiter of next) waiter.start();
  }
}

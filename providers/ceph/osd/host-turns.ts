interface Waiting {
  readonly host: string;
  readonly alone: boolean;
  start(): void;
}

/** What those of one host that leave together know of each other. */
export interface DrainRound {
  /** OSDs of it were set out from a Ceph that was whole: what is not whole since then is their own doing. */
  started: boolean;
}

/**
 * Hosts take turns: what leaves one host does so together, for its data have to move only once; what leaves another one
 * waits, because what would be left is judged without those that are going.
 */
export class HostTurns {
  private host: string | undefined;
  private inside = 0;
  private closed = false;
  private round: DrainRound = { started: false };
  private readonly waiting: Waiting[] = [];

  /** Are others of this host at it? */
  get others(): number {
    return Math.max(0, this.inside - 1);
  }

  /**
   * Waits for the host's turn. The function that is returned ends it, once; `alone` waits until nobody is at it, and lets
   * nobody join.
   */
  async enter(host: string, alone: boolean, signal: AbortSignal): Promise<{ round: DrainRound; leave: () => void }> {
    if (this.isFor(host, alone)) this.admit(host, alone);
    else
      await new Promise<void>((resolve, reject) => {
        const aborted = (): void => {
          this.waiting.splice(this.waiting.indexOf(waiter), 1);
          reject(reasonOf(signal));
        };
        const waiter: Waiting = {
          ...{ host, alone },
          start: () => {
            signal.removeEventListener("abort", aborted);
            resolve();
          },
        };
        if (signal.aborted) return reject(reasonOf(signal));
        signal.addEventListener("abort", aborted, { once: true });
        this.waiting.push(waiter);
      });
    let left = false;
    return {
      round: this.round,
      leave: () => {
        if (left) return;
        left = true;
        this.inside--;
        if (this.inside === 0) this.next();
      },
    };
  }

  private isFor(host: string, alone: boolean): boolean {
    if (this.inside === 0) return this.waiting.length === 0;
    return !alone && !this.closed && this.host === host;
  }

  private admit(host: string, alone: boolean): void {
    if (this.inside === 0) this.round = { started: false };
    this.host = host;
    this.closed = alone;
    this.inside++;
  }

  /** The first that waits, and all of its host that do not want to be alone. */
  private next(): void {
    const first = this.waiting.shift();
    if (!first) {
      this.host = undefined;
      return;
    }
    const together = first.alone ? [] : this.waiting.filter(({ host, alone }) => host === first.host && !alone);
    for (const one of together) this.waiting.splice(this.waiting.indexOf(one), 1);
    for (const one of [first, ...together]) {
      this.admit(one.host, one.alone);
      one.start();
    }
  }
}

const reasonOf = ({ reason }: AbortSignal): Error => (reason instanceof Error ? reason : new Error("interrupted"));

/** When work ends, in milliseconds after its beginning: probably, and at the earliest. */
interface Forecast {
  readonly end: number;
  readonly earliest: number;
}

/** Copies get slower and faster: that share of what is left may be spared. */
const DOUBT = 0.1;
/** From there on the next look is at the expected end, and asks about the end itself. */
const SURE_PERCENT = 80;
/** Before, most are over, and a figure would say little. */
const FIRST_MS = 900;
/** Past its end by that factor something else is being copied. */
const OVERDUE = 1.1;

/** The end of one copy, from how much of it was done when. */
class CopyForecast {
  private began = 0;
  private last: { readonly at: number; readonly percent: number } | undefined;
  forecast: Forecast | undefined;

  /** Is another figure of use after so long? */
  wants(elapsedMs: number): boolean {
    if (elapsedMs < FIRST_MS) return false;
    if (!this.last || this.last.percent < SURE_PERCENT) return true;
    return elapsedMs > (this.forecast?.end ?? 0) * OVERDUE;
  }

  get hasFigures(): boolean {
    return this.last !== undefined;
  }

  /** Takes down a figure, if there was one; returns whether it is another than before. */
  note(at: number, percent: number | undefined): boolean {
    const { last } = this;
    if (percent === undefined || percent === last?.percent) return false;
    // A guest with several disks begins anew with each.
    if (last && percent < last.percent) this.began = last.at;
    this.last = { at, percent };
    this.forecast = percent > 0 ? this.from(at, percent) : undefined;
    return true;
  }

  private from(at: number, percent: number): Forecast {
    const left = ((at - this.began) * (100 - percent)) / percent;
    // A figure is told for each percent, so that a small one may be half of what is done by now.
    return { end: at + left, earliest: at + left * Math.max(0, 1 - DOUBT - 1 / (percent + 1)) };
  }
}

/**
 * One task of a kind is asked how far it is, and all others of that kind, which began about then, are expected to take
 * as long. It holds until that one is no longer waited for.
 */
export class Forecasts {
  private readonly readers = new Map<string, { readonly task: string; readonly copy: CopyForecast }>();

  of(kind: string): Forecast | undefined {
    return this.readers.get(kind)?.copy.forecast;
  }

  /** The copy whose progress this task is to be asked for now; undefined where that tells nothing new. */
  wanted(kind: string, task: string, elapsedMs: number): CopyForecast | undefined {
    const reader = this.readers.get(kind) ?? { task, copy: new CopyForecast() };
    if (reader.task !== task || !reader.copy.wants(elapsedMs)) return undefined;
    this.readers.set(kind, reader);
    return reader.copy;
  }

  leave(kind: string, task: string): void {
    if (this.readers.get(kind)?.task === task) this.readers.delete(kind);
  }
}

/** What one VM's creation consists of, in seconds: its clone, and what comes after it. */
export interface Job {
  readonly clone: number;
  readonly rest: number;
}

/**
 * The length of a list schedule: jobs in their order, each on the worker that is free first, its clone when one of the
 * places for clones is free. Knows nothing of the library: neither of its queues nor of how it waits.
 */
export function listSchedule(jobs: readonly Job[], workers: number, clonesAtOnce: number): number {
  const workerFree = new Array<number>(workers).fill(0);
  const placeFree = new Array<number>(clonesAtOnce).fill(0);
  let end = 0;
  for (const { clone, rest } of jobs) {
    const worker = earliest(workerFree);
    const place = earliest(placeFree);
    const cloned = Math.max(workerFree[worker] ?? 0, placeFree[place] ?? 0) + clone;
    placeFree[place] = cloned;
    workerFree[worker] = cloned + rest;
    end = Math.max(end, cloned + rest);
  }
  return end;
}

const earliest = (free: readonly number[]): number => free.indexOf(Math.min(...free));
